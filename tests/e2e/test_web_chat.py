"""The web chat in a real browser, at phone width, and its connector over HTTP."""

import json
import re
import urllib.error
import urllib.request

import pytest

pytestmark = [pytest.mark.model, pytest.mark.browser]
PHONE = {"width": 390, "height": 780}
SMALLEST = {"width": 320, "height": 568}


class Page:
    """The chat as a person uses it."""

    def __init__(self, page):
        self.page = page

    @property
    def replies(self):
        return self.page.locator(".message:not(.mine)")

    def wait_for_reply(self, act) -> str:
        before = self.replies.count()
        act()
        reply = self.replies.nth(before)
        reply.wait_for(timeout=20_000)
        self.page.locator("#typing").wait_for(state="hidden")
        return self.replies.last.inner_text()

    def say(self, text: str) -> str:
        self.page.fill("#text", text)
        return self.wait_for_reply(lambda: self.page.keyboard.press("Enter"))

    def tap(self, title: str) -> str:
        return self.wait_for_reply(lambda: self.replies.last.get_by_text(title, exact=False).first.click())


@pytest.fixture
def open_chat(browser, server):
    contexts = []

    def open_page(locale="lv-LV", viewport=PHONE, path="/", **more) -> Page:
        context = browser.new_context(locale=locale, viewport=viewport, **more)
        contexts.append(context)
        page = context.new_page()
        page.requests = []
        page.on("request", lambda request: page.requests.append(request.url))
        page.problems = []
        page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.goto(server.url + path)
        page.locator(".message").first.wait_for(timeout=20_000)
        return Page(page)

    yield open_page
    for context in contexts:
        context.close()


TALKS = {
    "lv": (
        "lv-LV",
        "strādātu jau, bet nav kam atstāt mazo un dārziņā rinda līdz rudenim",
        "kādi papīri vajadzīgi?",
        "kur man iet?",
        "Talsos",
        "vīrs mani sit",
    ),
    "ru": (
        "ru-RU",
        "уже третий месяц начальник зарплату не платит, всё завтра да завтра",
        "какие документы нужны?",
        "куда мне идти?",
        "в Талсах",
        "муж меня бьёт",
    ),
    "en": (
        "en-GB",
        "I came back from England with no savings and the bailiff takes half of what I earn",
        "what papers do I need?",
        "where do I go?",
        "Talsi",
        "my husband beats me",
    ),
}


@pytest.mark.parametrize("language", TALKS)
def test_a_talk_from_a_greeting_to_an_office_with_danger_in_the_middle(open_chat, language):
    locale, need, papers, where, place, danger = TALKS[language]
    chat = open_chat(locale)
    assert chat.page.evaluate("document.documentElement.lang") == language
    assert chat.say(need)
    assert chat.page.locator(".buttons").last.is_visible()
    assert chat.say(papers)
    assert "112" in chat.say(danger)
    assert chat.say(where)
    answer = chat.say(place)
    assert re.search(r"Tals|Талс", answer), answer
    assert chat.page.evaluate("document.documentElement.lang") == language
    assert chat.page.problems == []


def test_the_code_of_a_leaflet_opens_the_chat_at_its_card(open_chat, server):
    chat = open_chat(path="/?start=debts")
    assert "sociāl" in chat.replies.last.inner_text()
    assert "labdien" in open_chat(path="/?start=nonsense").replies.last.inner_text().lower()


def test_everything_comes_from_the_own_host(open_chat, server):
    chat = open_chat()
    chat.tap("Darbs")
    assert all(url.startswith((server.url, "data:")) for url in chat.page.requests)


def test_the_page_fits_the_smallest_phone(open_chat):
    chat = open_chat(viewport=SMALLEST)
    chat.say("man ir parādi un tiesu izpildītājs")
    width = chat.page.evaluate("document.documentElement.scrollWidth")
    assert width <= SMALLEST["width"]
    for box in [b.bounding_box() for b in chat.page.locator(".buttons > *").all()]:
        assert box["x"] + box["width"] <= SMALLEST["width"]
        assert box["height"] >= 44


def test_the_chat_works_by_keyboard_alone(open_chat):
    chat = open_chat()
    chat.page.locator("[data-language=ru]").focus()
    answer = chat.wait_for_reply(lambda: chat.page.keyboard.press("Enter"))
    assert "по-русски" in answer
    chat.page.locator(".buttons button").last.focus()
    assert chat.wait_for_reply(lambda: chat.page.keyboard.press("Space"))


def test_a_screen_reader_hears_new_messages_and_knows_every_control(open_chat):
    page = open_chat().page
    assert page.get_by_role("log").get_attribute("aria-live") == "polite"
    for control in page.locator("button, a, textarea").all():
        name = (
            control.get_attribute("aria-label") or control.inner_text() or page.locator("label[for=text]").inner_text()
        )
        assert name.strip()


def test_a_shared_location_leads_to_the_office(open_chat):
    where = {"latitude": 57.39, "longitude": 21.56}
    chat = open_chat(geolocation=where, permissions=["geolocation"])
    answer = chat.wait_for_reply(lambda: chat.page.click("#locate"))
    assert "Ventspils" in answer


def test_markup_in_a_message_is_shown_as_text(open_chat):
    chat = open_chat()
    chat.say("<img src=x onerror=alert(1)> man vajag darbu")
    assert chat.page.locator(".bubble img").count() == 0
    assert "<img" in chat.page.locator(".mine .bubble").last.inner_text()


def test_a_lost_connection_is_told_with_the_telephone_line(open_chat):
    chat = open_chat()
    chat.page.route("**/chat/messages", lambda route: route.abort())
    assert "80200206" in chat.say("man vajag darbu")


def post(server, document, cookie=None):
    headers = {"Content-Type": "application/json"} | ({"Cookie": cookie} if cookie else {})
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    request = urllib.request.Request(server.url + "/chat/messages", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def cookie_of(server) -> str:
    with urllib.request.urlopen(server.url + "/", timeout=10) as answer:
        return answer.headers["Set-Cookie"].split(";")[0]


def test_nobody_can_name_a_conversation_of_their_own(server):
    assert post(server, {"text": "hi"})[0] == 403
    assert post(server, {"text": "hi"}, "drom_chat=1")[0] == 403


@pytest.mark.parametrize(
    "document", [b"{", b"[]", {}, {"text": ""}, {"payload": "x"}, {"location": {"latitude": "north"}}, {"text": 5}]
)
def test_what_is_no_message_is_refused_kindly(server, document):
    status, answer = post(server, document, cookie_of(server))
    assert status == 400
    assert answer["error"]


def test_the_page_sends_the_headers_that_keep_others_out(server):
    with urllib.request.urlopen(server.url + "/", timeout=10) as answer:
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


@pytest.mark.parametrize("path", ["/conversations/x/tracker", "/model/parse", "/webhooks/rest/webhook", "/status"])
def test_rasas_own_interfaces_are_off(server, path):
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(server.url + path, timeout=10)
    assert caught.value.code == 404
