"""The voice on the page, in a real browser with a microphone that beeps, and its addresses over HTTP."""

import asyncio
import http.cookiejar
import json
import threading
import time
import urllib.error
import urllib.request

import pytest

from bot.voice.codec import encode_opus, facts
from tests.conftest import CHROMIUM, CHROMIUM_FLAGS, Server
from tests.support.speech import babble
from tests.support.speech_api import SpeechApi

pytestmark = [pytest.mark.model, pytest.mark.browser]
FAKE_MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


@pytest.fixture(scope="module")
def speech():
    """A server that turns speech into text, in a thread: the browser's tests have no event loop."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def wait(work):
        return asyncio.run_coroutine_threadsafe(work, loop).result(20)

    async def make():
        return await SpeechApi(heard="nav naudas").__aenter__()

    api = wait(make())
    yield api
    wait(api.__aexit__())
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture(scope="module")
def hearing_server(model, speech, tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("hearing"), DROM_STT_URL=speech.url).start()
    yield running
    running.stop()


class Visitor:
    """Somebody with a cookie, without a browser."""

    def __init__(self, url):
        self.url = url
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)
        self.get("/")

    def get(self, path):
        with self.opener.open(self.url + path, timeout=30) as answer:
            return answer.headers, answer.read()

    def post(self, path, body, kind="application/json"):
        request = urllib.request.Request(self.url + path, body, {"Content-Type": kind})
        with self.opener.open(request, timeout=60) as answer:
            return json.loads(answer.read())

    def say(self, **message):
        return self.post("/chat/messages", json.dumps({"language_code": "lv", **message}).encode())


def status(visit):
    with pytest.raises(urllib.error.HTTPError) as caught:
        visit()
    return caught.value.code


def test_each_reply_has_a_sound_that_only_its_own_talk_gets(hearing_server):
    anna, boris = Visitor(hearing_server.url), Visitor(hearing_server.url)
    (reply,) = anna.say(text="nav ar ko atstāt bērnus")["replies"]
    headers, sound = anna.get(reply["audio"]["url"])
    assert headers["Content-Type"] == "audio/ogg"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert facts(sound).codec == "opus"
    assert status(lambda: boris.get(reply["audio"]["url"])) == 404
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(hearing_server.url + reply["audio"]["url"], timeout=10)
    assert caught.value.code == 403


def test_nobody_can_have_a_text_of_their_own_spoken(hearing_server):
    visitor = Visitor(hearing_server.url)
    for path in ("/chat/audio/labdien", "/chat/audio/utter_greet?text=labdien", "/chat/audio/..%2f..%2fetc"):
        assert status(lambda path=path: visitor.get(path)) == 404


def test_a_browser_that_can_not_play_opus_gets_mp3(hearing_server):
    visitor = Visitor(hearing_server.url)
    (reply,) = visitor.say(text="labdien")["replies"]
    headers, sound = visitor.get(reply["audio"]["url"] + "?type=mp3")
    assert headers["Content-Type"] == "audio/mpeg"
    assert facts(sound).container == "mp3"


def test_what_was_forgotten_is_not_heard_any_more(hearing_server):
    visitor = Visitor(hearing_server.url)
    (reply,) = visitor.say(text="labdien")["replies"]
    visitor.say(payload="/forget_me")
    assert status(lambda: visitor.get(reply["audio"]["url"])) == 404


def test_a_recording_is_answered_and_shown_as_it_was_understood(hearing_server, speech):
    visitor = Visitor(hearing_server.url)
    answer = visitor.post("/chat/voice?language_code=lv", encode_opus(babble(1.5)), "audio/ogg")
    assert answer["heard"] == "nav naudas"
    assert answer["speak"] is True
    assert speech.recordings[-1] == pytest.approx(1.5, abs=0.2)
    titles = [button["title"] for button in answer["replies"][-1]["buttons"]]
    assert titles[0].startswith("1. ")
    assert "✖ Nē, es teicu ko citu" in titles
    again = visitor.say(payload="/heard_wrong")
    assert again["replies"][0]["text"].startswith("Piedodiet. Pasakiet vēlreiz")


@pytest.mark.parametrize(
    "recording",
    [b"", b"no sound", b"x" * 900_000, encode_opus(babble(32.0))],
    ids=["empty", "no sound file", "large", "long"],
)
def test_a_recording_of_no_use_gets_a_kind_answer(hearing_server, recording):
    answer = Visitor(hearing_server.url).post("/chat/voice?language_code=ru", recording, "audio/webm")
    assert answer["heard"] == ""
    (reply,) = answer["replies"]
    assert "кнопку" in reply["text"]
    assert [button["payload"] for button in reply["buttons"]] == ["/start_over", "/request_callback"]


def test_where_nobody_can_listen_the_menu_is_offered(server):
    visitor = Visitor(server.url)
    assert visitor.say(text="labdien")["listens"] is False
    answer = visitor.post("/chat/voice?language_code=lv", encode_opus(babble(1.5)), "audio/ogg")
    assert "Balss ziņas es šeit vēl nesaprotu" in answer["replies"][0]["text"]
    assert len(answer["replies"][0]["buttons"]) > 5


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM.exists():
        pytest.skip("SKIPPED LOUDLY: Chromium is not installed; `make test` as root on Debian installs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=[*CHROMIUM_FLAGS, *FAKE_MICROPHONE])
        yield running
        running.close()


@pytest.fixture
def open_page(browser):
    contexts = []

    def open_it(server, width=390):
        context = browser.new_context(locale="lv-LV", viewport={"width": width, "height": 780})
        contexts.append(context)
        page = context.new_page()
        page.problems = []
        page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.goto(server.url)
        page.locator(".listen").first.wait_for(timeout=20_000)
        return page

    yield open_it
    for context in contexts:
        context.close()


def until(page, condition, within_s=20.0):
    """Wait until something is true on the page (whose policy lets nothing be evaluated that would wait itself)."""
    ends = time.monotonic() + within_s
    while not page.evaluate(condition):
        assert time.monotonic() < ends, condition
        page.wait_for_timeout(50)


def test_a_tap_plays_a_reply_and_another_stops_it(open_page, hearing_server):
    page = open_page(hearing_server)
    listen = page.locator(".listen").first
    assert listen.inner_text() == "🔊 Klausīties"
    listen.click()
    until(page, "player.currentTime > 0.1")
    assert listen.get_attribute("aria-pressed") == "true"
    listen.click()
    until(page, "player.paused")
    assert listen.get_attribute("aria-pressed") == "false"
    assert page.problems == []


def test_who_wants_every_answer_spoken_hears_it_and_sees_numbers(open_page, hearing_server):
    page = open_page(hearing_server)
    page.click("#always")
    until(page, "document.getElementById('always').getAttribute('aria-pressed') === 'true'")
    until(page, "player.currentTime > 0.1")
    page.fill("#text", "labdien")
    page.keyboard.press("Enter")
    page.get_by_text("2. 💼 Darbs", exact=True).wait_for(timeout=20_000)
    page.click("#always")
    until(page, "document.getElementById('always').getAttribute('aria-pressed') === 'false'")
    assert page.problems == []


def test_who_speaks_into_the_microphone_is_answered_aloud(open_page, hearing_server, speech):
    page = open_page(hearing_server)
    before = len(speech.recordings)
    page.click("#microphone")
    until(page, "recorder && recorder.state === 'recording'")
    page.wait_for_timeout(1500)
    page.click("#microphone")
    page.get_by_text("🎤 nav naudas").wait_for(timeout=30_000)
    until(page, "player.currentTime > 0.1")
    assert len(speech.recordings) == before + 1
    assert page.problems == []


def test_without_an_engine_there_is_no_microphone(open_page, server):
    assert not open_page(server).locator("#microphone").is_visible()


def test_the_smallest_phone_has_room_for_all_of_it(open_page, hearing_server):
    page = open_page(hearing_server, width=320)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.locator("#always").is_visible()
    assert page.locator("#text").bounding_box()["width"] > 90
