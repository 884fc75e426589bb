"""The dialogue lab in a real browser: write, run, break, fix and save by someone who knows only the page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.dialogues.reading import read_scripts
from tests.conftest import ROOT, free_port

pytestmark = [pytest.mark.model, pytest.mark.browser]

VALID = "test_cases:\n  - test_case: sveiciens\n    steps: [{user: labdien}]\n"
NAME = "māte no Talsiem meklē, kam atstāt bērnu"


class Lab:
    """`drom lab` in a process of its own, on a folder of its own."""

    def __init__(self, folder: Path):
        self.scripts = folder / "scripts"
        self.scripts.mkdir()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "lab.log"
        command = [sys.executable, "-m", "bot.cli", "lab", "--port", str(self.port), "--scripts", str(self.scripts)]
        environment = {**os.environ, "DROM_DATA_DIR": str(folder / "var")}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        self._wait()

    def _wait(self, timeout_s: float = 180) -> None:
        end = time.monotonic() + timeout_s
        while time.monotonic() < end and self.process.poll() is None:
            try:
                urllib.request.urlopen(self.url + "/", timeout=2).close()
                return
            except OSError:
                time.sleep(0.3)
        raise AssertionError(f"the lab did not start:\n{self.log.read_text()[-3000:]}")

    def request(self, path: str, body: object = None, method: str = "POST", **headers: str) -> int:
        """Return the status that a request is answered with."""
        data = None if method == "GET" else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, method=method)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            request.add_header(name.replace("_", "-"), value)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def stop(self) -> None:
        """Stop it as a person does."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="module")
