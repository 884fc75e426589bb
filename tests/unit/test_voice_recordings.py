"""Recordings by volunteers: checked, made even, and used only as long as the text is the one that was read."""

import csv

import numpy as np
import pytest

from bot.clock import now
from bot.directory.errors import ContentError
from bot.voice.catalogue import Item, catalogue_of_today
from bot.voice.checking import check_speech
from bot.voice.codec import decode, encode_opus, facts
from bot.voice.importing import find_problem, take_recordings
from bot.voice.recordings import Recordings, text_hash
from bot.voice.sound import PEAK_DBFS, TARGET_LUFS, Sound, joined, loudness_lufs
from tests.support.speech import babble, silence, tone

GREETING = "utter_greet"  # about 120 letters: 8 to 12 s


@pytest.fixture
def recordings(tmp_path):
    return Recordings(tmp_path / "audio")


@pytest.fixture
def given(tmp_path):
    (tmp_path / "given" / "lv").mkdir(parents=True)
    return tmp_path / "given"


@pytest.fixture
def greeting():
    return catalogue_of_today("lv").items[GREETING]


def put(folder, name: str, sound: Sound) -> None:
    (folder / name).write_bytes(encode_opus(sound))


def test_a_good_recording_is_trimmed_made_even_and_used(given, recordings, greeting):
    put(given, f"lv/{GREETING}.ogg", joined([silence(2.0), babble(9.0, level=0.05), silence(2.0)], 0))
    (taken,) = take_recordings(given, recordings, speaker="Anna")
    assert taken.problem is None
    assert taken.seconds == pytest.approx(9.2, abs=0.3)
    path = recordings.of(greeting)
    assert path == recordings.folder / "lv" / f"{GREETING}.ogg"
    found = facts(path.read_bytes())
    assert (found.container, found.codec, found.rate, found.channels) == ("ogg", "opus", 48_000, 1)
    heard = decode(path.read_bytes(), 60, 10**7)
    assert loudness_lufs(heard) == pytest.approx(TARGET_LUFS, abs=1.5)
    assert heard.peak_dbfs < PEAK_DBFS + 2.5
    with (recordings.folder / "index.csv").open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert row["speaker"] == "Anna"
    assert row["recorded_on"] == now().date().isoformat()


def test_a_text_that_changes_loses_its_recording_and_is_listed(given, recordings, greeting):
    put(given, f"lv/{GREETING}.ogg", babble(9.0))
    list(take_recordings(given, recordings))
    changed = Item(greeting.id, "lv", "Cits teksts.", ("Cits teksts.",))
    assert recordings.of(changed) is None
    assert recordings.is_outdated(changed)
    assert not recordings.is_outdated(greeting)


def test_punctuation_and_capitals_do_not_cost_a_recording(greeting):
    same = Item("x", "lv", "", tuple(sentence.upper().replace("!", ".") for sentence in greeting.sentences))
    assert text_hash(same) == text_hash(greeting)


def test_the_content_check_tells_of_recordings_that_are_not_used(given, recordings):
    put(given, f"lv/{GREETING}.ogg", babble(9.0))
    list(take_recordings(given, recordings))
    assert check_speech(recordings) == []
    index = recordings.folder / "index.csv"
    rows = index.read_text(encoding="utf-8")
    index.write_text(rows.replace("lv,utter_greet", "lv,utter_gone"), encoding="utf-8")
    assert [finding.severity for finding in check_speech(recordings)] == ["warning"]
    index.write_text(rows, encoding="utf-8")
    recordings.path("lv", GREETING).unlink()
    assert ["file is missing" in finding.problem for finding in check_speech(recordings)] == [True]


def test_a_second_recording_of_a_text_replaces_the_first(given, recordings, greeting):
    for seconds in (9.0, 10.0):
        put(given, f"lv/{GREETING}.ogg", babble(seconds))
        list(take_recordings(given, recordings))
    assert len(recordings.index()) == 1
    assert recordings.index()["lv", GREETING].seconds == pytest.approx(10.0, abs=0.4)


def test_a_file_that_names_no_text_is_refused_with_the_remedy(given, recordings):
    put(given, "lv/hello.ogg", babble(3.0))
    put(given, "utter_greet.ogg", babble(9.0))
    results = list(take_recordings(given, recordings))
    assert all("LANGUAGE/ID.ogg" in result.problem for result in results)
    assert len(results) == 2
    assert not recordings.folder.exists()


def test_a_file_that_is_no_sound_is_refused(given, recordings):
    (given / "lv" / f"{GREETING}.wav").write_bytes(b"RIFF nothing")
    (result,) = take_recordings(given, recordings)
    assert "can't be read" in result.problem
    assert recordings.index() == {}


def noisy(seconds: float) -> Sound:
    noise = np.random.default_rng(1).normal(0, 0.05, round(seconds * 48_000)).astype(np.float32)
    return Sound(np.clip(babble(seconds).samples + noise, -1, 1))


@pytest.mark.parametrize(
    ("sound", "words"),
    [
        (silence(0.0), "silent"),
        (Sound(np.clip(babble(9.0).samples * 30, -1, 1)), "distorted"),
        (babble(9.0, level=0.0015), "too quiet"),
        (noisy(9.0), "noise"),
        (joined([babble(5.0), silence(4.0), babble(5.0)], 0), "pause"),
        (babble(2.0), "too short"),
        (babble(60.0), "too long"),
    ],
)
def test_a_bad_recording_is_refused_with_a_reason(sound, words, greeting):
    assert words in find_problem(sound, greeting)


def test_a_good_recording_has_no_problem(greeting):
    assert find_problem(babble(9.0), greeting) is None
    assert find_problem(tone(9.0), greeting) is not None  # a tone has no pauses: noise


def test_an_index_that_can_not_be_read_is_told_by_line(recordings):
    recordings.folder.mkdir()
    (recordings.folder / "index.csv").write_text("language,id\nlv,utter_greet\n", encoding="utf-8")
    with pytest.raises(ContentError, match=r"index\.csv:2: .*import the recording again"):
        recordings.index()
