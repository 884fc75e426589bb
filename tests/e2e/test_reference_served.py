"""The reference of the running assistant: small, from one host, guarded, and offline after the first visit."""

import gzip
import urllib.error
import urllib.request

import pytest

pytestmark = [pytest.mark.model, pytest.mark.browser]
FIRST_PAGE_BYTES = 100_000  # with headers, as they come over the line
WITH_SEARCH_BYTES = 125_000  # the index of the search comes when its field is first used


def get(url, **headers):
    return urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30)


def test_the_first_page_is_small_and_asks_no_other_host(browser, server):
    context = browser.new_context(locale="lv-LV", service_workers="block")
    page = context.new_page()
    client = context.new_cdp_session(page)
    client.send("Network.enable")
    received, asked, problems = [], [], []
    client.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(server.url + "/reference/", wait_until="networkidle")
    page.wait_for_url("**/reference/lv/index.html")
    page.wait_for_load_state("networkidle")
    assert 5_000 < sum(received) <= FIRST_PAGE_BYTES
    page.fill("#q", "bērnudārzs")
    page.locator("#found a").first.wait_for()
    page.wait_for_load_state("networkidle")
    assert FIRST_PAGE_BYTES / 2 < sum(received) <= WITH_SEARCH_BYTES
    assert all(url.startswith(server.url + "/reference/") for url in asked)
    assert problems == []
    context.close()


def test_the_running_assistant_s_pages_work_without_a_network_after_the_first_visit(browser, server):
    context = browser.new_context(locale="ru-RU")
    page = context.new_page()
    page.goto(server.url + "/reference/")
    page.locator("#saved", has_text="сохранены").wait_for(timeout=60_000)
    context.set_offline(True)
    page.goto(server.url + "/reference/ru/debts.html")
    page.fill("#q", "posobie po bezrabotice")
    page.locator("#found a").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/ru/unemployment_benefit.html")
    context.close()


def test_pages_are_guarded_compressed_and_not_sent_twice(server):
    get(server.url + "/reference").close()  # what a redirect says is not said by the pages after it
    with get(server.url + "/reference/lv/debts.html", **{"Accept-Encoding": "gzip"}) as answer:
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "Location" not in answer.headers
        tag = answer.headers["ETag"]
        page = gzip.decompress(answer.read())
    with get(server.url + "/reference/lv/debts.html") as answer:
        assert answer.read() == page
    with pytest.raises(urllib.error.HTTPError) as unchanged:
        get(server.url + "/reference/lv/debts.html", **{"If-None-Match": tag})
    assert unchanged.value.code == 304


@pytest.mark.parametrize(
    "path", ["lv/no_card.html", "../bot/settings.py", "..%2F..%2Fetc%2Fpasswd", "lv", "worker.js/"]
)
def test_what_is_no_page_is_not_found(server, path):
    with pytest.raises(urllib.error.HTTPError) as caught:
        get(f"{server.url}/reference/{path}")
    assert caught.value.code == 404


def test_addresses_as_people_type_them_lead_to_the_pages(server):
    for path in ("/reference", "/reference/", "/reference/ru/"):
        with get(server.url + path) as answer:
            assert answer.status == 200
            assert b"<!doctype html>" in answer.read()
