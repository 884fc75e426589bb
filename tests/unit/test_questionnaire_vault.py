"""What a person gave is kept for an hour at most, found by its token alone, and gone when it is dropped."""

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from bot.questionnaire import vault as vaults
from bot.questionnaire.desk import CallbackRequest, ClosedDesk, RequestRefused, desk, use_desk
from bot.questionnaire.telephone import contact_payload
from bot.questionnaire.vault import Vault, is_token, marked, reveal_in, vault

NUMBER = "+37129123456"


@pytest.fixture
def kept(tmp_path):
    return Vault(f"sqlite:///{tmp_path / 'vault.db'}")


def test_a_value_is_found_by_its_token(kept):
    token = kept.keep(NUMBER)
    assert is_token(token)
    assert NUMBER not in token
    assert kept.reveal(token) == NUMBER
    assert kept.reveal("kept:0000") is None
    assert kept.reveal("yes") is None


def test_tokens_differ_for_the_same_value(kept):
    assert kept.keep(NUMBER) != kept.keep(NUMBER)


def test_what_is_dropped_is_gone_from_the_file(kept, tmp_path):
    token = kept.keep(NUMBER)
    kept.drop(token, "yes", None)
    assert kept.reveal(token) is None
    assert NUMBER.encode() not in (tmp_path / "vault.db").read_bytes()


def test_after_an_hour_it_is_gone(kept, monkeypatch, tmp_path):
    token = kept.keep(NUMBER)
    later = time.time() + vaults.LIFETIME_S + 1
    monkeypatch.setattr(vaults.time, "time", lambda: later)
    assert kept.reveal(token) is None
    kept.keep("another")
    rows = sqlite3.connect(tmp_path / "vault.db").execute("select value from kept_answers").fetchall()
    assert rows == [("another",)]


def test_another_process_finds_it(kept, tmp_path):
    token = kept.keep(NUMBER)
    assert Vault(f"sqlite:///{tmp_path / 'vault.db'}").reveal(token) == NUMBER


def test_many_who_need_it_first_at_the_same_moment_all_get_it(tmp_path):
    def use(at_once, url):
        at_once.wait()
        vault = Vault(url)
        return vault.reveal(vault.keep(NUMBER))

    with ThreadPoolExecutor(12) as threads:
        for number in range(12):
            at_once, url = Barrier(12), f"sqlite:///{tmp_path / f'{number}.db'}"
            assert list(threads.map(use, [at_once] * 12, [url] * 12)) == [NUMBER] * 12


def test_a_marked_token_is_replaced_on_the_way_out():
    token = vault().keep(NUMBER)
    assert reveal_in(f"Tālrunis: {marked(token)}.") == f"Tālrunis: {NUMBER}."
    vault().drop(token)
    assert reveal_in(f"Tālrunis: {marked(token)}.") == "Tālrunis: …."
    assert reveal_in("⟦yes⟧ un viss") == "⟦yes⟧ un viss"


@pytest.mark.parametrize("shared", ["37129123456", "+371 29123456", "29123456"])
def test_a_shared_contact_becomes_a_token(shared):
    sent = contact_payload(shared)
    assert "29123456" not in sent
    token = sent.split('"value":"')[1].rstrip('"}')
    assert vault().reveal(token) == NUMBER


def test_the_desk_is_closed_unless_one_is_set():
    assert isinstance(desk(), ClosedDesk)
    assert not desk().is_open(None, "lv")
    assert not desk().is_open("Talsu novads", "ru")
    with pytest.raises(RequestRefused):
        desk().submit(CallbackRequest(**dict.fromkeys(CallbackRequest.__dataclass_fields__)))


def test_a_desk_that_is_set_is_used_until_it_is_put_back():
    class Open(ClosedDesk):
        def is_open(self, municipality, language):
            return True

    before = use_desk(Open())
    try:
        assert desk().is_open(None, "lv")
    finally:
        use_desk(before)
    assert not desk().is_open(None, "lv")
