"""The command `drom mediators`: who is at the desk."""

from __future__ import annotations

import json
import sys
from typing import Optional

import typer
from rich.console import Console
from rich.table import Table

from bot.clock import now
from bot.desk import log
from bot.desk.database import Database
from bot.desk.desk import open_database
from bot.desk.members import INVITATION_DAYS, Members
from bot.desk.models import Invitation, Member, Role
from bot.desk.requests import Requests
from bot.desk.times import Times
from bot.errors import DromError
from bot.languages import Language, as_language
from bot.settings import settings

app = typer.Typer(help="Invite mediators to the desk, list and remove them.", no_args_is_help=True)
screen = Console(stderr=True, highlight=False)


def _database() -> Database:
    return open_database(settings())


@app.command(
    epilog='Example: drom mediators invite --organization "Talsu romu biedrība" '
    '--municipality "Talsu novads" --language lv --language ru'
)
def invite(
    organization: str = typer.Option(..., help="Its name is told to people before they consent."),
    municipality: list[str] = typer.Option([], help="As in municipalities.csv; may be repeated."),
    language: list[str] = typer.Option([], help="lv, ru or en: what they speak with people; may be repeated."),
    role: Role = typer.Option(Role.MEDIATOR, help="mediator or coordinator."),
    bot: Optional[str] = typer.Option(None, help="Username of the bot, for the link; asked of Telegram otherwise."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Print a code by which one person joins the desk, within a week. A coordinator gets what no mediator took."""
    if role is Role.MEDIATOR and not municipality:
        raise DromError('A mediator needs a municipality: add --municipality "Talsu novads".')
    invitation = Invitation(role, _told(organization), _municipalities(municipality), _languages(language))
    code = Members(_database()).invite(invitation, now())
    address = _link(bot, code)
    if as_json:
        document = {"code": code, "link": address, "valid_days": INVITATION_DAYS, "role": role.value}
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
        return
    typer.echo(f"/join {code}")
    if address:
        typer.echo(address)
    screen.print(f"Give this to one person. They write it to the bot in Telegram, within {INVITATION_DAYS} days.")


@app.command("list", epilog="Example: drom mediators list --json")
def list_members(as_json: bool = typer.Option(False, "--json", help="Print one JSON document.")) -> None:
    """List who is at the desk."""
    members = Members(_database()).all()
    if as_json:
        sys.stdout.write(json.dumps([_document(member) for member in members], ensure_ascii=False, indent=2) + "\n")
        return
    table = Table("number", "role", "name", "organisation", "municipalities", "languages", "since")
    for member in members:
        invitation = member.invitation
        places, languages = (", ".join(told) or "all" for told in (invitation.municipalities, invitation.languages))
        row = (invitation.role.value, member.name or "–", invitation.organization, places, languages)
        table.add_row(str(member.id), *row, member.joined_at.strftime("%d.%m.%Y"))
    Console().print(table)
    if not members:
        screen.print("Nobody is at the desk: people who ask to be called are told so. Begin: drom mediators invite")


@app.command(epilog="Example: drom mediators remove 3")
def remove(number: int = typer.Argument(..., help="As in `drom mediators list`.")) -> None:
    """Remove somebody from the desk; what they had goes to others."""
    database = _database()
    member = Members(database).by_id(number)
    if member is None:
        raise DromError(f"Nobody at the desk has the number {number}. See: drom mediators list")
    Requests(database, Times.of(settings())).leave(member, log.OPERATOR, now())
    screen.print(f"Removed: {number}. Their open requests go to others.")


def _told(organization: str) -> str:
    if not organization.strip():
        raise DromError("An organisation has a name: people read it before they consent.")
    return organization.strip()


def _municipalities(names: list[str]) -> tuple[str, ...]:
    from bot.directory.directory import directory

    found = [(name, directory().municipality(name)) for name in names]
    unknown = [name for name, municipality in found if municipality is None]
    if unknown:
        remedy = "Write it as in data/directory/municipalities.csv, such as Talsu novads."
        raise DromError(f"There is no municipality {', '.join(unknown)}. {remedy}")
    return tuple(dict.fromkeys(municipality.name.lv for _, municipality in found if municipality))


def _languages(codes: list[str]) -> tuple[Language, ...]:
    languages = [language for language in map(as_language, codes) if language]
    if len(languages) < len(codes):
        raise typer.BadParameter("lv, ru or en", param_hint="--language")
    return tuple(dict.fromkeys(languages))


def _link(bot: str | None, code: str) -> str | None:
    """Return the link that joins with one tap; None where nobody can tell the bot's name."""
    from bot.channels.telegram.deep_links import link
    from bot.qr import NoBotName, bot_name

    try:
        return link((bot or bot_name()).lstrip("@"), f"join-{code}")
    except NoBotName as error:
        screen.print(f"No link: {error}", style="yellow", markup=False, soft_wrap=True)
        return None


def _document(member: Member) -> dict[str, object]:
    invitation = member.invitation
    return {
        "number": member.id,
        "role": invitation.role.value,
        "name": member.name,
        "organization": invitation.organization,
        "municipalities": list(invitation.municipalities),
        "languages": list(invitation.languages),
        "joined_on": member.joined_at.date().isoformat(),
    }
