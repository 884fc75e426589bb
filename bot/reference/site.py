"""The reference as a set of files, all made of the directory: served by the assistant, or written to a folder.

Every link is relative and names its file, so that the same files work under ``/reference/``, on any
static host, and opened from a disk. Nothing is asked of another host.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.clock import now
from bot.directory.directory import Directory
from bot.languages import DEFAULT_LANGUAGE, LANGUAGES, Language
from bot.nlu.fold import fold
from bot.reference.cards import SHOWN_SECTIONS, CardView, hours, in_words, word
from bot.reference.country import draw_map, existing, town_name
from bot.reference.figures import charts, number
from bot.reference.index import index_of
from bot.reference.search import DOUBT, MAX_WORDS, VOTE
from bot.reference.sharing import card_address, qr_svg
from bot.reference.telling import forward_text
from bot.settings import ROOT

HERE = Path(__file__).parent
ICON = ROOT / "bot" / "channels" / "web" / "static" / "icon.svg"
# Ids of services have no hyphen, so that these never stand in the way of a card.
PLACES_PAGE, LITHUANIA_PAGE = "where-to-go.html", "in-lithuania.html"
LITHUANIA_CARD = "good_practice"
LEAFLET_SECTIONS = ("summary", "apply", "documents")
MAP_SEARCH = "https://www.openstreetmap.org/search?query="
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'"
)
STATIC = ("reference.css", "leaflet.css", "search.js", "page.js", "choose.js")
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True)
class Site:
    """The files of the reference: path (``lv/index.html``) → content."""

    files: dict[str, bytes]

    @staticmethod
    def content_type(path: str) -> str:
        """Return the media type of a file."""
        return TYPES[Path(path).suffix]


def build_site(directory: Directory) -> Site:
    """Make all files of the reference from the directory as it stands today."""
    return _Builder(directory).build()


class _Builder:
    def __init__(self, directory: Directory):
        self.directory = directory
        self.today = now().date()
        self.environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.qr = functools.lru_cache(maxsize=None)(qr_svg)

    def build(self) -> Site:
        files: dict[str, str] = {"index.html": self._render("choose", "index.html", DEFAULT_LANGUAGE, root="")}
        for language in LANGUAGES:
            files |= {f"{language}/{name}": content for name, content in self._pages(language).items()}
        files |= {name: (HERE / "static" / name).read_text(encoding="utf-8") for name in STATIC}
        files["icon.svg"] = ICON.read_text(encoding="utf-8")
        files["search-index.js"] = _as_script("dromIndex", self._search_index())
        files["manifest.webmanifest"] = _json(self._manifest())
        worker = (HERE / "static" / "worker.js").read_text(encoding="utf-8")
        files["worker.js"] = _as_script("dromFiles", self._lists(files)) + worker
        return Site({path: content.encode("utf-8") for path, content in files.items()})

    def _pages(self, language: Language) -> dict[str, str]:
        directory = self.directory
        views = {id_: CardView(directory, card, language, self.today) for id_, card in directory.services.items()}
        topics = [(topic, [directory.services[id_] for id_ in topic.services]) for topic in directory.topics.values()]
        titles = [
            [card.id, card.icon, views[card.id].name, views[card.id].need] for card in directory.services.values()
        ]
        pages = {
            "index.html": self._render("index", "index.html", language, topics=topics),
            "cards.js": _as_script("dromCards", titles),
            PLACES_PAGE: self._render("places", PLACES_PAGE, language, **self._places(language)),
        }
        for id_, view in views.items():
            address = card_address(id_)
            shared: dict[str, Any] = {"view": view, "address": address, "qr": self.qr(address) if address else ""}
            forward = forward_text(id_, language, directory)
            pages[f"{id_}.html"] = self._render("card", f"{id_}.html", language, forward=forward, **shared)
            leaflet = f"{id_}-leaflet.html"
            pages[leaflet] = self._render("leaflet", leaflet, language, **_leaflet(view), **shared)
        if LITHUANIA_CARD in views:
            practice = [view for id_, view in views.items() if id_ != LITHUANIA_CARD and view.card.good_practice]
            view = views[LITHUANIA_CARD]
            pages[LITHUANIA_PAGE] = self._render(
                "lithuania",
                LITHUANIA_PAGE,
                language,
                view=view,
                practice=practice,
                charts=charts(view.card, language),
                number=number,
            )
        return pages

    def _render(self, template: str, file: str, language: Language, *, root: str = "../", **values: Any) -> str:
        say: Callable[..., str] = lambda key, **filled: word(key, language, **filled)  # noqa: E731
        return self.environment.get_template(f"{template}.html.j2").render(
            w=say,
            language=language,
            languages=LANGUAGES,
            language_names=[(other, word("language_name", other)) for other in LANGUAGES],
            root=root,
            file=file,
            policy=POLICY,
            made=in_words(self.today),
            in_words=in_words,
            sections=SHOWN_SECTIONS,
            places_page=PLACES_PAGE,
            lithuania_page=LITHUANIA_PAGE,
            **values,
        )

    def _places(self, language: Language) -> dict[str, Any]:
        directory = self.directory
        offices: list[dict[str, Any]] = [
            {
                "office": office,
                "town": town_name(directory, office.town, language),
                "source": directory.sources[office.source],
                "search": MAP_SEARCH + quote(office.address or f"NVA {office.town}"),
                "words": _words([office.town, *self._names(office.town)]),
            }
            for office in sorted(directory.offices, key=lambda office: office.town)
        ]
        return {
            "map": draw_map(directory, language),
            "offices": offices,
            "attested": [row["town"] for row in offices if row["office"].is_attested],
            "possible": [row["town"] for row in offices if not row["office"].is_attested],
            "municipalities": [self._municipality(m, language) for m in existing(directory)],
            "mediators": [self._mediator(mediator, language) for mediator in directory.mediators],
            "lines": [
                {"line": line, "hours": hours(line, language), "source": directory.sources[line.source]}
                for line in directory.help_lines.values()
            ],
            "nva": directory.help_lines["nva"],
            "branches": directory.sources["nva_branches"],
            "contact_point": directory.content.organizations["ministry_of_culture"],
        }

    def _municipality(self, municipality: Any, language: Language) -> dict[str, Any]:
        directory = self.directory
        way = directory.office_near((municipality.latitude, municipality.longitude))
        inside = [p for p in directory.places.values() if directory.municipality_of(p).id == municipality.id]
        names = [name for place in inside for name in place.name.dict().values()]
        return {
            "municipality": municipality,
            "name": municipality.name.in_language(language),
            "seat": town_name(directory, municipality.seat, language),
            "office": town_name(directory, way.office.town, language),
            "km": way.km,
            "perhaps": town_name(directory, way.possible.town, language) if way.possible else None,
            "words": _words([*municipality.name.dict().values(), *names]),
        }

    def _mediator(self, mediator: Any, language: Language) -> dict[str, Any]:
        served = [self.directory.municipalities[id_].name for id_ in mediator.municipalities]
        return {
            "mediator": mediator,
            "where": ", ".join(name.in_language(language) for name in served),
            "words": _words([mediator.name, *(name for names in served for name in names.dict().values())]),
        }

    def _names(self, town: str) -> list[str]:
        place = self.directory.places.get(town)
        if place is None:
            return [town]
        return [*place.name.dict().values(), *self.directory.municipality_of(place).name.dict().values()]

    def _search_index(self) -> dict[str, Any]:
        document = index_of(self.directory).as_document()
        return {**document, "vote": VOTE, "doubt": DOUBT, "maxWords": MAX_WORDS}

    def _manifest(self) -> dict[str, Any]:
        name = word("title", DEFAULT_LANGUAGE)
        return {
            "name": name,
            "short_name": "Drom",
            "start_url": "index.html",
            "display": "minimal-ui",
            "background_color": "#f4efe4",
            "theme_color": "#0b5d4d",
            "icons": [{"src": "icon.svg", "type": "image/svg+xml", "sizes": "any"}],
        }

    def _lists(self, files: dict[str, str]) -> dict[str, Any]:
        """Return what the service worker keeps: what all pages share, and the pages of each language."""
        by_language = {
            language: sorted(path for path in files if path.startswith(f"{language}/")) for language in LANGUAGES
        }
        shared = sorted(path for path in files if "/" not in path)
        digest = hashlib.sha256()
        for path in sorted(files):
            digest.update(path.encode() + b"\0" + files[path].encode() + b"\0")
        return {"version": digest.hexdigest()[:16], "shared": shared, "languages": by_language}


def _leaflet(view: CardView) -> dict[str, Any]:
    """Return what stands on the leaflet: the first of each section that a client may be told, and its sources."""
    shown = [[said for said in view.section(name) if said.may_be_told][:1] for name in LEAFLET_SECTIONS]
    numbers = {said.source for section in shown for said in section if said.source}
    sources = [one for one in view.sources.values() if one.number in numbers]
    return {
        "parts": [section[0].text if section else "" for section in shown],
        "publishers": ", ".join(dict.fromkeys(one.source.publisher for one in sources)),
        "checked_on": in_words(min(one.checked_on for one in sources)) if sources else "",
    }


def _words(names: Iterable[str]) -> str:
    """Return names folded, for the filter of the page."""
    return " ".join(dict.fromkeys(part for name in names for part in fold(name).split()))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _as_script(name: str, value: Any) -> str:
    """Return data as a script: pages opened from a disk may load scripts, but may not fetch files."""
    return f"self.{name}={_json(value)};\n"


def write_site(site: Site, folder: Path) -> int:
    """Write the files into a folder, in place of an older copy; return how many bytes there are.

    Raises:
        OSError: the folder can't be written.
    """
    for language in LANGUAGES:
        for old in (folder / language).glob("*.*"):
            if f"{language}/{old.name}" not in site.files and old.suffix in TYPES:
                old.unlink()
    for path, content in site.files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return sum(map(len, site.files.values()))
