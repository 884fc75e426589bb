"""Sound: loudness as the standard measures it, files as Telegram wants them, bad files refused."""

import io
import wave

import numpy as np
import pytest

from bot.voice.codec import decode, encode_opus, facts
from bot.voice.errors import RecordingBroken, RecordingEmpty, RecordingTooLarge, RecordingTooLong
from bot.voice.ogg import opus_seconds
from bot.voice.sound import PEAK_DBFS, TARGET_LUFS, Sound, evened, joined, loud_span, loudness_lufs, trimmed
from tests.support.speech import babble, silence, tone

LIMITS = {"max_seconds": 30.0, "max_bytes": 2_000_000}


def wav(sound: Sound) -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.rate)
        file.writeframes((sound.samples * 32767).astype("<i2").tobytes())
    return target.getvalue()


@pytest.mark.parametrize(("peak", "lufs"), [(0.0, -3.01), (-20.0, -23.01), (-37.0, -40.01)])
@pytest.mark.parametrize("rate", [48_000, 22_050])
def test_loudness_is_that_of_the_standard(peak, lufs, rate):
    """EBU Tech 3341: a 997 Hz sine on one channel is 3.01 dB below its peak."""
    assert loudness_lufs(tone(5.0, peak, rate)) == pytest.approx(lufs, abs=0.1)


def test_quiet_stretches_do_not_count_as_loudness():
    sound = joined([tone(5.0, -20.0), silence(5.0), tone(5.0, -20.0)], 0)
    assert loudness_lufs(sound) == pytest.approx(loudness_lufs(tone(5.0, -20.0)), abs=0.6)


def test_silence_has_no_loudness_and_is_left_alone():
    assert loudness_lufs(silence(1.0)) == -70.0
    assert loudness_lufs(silence(0.0)) == -70.0
    assert not evened(silence(1.0)).samples.any()


@pytest.mark.parametrize("level", [0.003, 0.05, 0.9])
def test_every_clip_gets_the_same_loudness(level):
    even = evened(babble(4.0, level=level))
    assert loudness_lufs(even) == pytest.approx(TARGET_LUFS, abs=1.0)
    assert even.peak_dbfs <= PEAK_DBFS + 0.01


def test_a_single_peak_is_held_down_and_the_rest_stays():
    samples = tone(3.0, -26.0).samples.copy()
    samples[48_000:48_010] = 0.99
    even = evened(Sound(samples))
    assert even.peak_dbfs <= PEAK_DBFS + 0.01
    assert loudness_lufs(even) == pytest.approx(TARGET_LUFS, abs=1.0)


def test_quiet_around_the_words_goes_but_for_a_breath():
    sound = joined([silence(2.0), tone(1.0), silence(3.0)], 0)
    assert loud_span(sound) == pytest.approx((2.0, 3.0), abs=0.03)
    assert trimmed(sound).seconds == pytest.approx(1.24, abs=0.05)
    assert trimmed(silence(1.0)).seconds == 0


def test_sounds_are_joined_with_a_pause_at_one_rate():
    sound = joined([tone(1.0, rate=22_050), tone(1.0, rate=16_000)], pause=0.5)
    assert sound.rate == 48_000
    assert sound.seconds == pytest.approx(2.5, abs=0.01)


def test_a_clip_is_what_telegram_wants_of_a_voice_note():
    data = encode_opus(evened(babble(6.0)))
    found = facts(data)
    assert (found.container, found.codec, found.rate, found.channels) == ("ogg", "opus", 48_000, 1)
    assert found.seconds == pytest.approx(6.0, abs=0.02)
    assert 12_000 < len(data) * 8 / 6.0 < 36_000  # about 24 kbit/s


def test_the_loudness_survives_the_codec():
    data = encode_opus(evened(babble(4.0)))
    heard = decode(data, **LIMITS)
    assert loudness_lufs(heard) == pytest.approx(TARGET_LUFS, abs=1.5)
    assert heard.peak_dbfs < 0


@pytest.mark.parametrize("seconds", [0.05, 1.0, 7.3])
def test_the_length_of_a_clip_is_known_without_decoding_it(seconds):
    data = encode_opus(tone(seconds))
    assert opus_seconds(data) == pytest.approx(seconds, abs=0.005)
    assert opus_seconds(data) == pytest.approx(facts(data).seconds, abs=0.005)


@pytest.mark.parametrize("data", [b"", b"OggS", b"no sound", b"OpusHead"])
def test_the_length_of_something_else_is_an_error(data):
    with pytest.raises(ValueError, match="no OGG"):
        opus_seconds(data)


def test_what_phones_record_can_be_read():
    stereo = np.tile((babble(1.0).samples * 32767).astype("<i2"), (2, 1)).T.tobytes()
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(stereo)
    sound = decode(target.getvalue(), rate=16_000, **LIMITS)
    assert sound.rate == 16_000
    assert sound.seconds == pytest.approx(1.0, abs=0.05)


def test_an_empty_file_is_told_as_such():
    with pytest.raises(RecordingEmpty):
        decode(b"", **LIMITS)


@pytest.mark.parametrize(
    "data",
    [
        b"\x00" * 1000,
        b"OggS" + b"\xff" * 500,
        b"<html>no</html>",
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/x.ts\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
    ],
)
def test_a_file_that_is_no_sound_is_told_as_such(data):
    with pytest.raises((RecordingBroken, RecordingEmpty)):
        decode(data, **LIMITS)


def test_a_damaged_file_gives_an_error_or_its_good_part_never_a_crash():
    data = bytearray(encode_opus(babble(3.0)))
    for position in range(200, len(data), 97):
        data[position] ^= 0xFF
    try:
        assert decode(bytes(data), **LIMITS).seconds <= 3.1
    except (RecordingBroken, RecordingEmpty):
        pass


def test_a_large_file_is_refused_unread():
    with pytest.raises(RecordingTooLarge):
        decode(b"x" * 2_000_001, **LIMITS)


def test_a_long_file_is_refused_before_it_is_decoded_to_the_end():
    with pytest.raises(RecordingTooLong):
        decode(encode_opus(silence(40.0)), **LIMITS)


def test_a_file_of_exactly_the_limit_is_taken():
    assert decode(wav(tone(30.0, rate=16_000)), 30.0, 2_000_000, 16_000).seconds == pytest.approx(30.0, abs=0.01)
