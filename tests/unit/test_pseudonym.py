"""Chats go by pseudonyms that nobody can undo without the key, and the key is closed to others."""

import stat

import pytest

from bot.privacy.pseudonym import KEY_FILE, KeyUnusable, Pseudonyms


def test_a_chat_keeps_its_pseudonym_across_restarts(tmp_path):
    first = Pseudonyms.from_folder(tmp_path).chat("telegram", 12345)
    assert Pseudonyms.from_folder(tmp_path).chat("telegram", 12345) == first


def test_a_pseudonym_says_nothing_of_the_chat(tmp_path):
    pseudonym = Pseudonyms.from_folder(tmp_path).chat("telegram", 12345)
    assert "12345" not in pseudonym
    assert pseudonym.startswith("telegram-")


def test_chats_channels_and_keys_are_told_apart(tmp_path):
    one, other = Pseudonyms(b"a" * 32), Pseudonyms(b"b" * 32)
    names = {one.chat("telegram", 1), one.chat("telegram", 2), one.chat("web", 1), other.chat("telegram", 1)}
    assert len(names) == 4


def test_the_key_is_made_for_its_owner_alone(tmp_path):
    Pseudonyms.from_folder(tmp_path)
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == [KEY_FILE]


def test_a_key_that_others_can_read_is_refused_with_the_remedy(tmp_path):
    Pseudonyms.from_folder(tmp_path)
    (tmp_path / KEY_FILE).chmod(0o644)
    with pytest.raises(KeyUnusable, match="chmod 600"):
        Pseudonyms.from_folder(tmp_path)


def test_a_key_that_is_cut_short_is_refused(tmp_path):
    (tmp_path / KEY_FILE).write_bytes(b"short")
    (tmp_path / KEY_FILE).chmod(0o600)
    with pytest.raises(KeyUnusable, match="cut short"):
        Pseudonyms.from_folder(tmp_path)


def test_a_folder_that_can_not_be_used_is_told(tmp_path):
    with pytest.raises(KeyUnusable, match="DROM_DATA_DIR"):
        Pseudonyms.from_folder(tmp_path / "missing")


def test_a_weak_key_is_no_key():
    with pytest.raises(ValueError, match="16 bytes"):
        Pseudonyms(b"short")
