"""The reference: every card with everything, in files that stand on their own; and what goes into messages."""

import datetime
import json
import re
from html.parser import HTMLParser
from urllib.parse import urldefrag

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.clock import frozen
from bot.directory.directory import directory, load_directory
from bot.directory.models import SECTIONS, Confidence
from bot.languages import LANGUAGES
from bot.reference.cards import CardView
from bot.reference.country import draw_map
from bot.reference.figures import charts, joint_money
from bot.reference.site import LITHUANIA_PAGE, PLACES_PAGE, build_site
from bot.reference.telling import FORWARD_LENGTH, MESSAGE_LENGTH, forward_text, papers_text, reference_text
from bot.settings import SettingsError, settings

CARDS = directory().services
# Where a statement that is past its day stands in the data, and a day on which it still held.
IN_2022 = datetime.datetime(2022, 6, 1, 12)


class Links(HTMLParser):
    """Everything that a page loads or leads to, and its ids."""

    def __init__(self, content: bytes):
        super().__init__()
        self.loads, self.leads, self.ids = [], [], set()
        self.feed(content.decode())

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if "id" in values:
            assert values["id"] not in self.ids, f"the id {values['id']} stands twice"
            self.ids.add(values["id"])
        if "src" in values:
            self.loads.append(values["src"])
        if "href" in values:
            (self.loads if tag == "link" else self.leads).append(values["href"])


def words_of(content: bytes) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content.decode())).replace("&#34;", '"').replace("&#39;", "'")


@pytest.fixture(scope="module")
def site():
    return build_site(directory())


@pytest.fixture
def with_bot(monkeypatch):
    monkeypatch.setenv("TELEGRAM_BOT_NAME", "@DromTestBot")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_has_a_page_and_a_leaflet_in_each_language(site, language):
    for service in CARDS:
        assert f"{language}/{service}.html" in site.files
        assert f"{language}/{service}-leaflet.html" in site.files
    assert {f"{language}/index.html", f"{language}/{PLACES_PAGE}", f"{language}/{LITHUANIA_PAGE}"} <= set(site.files)


def test_every_link_within_the_reference_leads_somewhere_and_nothing_is_loaded_from_another_host(site):
    pages = {path: Links(content) for path, content in site.files.items() if path.endswith(".html")}
    for path, links in pages.items():
        folder = path.rsplit("/", 1)[0] + "/" if "/" in path else ""
        for address in links.loads:
            assert resolve(folder, address) in site.files, (path, address)
        for address in links.leads:
            if re.match(r"(https?|tel|mailto):", address):
                continue
            file, fragment = urldefrag(address)
            target = resolve(folder, file) if file else path
            assert target in site.files, (path, address)
            assert not fragment or fragment in pages[target].ids, (path, address)


def resolve(folder: str, address: str) -> str:
    return address.removeprefix("../") if address.startswith("../") else folder + address


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("service", CARDS)
def test_a_card_shows_every_statement_and_every_source_with_address_and_date(site, service, language):
    card = CARDS[service]
    shown = words_of(site.files[f"{language}/{service}.html"])
    for _, statement in card.statements():
        assert statement.text.in_language(language).replace("&", "&amp;") in shown
        if statement.source:
            source = directory().sources[statement.source]
            assert source.publisher.replace("&", "&amp;") in shown
            assert re.sub("^https?://", "", source.url).replace("&", "&amp;") in shown
            assert statement.checked_on.strftime("%d.%m.%Y") in shown
    assert card.say_when_calling.in_language(language) in shown


def test_what_nobody_confirmed_is_marked_and_never_handed_to_a_client(site):
    for service, card in CARDS.items():
        for _, statement in card.statements():
            if statement.confidence in (Confidence.LOW, Confidence.UNVERIFIED):
                page = site.files[f"lv/{service}.html"].decode()
                part = page[: page.index(statement.text.lv)].rsplit("<li", 1)[1]
                assert "is-unconfirmed" in part
                leaflet = words_of(site.files[f"lv/{service}-leaflet.html"])
                for words in (leaflet, forward_text(service, "lv"), papers_text(service, "lv")):
                    assert statement.text.lv not in words


def test_an_amount_past_its_day_is_marked_and_not_told():
    card = next(c for c in CARDS.values() if any(s.has_expired(datetime.date.today()) for s in c.cost))
    amount = next(s for s in card.cost if s.has_expired(datetime.date.today()))
    assert "beidzās" in reference_text(card.id, "lv")
    assert amount.text.lv not in forward_text(card.id, "lv")
    with frozen(IN_2022):
        held = CardView(directory(), card, "lv", IN_2022.date()).section("cost")[card.cost.index(amount)]
    assert held.may_be_told
    assert held.valid_until


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("service", CARDS)
def test_a_card_can_be_passed_on_in_160_characters_of_whole_sentences(with_bot, service, language):
    words = forward_text(service, language)
    assert len(words) <= FORWARD_LENGTH
    assert words.startswith((CARDS[service].name.in_language(language), CARDS[service].button.in_language(language)))
    told = " ".join(statement.text.in_language(language) for _, statement in CARDS[service].statements())
    _, *sentences = re.split(r"(?<=[.!?]) ", re.sub(r"( ☎ \d+)?( t\.me/\S+)?$", "", words))
    assert sentences
    assert all(sentence in told for sentence in sentences)


