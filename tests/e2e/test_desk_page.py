"""The desk's page in a real browser: who gets in, what they see and can do, and that nobody is shut out."""

import datetime
import re
import urllib.error
import urllib.request

import pytest

from bot.clock import now
from bot.desk import log
from bot.desk.access import Access
from bot.desk.desk import open_database
from bot.desk.states import State
from bot.settings import settings
from tests.conftest import Server
from tests.support.desk import NUMBER, WORDS, TestedDesk

pytestmark = pytest.mark.browser
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALLEST = {"width": 320, "height": 568}


class DeskServer(Server):
    """The page in a process of its own; what it needs of the assistant is nothing."""

    program = "tests.support.desk_server"
    arguments = ()
    ready = "/desk/desk.css"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = DeskServer(tmp_path_factory.mktemp("desk_page")).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def desk(server):
    folder = server.log.parent
    desk = TestedDesk(open_database(settings().copy(update={"data_dir": folder, "database_url": None})), now())
    yield desk
    desk.database.close()


@pytest.fixture
def members(desk):
    """A mediator and a coordinator, and nobody's requests left from before."""
    for member in desk.members.all():
        desk.requests.leave(member, log.OPERATOR, now())
    for request in desk.requests.open():
        desk.requests.cancel(request.reference, request.chat, now())
    return desk.mediator(), desk.coordinator()


@pytest.fixture
def log_in(browser, server, desk):
    contexts = []

    def log_in(member, **more):
        context = browser.new_context(**{"locale": "lv-LV", "viewport": {"width": 1000, "height": 800}, **more})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.problems = []
        page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
        page.link = f"{server.url}/desk/login/{Access(desk.database).make_link(member, now())}"
        page.goto(page.link)
        page.get_by_role("button", name="Ieiet").click()
        page.get_by_role("heading", name="Lūgumi").wait_for()
        return page

    yield log_in
    for context in contexts:
        context.close()


def ask(desk, chat="telegram-anna", **more):
    """Ask, and have it offered."""
    desk.now = now()
    asked = desk.ask(chat, **more)
    if desk.requests.by_id(asked.id).state is State.ASKED:
        desk.requests.tick(asked.id, now() + datetime.timedelta(seconds=1))
    return asked


def press(page, words):
    page.get_by_role("button", name=words).first.click()
    page.wait_for_load_state()


def test_a_mediator_takes_a_request_looks_at_the_number_and_is_done(desk, members, log_in):
    asked = ask(desk)
    page = log_in(members[0])
    assert WORDS in page.content()
    assert NUMBER not in page.content()
    press(page, "Es ņemu")
    assert desk.state(asked.id) is State.TAKEN
    assert not [line for line in log.read(desk.database, asked.id) if line.what == log.LOOK]
    press(page, "Rādīt numuru")
    assert page.get_by_role("link", name=NUMBER).get_attribute("href") == f"tel:{NUMBER}"
    assert log.read(desk.database, asked.id)[0].what == log.LOOK
    page.get_by_role("link", name="Atpakaļ").click()
    press(page, "Izdarīts")
    assert desk.state(asked.id) is State.DONE
    assert page.get_by_text("Tagad lūgumu nav.").is_visible()
    assert page.problems == []


def test_a_mediator_sees_what_was_offered_to_them_and_nothing_else(desk, members, log_in):
    ask(desk, municipality="Rīga", need="kaut kas cits")
    page = log_in(members[0])
    assert "kaut kas cits" not in page.content()
    assert page.get_by_role("link", name="Žurnāls").count() == 0
    for path in ("log", "requests.csv"):
        assert page.request.get(page.link.split("/login")[0] + f"/{path}").status == 403


def test_a_coordinator_sees_all_with_the_overdue_first_by_place_and_exports_no_person(desk, members, log_in):
    ask(desk)
    overdue = ask(desk, "telegram-juris", municipality="Rīga")
    assert desk.state(overdue.id) is State.AT_DESK
    page = log_in(members[1])
    headings = page.locator("h2").all_inner_texts()
    assert "Rīga" in headings[0]
    assert "Talsu novads" in headings[1]
    page.get_by_role("link", name="Rīga (1)").click()
    assert page.locator("h2").count() == 1
    export = page.request.get(page.link.split("/login")[0] + "/requests.csv").text()
    assert f"{overdue.id},{now().date().isoformat()},at_desk,Rīga" in export
    for given in (NUMBER, WORDS, "telegram", "juris"):
        assert given not in export.replace(",telegram,", ",")
    page.get_by_role("link", name="Žurnāls").click()
    assert page.get_by_role("cell", name="log in").first.is_visible()


def test_a_link_works_once_and_looking_at_it_does_not_use_it_up(members, log_in, browser, server):
    page = log_in(members[0])
    page.goto(page.link)
    press(page, "Ieiet")
    assert page.get_by_role("heading", name="Jums jāieiet").is_visible()


def test_without_a_login_nothing_is_shown(server):
    for path in ("", "log", "requests.csv"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{server.url}/desk/{path}")
        assert refused.value.code == 401


def test_the_cookie_and_the_headers_keep_others_out(members, log_in, server):
    page = log_in(members[0])
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/desk")
    headers = page.request.get(f"{server.url}/desk/").headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


def test_a_form_without_our_token_or_from_another_site_does_nothing(desk, members, log_in, server):
    asked = ask(desk)
    page = log_in(members[0])
    token = page.locator("input[name=form_token]").first.get_attribute("value")
    at = f"{server.url}/desk/requests/{asked.id}/take"
    assert page.request.post(at, form={"form_token": "x"}).status == 403
    assert page.request.post(at, form={"form_token": token}, headers={"Origin": "https://evil.example"}).status == 403
    assert desk.state(asked.id) is State.OFFERED
    assert page.request.post(at, form={"form_token": token}).status == 200
    assert desk.state(asked.id) is State.TAKEN


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out_and_it_fits_a_small_phone(desk, members, log_in, scheme):
    from axe_playwright_python.sync_playwright import Axe

    ask(desk)
    ask(desk, "telegram-juris", municipality="Rīga")
    page = log_in(members[1], viewport=SMALLEST, color_scheme=scheme)
    for path in ("/", "/log"):
        page.goto(page.link.split("/login")[0] + path)
        result = Axe().run(page, options={"runOnly": RULES})
        assert result.violations_count == 0, result.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= SMALLEST["width"]
    page.goto(page.link.split("/login")[0] + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"


def test_who_leaves_the_desk_is_logged_out(desk, members, log_in):
    page = log_in(members[0])
    desk.requests.leave(members[0], log.OPERATOR, now())
    page.reload()
    assert page.get_by_role("heading", name=re.compile("jāieiet")).is_visible()
