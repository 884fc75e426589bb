"""A long story is read at its beginning and its end, and where it tells of danger."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assistant.shortening import BEGINNING, END, LONGEST, PIECE, shorten

TALK = "un tad mēs braucām uz tirgu pēc kartupeļiem "


def story(middle: str = "") -> str:
    return f"meklēju darbu. {TALK * 40}{middle} {TALK * 40}kur ir tuvākā NVA"


def test_an_ordinary_message_stays_as_it_is():
    assert shorten("kur ir NVA\n\nTalsos?") == "kur ir NVA\n\nTalsos?"


def test_beginning_and_end_are_kept():
    short = shorten(story())
    assert short.startswith("meklēju darbu.")
    assert short.endswith("kur ir tuvākā NVA")
    assert len(short) <= LONGEST


@pytest.mark.parametrize(
    "danger", ["Vīrs mani sit.", "он меня бьёт", "We are tired. He will kill me!", "es gribu\nnomirt"]
)
def test_a_sign_of_danger_in_between_is_kept(danger):
    last = danger.split(". ")[-1].split("\n")[-1].strip("!.")
    assert last in shorten(story(danger))


def test_nothing_is_cut_within_a_number_or_a_name():
    for shift in range(60):
        padding = "x" * shift + " "
        text = f"{padding}{TALK * 10}mans telefons ir 26 123 456, Jānis Bērziņš no Talsiem {TALK * 80}"
        short = shorten(text)
        assert ("26 123 456" in short) or ("26" not in short)
        assert ("Jānis Bērziņš" in short) or ("Bērziņš" not in short and "Jānis" not in short)


@given(st.text(max_size=5000))
def test_whatever_it_is_it_ends_up_short_and_says_nothing_new(text):
    short = shorten(text)
    assert len(short) <= max(LONGEST, BEGINNING + END + 2 * PIECE + 10)
    assert len(short) <= len(text)
