"""The reference pages in a real browser: for everybody, by keyboard, on a small phone, on paper, without a network."""

import functools
import http.server
import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bot.languages import LANGUAGES
from bot.reference.index import search_index
from bot.reference.search import search
from bot.reference.site import LITHUANIA_PAGE, PLACES_PAGE

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parent.parent.parent
CARDS = search_index().services
KINDS = ("index.html", "childcare_costs.html", "childcare_costs-leaflet.html", PLACES_PAGE, LITHUANIA_PAGE)
SMALLEST = {"width": 320, "height": 568}
A4, A6 = (595, 842), (297, 420)  # points
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The pages as `drom reference build` writes them."""
    folder = tmp_path_factory.mktemp("site") / "reference"
    environment = {**os.environ, "TELEGRAM_BOT_NAME": "DromTestBot"}
    command = [sys.executable, "-m", "bot.cli", "reference", "build", str(folder)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    return folder


class Host:
    """A static host, such as any web server."""

    def __init__(self, folder: Path):
        class Quiet(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *words):
                pass

        class Patient(http.server.ThreadingHTTPServer):
            def handle_error(self, request, address):
                """A page that is closed while it loads is no failure."""

        handler = functools.partial(Quiet, directory=str(folder.parent))
        self.server = Patient(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/reference/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def host(folder):
    host = Host(folder)
    yield host
    host.stop()


@pytest.fixture
def open_page(browser, host):
    contexts = []

    def open_at(path, viewport=None, base=None, **more):
        # What is kept for later has tests of its own; here it would only load every page again.
        more = {"service_workers": "block", "viewport": viewport or {"width": 1200, "height": 800}, **more}
        context = browser.new_context(**more)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.problems = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.goto((base or host.url) + path)
        return page

    yield open_at
    for context in contexts:
        context.close()


def wait_until(page, expression: str) -> None:
    """Wait for an expression of the page (Playwright's own way evaluates strings there, which the pages forbid)."""
    for _ in range(300):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never true: {expression}")


def found(page) -> list[str]:
    return [link.get_attribute("href").removesuffix(".html") for link in page.locator("#found a").all()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_nobody_is_shut_out_by_a_page(open_page, kind, language, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(f"{language}/{kind}", color_scheme=scheme)
    if kind == "index.html":
        page.fill("#q", "gmi")
        page.locator("#found a").first.wait_for()
    result = Axe().run(page, options={"runOnly": RULES})
    assert result.violations_count == 0, result.generate_report()
    assert page.problems == []


def test_the_page_that_asks_for_a_language_shuts_nobody_out_either(open_page):
    from axe_playwright_python.sync_playwright import Axe

    page = open_page("index.html", locale="fr-FR")
    assert page.locator("a").count() == len(LANGUAGES)
    assert Axe().run(page, options={"runOnly": RULES}).violations_count == 0


@pytest.mark.parametrize(("locale", "language"), [("lv-LV", "lv"), ("ru-RU", "ru"), ("en-GB", "en")])
def test_the_first_page_comes_in_the_language_of_the_browser(open_page, locale, language):
    page = open_page("index.html", locale=locale)
    page.wait_for_url(f"**/{language}/index.html")
    other = "ru" if language == "en" else "en"
    page.get_by_role("link", name="Русский" if other == "ru" else "English").click()
    page.wait_for_url(f"**/{other}/index.html")
    page.goto(page.url.rsplit("/", 2)[0] + "/index.html")  # what was chosen last goes before the browser's language
    page.wait_for_url(f"**/{other}/index.html")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_fits_the_smallest_phone(open_page, kind, language):
    page = open_page(f"{language}/{kind}", viewport=SMALLEST)
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALLEST["width"]


def test_a_card_is_found_by_keyboard_alone(open_page):
    page = open_page("lv/index.html")
    for _ in range(12):
        if page.evaluate("document.activeElement.id") == "q":
            break
        page.keyboard.press("Tab")
    page.keyboard.type("bernu pieskatisna")
    page.locator("#found a").first.wait_for()
    assert found(page)[0] == "childcare_costs"
    assert page.locator("#q-status").inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.getAttribute('href')") == f"{found(page)[1]}.html"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("Enter")
    page.wait_for_url("**/lv/childcare_costs.html")


def test_what_no_card_knows_is_said(open_page):
    page = open_page("ru/index.html")
    page.fill("#q", "zzqqxxzz")
    page.locator("#q-status", has_text="Такой карточки нет").wait_for()
    assert found(page) == []


def test_the_browser_finds_what_the_assistant_finds(open_page):
    page = open_page("lv/index.html")
    page.focus("#q")
    wait_until(page, "Boolean(self.dromIndex && self.dromCards)")
    queries = [
        line.split("\t")[0]
        for name in ("own.tsv", "unseen.tsv")
        for line in (ROOT / "tests" / "data" / "search" / name).read_text(encoding="utf-8").splitlines()[1:]
    ]
    queries += ["4etyre klassa", "6kola", "bezdarbn pabal", "Й ё Щ", "don't", "zzqqxxzz", "?!", "datorkursi"]
    in_browser = page.evaluate(
        "queries => { const known = dromSearch.read(dromIndex); return queries.map(q => dromSearch.find(known, q, 3)); }",
        queries,
    )
    for query, seen in zip(queries, in_browser, strict=True):
        assert seen == [hit.service.id for hit in search(query)], query


def test_the_tables_are_narrowed_by_a_town_however_it_is_spelt(open_page):
    page = open_page(f"lv/{PLACES_PAGE}")
    page.fill("#f", "талси")
    wait_until(page, "document.querySelectorAll('tr[hidden]').length > 20")
    shown = [row.inner_text() for row in page.locator("table.filtered tbody tr:visible").all()]
    assert shown
    assert all("Tals" in row for row in shown)
    assert page.locator(".map circle.faint").count() > 20
    page.fill("#f", "nowhere at all")
    page.locator("#f-status", has_text="Nekas neatbilst").wait_for()


def test_the_short_text_is_copied(open_page):
    page = open_page("en/debts.html", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#forward-text").inner_text()
    assert "t.me/DromTestBot?start=debts" in copied


def sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Return the size of each page of a PDF of Chromium's, in points."""
    boxes = re.findall(rb"/Type /Page\b.*?/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf, re.DOTALL)
    return [(round(float(width)), round(float(height))) for width, height in boxes]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_card_prints_on_one_a4_and_each_leaflet_on_one_a6(browser, host, language):
    page = browser.new_page(service_workers="block")
    for service in CARDS:
        for file, (width, height) in ((f"{service}.html", A4), (f"{service}-leaflet.html", A6)):
            page.goto(f"{host.url}{language}/{file}")
            printed = sizes(page.pdf(prefer_css_page_size=True, print_background=True))
            assert len(printed) == 1, (file, printed)
            assert abs(printed[0][0] - width) <= 2, (file, printed)
            assert abs(printed[0][1] - height) <= 2, (file, printed)
            if "leaflet" in file:  # what does not fit would be cut off without a word
                hidden = page.evaluate(
                    "() => { const l = document.querySelector('.leaflet'), b = document.querySelector('.body');"
                    " return Math.max(l.scrollHeight - l.clientHeight, b.scrollHeight - b.clientHeight); }"
                )
                assert hidden <= 1, (file, hidden)
    page.close()


def test_what_is_not_for_a_client_is_not_printed(open_page):
    page = open_page("lv/childcare_costs.html")
    unconfirmed = page.locator(".part .is-unconfirmed").first
    assert unconfirmed.is_visible()
    page.emulate_media(media="print")
    assert not unconfirmed.is_visible()
    assert page.locator("figure.qr svg").is_visible()
    assert not page.locator("form.search").is_visible()


def test_the_pages_work_from_a_disk(open_page, folder):
    page = open_page("ru/index.html", base=folder.as_uri() + "/")
    page.fill("#q", "садик")
    page.locator("#found a").first.wait_for()
    page.locator("#found a").first.click()
    page.wait_for_url("file://**/ru/childcare_costs.html")
    page.get_by_role("link", name="Latviešu").click()
    page.wait_for_url("file://**/lv/childcare_costs.html")
    assert page.problems == []


def test_after_the_first_visit_everything_works_without_a_network(browser, folder):
    host = Host(folder)
    context = browser.new_context()
    page = context.new_page()
    page.goto(host.url + "lv/index.html")
    page.locator("#saved", has_text="saglabātas").wait_for(timeout=30_000)
    host.stop()  # the host is gone altogether: more than a browser's own switch
    page.goto(host.url + "lv/debts.html")
    assert page.locator("h1").inner_text()
    page.fill("#q", "kods 95")
    page.locator("#found a").first.wait_for()
    assert found(page)[0] == "driving_licence"
    page.keyboard.press("Enter")
    page.wait_for_url("**/lv/driving_licence.html")
    for kind in KINDS:
        page.goto(f"{host.url}lv/{kind}")
        assert page.locator("main").is_visible()
    context.close()


def test_a_visit_in_another_language_keeps_that_too_and_a_new_version_replaces_the_old(browser, folder, tmp_path):
    copy = tmp_path / "reference"
    subprocess.run(["cp", "-r", str(folder), str(copy)], check=True)
    host = Host(copy)
    context = browser.new_context()
    page = context.new_page()
    page.goto(host.url + "ru/index.html")
    page.locator("#saved", has_text="сохранены").wait_for(timeout=30_000)
    worker = (copy / "worker.js").read_text(encoding="utf-8")
    version = json.loads(worker[worker.index("{") : worker.index(";\n")])["version"]
    (copy / "worker.js").write_text(worker.replace(version, "f" * 16), encoding="utf-8")
    debts = copy / "ru" / "debts.html"
    debts.write_text(debts.read_text(encoding="utf-8").replace("<h1>", "<h1>NEW "), encoding="utf-8")
    page.goto(host.url + "ru/index.html")
    page.evaluate("navigator.serviceWorker.getRegistration().then(r => r.update())")
    wait_until(page, f"caches.keys().then(names => names.length === 1 && names[0].endsWith('{'f' * 16}'))")
    page.reload()
    page.locator("#saved", has_text="сохранены").wait_for(timeout=30_000)
    host.stop()
    page.goto(host.url + "ru/debts.html")
    assert page.locator("h1").inner_text().startswith("NEW")
    context.close()