def lab(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A running lab with no scripts yet."""
    running = Lab(tmp_path_factory.mktemp("lab"))
    yield running
    running.stop()


@pytest.fixture
def page(browser, lab: Lab):
    """The lab in a browser that was never here before."""
    context = browser.new_context(viewport={"width": 1300, "height": 950}, locale="lv-LV")
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    problems: list[str] = []
    opened.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: problems.append(str(error)))
    outside: list[str] = []
    opened.on("request", lambda request: outside.append(request.url) if not request.url.startswith(lab.url) else None)
    opened.goto(lab.url + "/")
    opened.wait_for_selector("#tour:not([hidden])")
    yield opened
    context.close()
    # What the lab refuses in words, the browser notes as a failed request.
    assert [problem for problem in problems if not problem.startswith("Failed to load resource")] == []
    assert [url for url in outside if not url.startswith(("blob:", "data:"))] == []


def say(page, words: str, answers: int) -> None:
    page.fill("#words", words)
    page.click("#send")
    page.wait_for_selector(f".judge >> nth={answers - 1}")


def edit(page, old: str, new: str) -> None:
    text = page.input_value("#script")
    assert old in text
    page.fill("#script", text.replace(old, new))


def test_a_first_visit_leads_through_write_run_break_fix_and_save(page, lab: Lab):
    say(page, "nav kur atstāt bērnu", 1)
    page.click(".judge >> nth=0 >> text=Tā bija pareizi")
    page.click(".buttons button:has-text('Kur iet')")
    page.wait_for_selector(".judge >> nth=1")
    page.select_option("#place", label="Talsi")
    page.click("#place-form button")
    page.wait_for_selector(".judge >> nth=2")
    page.click(".judge >> nth=2 >> text=Tā bija pareizi")
    page.wait_for_selector(".judge >> nth=2 >> button[aria-pressed=true]")
    page.fill("#test-name", NAME)
    page.click("#make-test")
    page.wait_for_selector("#cases li")
    assert NAME in page.input_value("#script")

    page.click("#run-file")
    page.wait_for_selector("#result .case:not(.failed)")

    edit(page, "town: Talsi", "town: Tukums")
    page.click("#run-file")
    page.wait_for_selector("#result .case.failed")
    told = page.inner_text("#result")
    assert "Tukums" in told
    assert "Iespējamais iemesls" in told

    edit(page, "town: Tukums", "town: Talsy")
    page.wait_for_selector("#mistakes button")
    assert "Did you mean Talsi?" in page.inner_text("#mistakes")
    page.fill("#file-name", "Bērni")
    page.click("#save")
    page.wait_for_selector("#notice:not([hidden])")
    assert "Tekstā ir kļūdas" in page.inner_text("#notice")
    assert not (lab.scripts / "berni.yml").exists()

    edit(page, "town: Talsy", "town: Talsi")
    page.wait_for_selector("#mistakes button", state="detached")
    page.click("#save")
    page.wait_for_selector("#notice.good")
    assert "✓" not in page.inner_text("#tour-1")
    assert page.is_visible("#tour-done")
    (case,) = read_scripts([lab.scripts / "berni.yml"])
    assert case.name == NAME
    assert len(case.steps) == 3


def test_what_should_have_been_becomes_a_test_that_fails_until_it_is_so(page):
    say(page, "gribu iemācīties par pavāru", 1)
    page.click(".judge >> text=Vajadzēja citādi")
    page.wait_for_selector("#should[open]")
    page.select_option("#should-intent", "ask_debts")
    page.click("#should button[value=keep]")
    page.wait_for_selector(".judge button[aria-pressed=true]")
    page.fill("#test-name", "pavārs grib runāt par parādiem")
    page.click("#make-test")
    page.wait_for_selector("#cases li")
    page.click("#cases button")
    page.wait_for_selector("#result .case.failed")
    assert "ask_debts" in page.inner_text("#result")


def test_who_forgets_a_step_is_told_which_in_the_language_of_the_page(page):
    for button, words in (
        ("#run-file", "Vēl nav nevienas pārbaudes"),
        ("#make-test", "Ko šī saruna parāda"),
        ("#save", "faila nosaukumu"),
    ):
        page.click(button)
        page.wait_for_selector(f"#notice:has-text('{words}')")
    page.fill("#test-name", "klusums")
    page.click("#make-test")
    page.wait_for_selector("#notice:has-text('nekas nav teikts')")


def test_language_place_and_time_are_chosen_for_a_talk(page):
    page.select_option("#phone-language", "ru")
    page.fill("#moment", "2026-12-24T23:10")
    page.click("#new-talk")
    say(page, "где биржа", 1)
    page.select_option("#place", label="Šiauliai (ārpus Latvijas)")
    page.click("#place-form button")
    page.wait_for_selector(".judge >> nth=1")
    assert "Литве" in page.inner_text("#log")
    page.select_option("#phone-language", "lv")
    page.wait_for_selector("#notice:has-text('Jauna saruna')")
    page.fill("#test-name", "cilvēks ir Šauļos")
    page.click("#make-test")
    page.wait_for_selector("#cases li")
    script = page.input_value("#script")
    assert "language: ru" in script
    assert "now: 2026-12-24T23:10" in script
    page.click("#run-file")
    page.wait_for_selector("#result .case:not(.failed)")
    page.click("#result summary")
    assert "📍 Šiauliai" in page.inner_text("#result")


def test_a_script_is_downloaded_as_it_stands(page):
    page.fill("#script", VALID)
    with page.expect_download() as waiting:
        page.click("#download")
    assert Path(waiting.value.path()).read_text() == VALID


def test_the_page_speaks_three_languages_and_fits_a_phone(page):
    page.set_viewport_size({"width": 320, "height": 700})
    for code, word in (("ru", "Отправить"), ("en", "Send"), ("lv", "Sūtīt")):
        page.click(f"[data-language={code}]")
        assert page.inner_text("#send") == word
        assert page.locator("html").get_attribute("lang") == code
    assert page.locator("body").bounding_box()["width"] <= 320


def test_pages_of_other_sites_can_not_use_the_lab(lab: Lab):
    assert lab.request("/lab/talks", {}) == 200
    assert lab.request("/lab/talks", {}, Origin="https://evil.example") == 403
    assert lab.request("/", method="GET", Host="evil.example") == 403
    assert lab.request("/lab/talks", {}, Content_Type="text/plain") == 415
    assert lab.request("/lab/scripts/..%2F..%2Fpyproject.toml", method="GET") in (400, 404)
    assert lab.request("/lab/scripts/new.yml", {"text": "test_cases: []", "digest": None}, "PUT") == 422


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/lab/talks", []),
        ("/lab/talks", {"now": "yesterday"}),
        ("/lab/check", {"text": 1}),
        ("/lab/runs", {"text": VALID, "case": "no such case"}),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(lab: Lab, path: str, body: object):
    assert lab.request(path, body) == 400