def test_what_is_passed_on_has_the_line_and_where_to_ask_on(with_bot):
    words = forward_text("childcare_costs", "ru")
    assert "80200206" in words
    assert "t.me/DromTestBot?start=childcare_costs" in words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("service", CARDS)
def test_the_full_version_fits_one_message_and_names_each_source(service, language):
    words = reference_text(service, language)
    assert len(words) <= MESSAGE_LENGTH
    for name in SECTIONS:
        for statement in CARDS[service].section(name):
            assert statement.text.in_language(language) in words
            assert not statement.source or directory().sources[statement.source].title in words


def test_mediators_who_agreed_are_shown_and_nobody_else():
    page = words_of(build_site(load_directory(demo=True)).files[f"lv/{PLACES_PAGE}"])
    shown = load_directory(demo=True).mediators
    assert shown
    for mediator in shown:
        assert mediator.name in page
    without = words_of(build_site(directory()).files[f"lv/{PLACES_PAGE}"])
    assert not any(mediator.name in without for mediator in shown)
    assert "Kultūras ministrija" in without


def test_the_map_holds_every_office_and_no_two_names_run_into_one_another():
    drawn = draw_map(directory(), "lv")
    offices = [dot for dot in drawn.dots if dot.kind != "seat"]
    assert {dot.town for dot in offices} == {office.town for office in directory().offices}
    assert all(0 <= dot.x <= drawn.width and 0 <= dot.y <= drawn.height for dot in drawn.dots)
    riga, liepaja, valka = (next(d for d in offices if d.town == town) for town in ("Rīga", "Liepāja", "Valka"))
    assert liepaja.x < riga.x < valka.x
    assert valka.y < riga.y < liepaja.y


def test_the_money_of_the_measures_adds_up_to_the_project():
    measures = CARDS["good_practice"].measures
    together, sum_of_them = joint_money(measures)
    assert [measure.id for measure in together] == ["motivation_skills", "career_guidance", "vocational_training"]
    assert "429 258" in together[0].text.lv
    assert sum_of_them == 429_258
    money = charts(CARDS["good_practice"], "lv")[3]
    total = next(measure.eur for measure in measures if measure.id == "total")
    assert sum(int(bar.value.replace("\u00a0", "")) for bar in money.bars) == total
    assert max(bar.width for bar in money.bars) == money.bars[0].width


def test_a_leaflet_carries_the_code_of_the_bot(with_bot):
    leaflet = build_site(directory()).files["ru/debts-leaflet.html"].decode()
    assert "https://t.me/DromTestBot?start=debts" in leaflet
    assert "<svg" in leaflet


def test_where_no_bot_is_named_the_code_opens_the_web_chat(monkeypatch):
    monkeypatch.setenv("DROM_PUBLIC_URL", "https://drom.example/")
    settings.cache_clear()
    try:
        leaflet = build_site(directory()).files["lv/debts-leaflet.html"].decode()
    finally:
        settings.cache_clear()
    assert "https://drom.example/?start=debts" in leaflet


def test_without_bot_and_address_staff_are_told_that_there_is_no_code(site):
    leaflet = site.files["lv/debts-leaflet.html"].decode()
    assert "TELEGRAM_BOT_NAME" in leaflet
    assert "<svg" not in leaflet


def test_a_bots_name_that_can_not_be_one_is_refused(monkeypatch):
    monkeypatch.setenv("TELEGRAM_BOT_NAME", "no name")
    settings.cache_clear()
    with pytest.raises(SettingsError, match="TELEGRAM_BOT_NAME"):
        settings()
    settings.cache_clear()


def test_the_pages_are_written_and_an_older_copy_is_replaced(tmp_path):
    folder = tmp_path / "pages"
    (folder / "lv").mkdir(parents=True)
    (folder / "worker.js").write_text("older")
    (folder / "lv" / "a_card_of_old.html").write_text("older")
    result = CliRunner(mix_stderr=False).invoke(app, ["reference", "build", str(folder), "--json"])
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["files"] == len([path for path in folder.rglob("*") if path.is_file()])
    assert not (folder / "lv" / "a_card_of_old.html").exists()
    assert (folder / "ru" / "debts.html").is_file()


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "thesis.odt").write_text("mine")
    result = CliRunner().invoke(app, ["reference", "build", str(tmp_path)])
    assert result.exit_code != 0
    assert "other files" in str(result.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.odt"]
