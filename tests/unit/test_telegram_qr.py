"""`drom qr` makes a code for a leaflet that opens the bot at a card, in a town."""

from types import SimpleNamespace

import pytest
import typer
from typer.testing import CliRunner

from bot.errors import DromError
from bot.qr import NoBotName, qr

app = typer.Typer()
app.command()(qr)


def run(*arguments):
    result = CliRunner().invoke(app, list(arguments))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.mark.parametrize("suffix", [".svg", ".png", ".pdf"])
def test_the_code_opens_the_card_in_the_town(tmp_path, suffix):
    file = tmp_path / f"leaflet{suffix}"
    result = run("--service", "childcare_costs", "--town", "Ventspils", "--bot", "@drom_bot", "--out", str(file))
    assert result.exit_code == 0
    assert result.output.strip() == "https://t.me/drom_bot?start=childcare_costs_ventspils"
    assert file.stat().st_size > 300


def test_a_code_without_a_card_opens_the_chat(tmp_path):
    assert run("--bot", "drom_bot", "--out", str(tmp_path / "a.svg")).output.strip() == "https://t.me/drom_bot"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--service", "nonsense"), "no nonsense"),
        (("--service", "office", "--town", "Atlantis"), "no Atlantis"),
        (("--town", "Ventspils"), "needs a card"),
        (("--out", "leaflet.txt"), "must end in"),
        (("--out", "missing/folder/leaflet.svg"), "can't be written"),
    ],
)
def test_a_mistake_is_told_with_its_remedy(tmp_path, monkeypatch, arguments, told):
    monkeypatch.chdir(tmp_path)
    given = ("--bot", "drom_bot", *arguments)
    with pytest.raises(DromError, match=told):
        run(*given, *(() if "--out" in given else ("--out", "leaflet.svg")))


def test_without_token_and_name_the_remedy_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("bot.qr.settings", lambda: SimpleNamespace(telegram_token=None))
    with pytest.raises(NoBotName, match="--bot NAME"):
        run("--service", "office", "--out", str(tmp_path / "a.svg"))
