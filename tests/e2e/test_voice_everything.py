"""Every card and every fixed reply has audio in each language, by the embedded voice."""

import random

import numpy as np
import pytest

from bot.languages import LANGUAGES
from bot.voice.catalogue import catalogue_of_today, whole_replies
from bot.voice.codec import decode, encode_opus, facts
from bot.voice.engines.espeak import EspeakEngine
from bot.voice.ogg import opus_seconds
from bot.voice.sound import RATE, TARGET_LUFS, Sound, evened, loud_span, loudness_lufs, trimmed
from bot.voice.speech import spoken

LONGEST_S = 75.0  # a voice note that nobody listens to to its end helps nobody
# Letters a second at the pace that is set; another pace means that something was spelled or dropped.
SLOWEST, FASTEST = 7.0, 20.0


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fixed_text_is_spoken_in_a_length_that_fits_it(language):
    engine = EspeakEngine()
    wrong = {}
    for item in catalogue_of_today(language).items.values():
        sound = engine.synthesize(item.spoken, language)
        span = loud_span(sound)
        length = span[1] - span[0] if span else 0.0
        pace = sum(character.isalnum() for character in item.spoken) / max(length, 0.01)
        is_short = len(item.spoken) < 25  # pauses weigh too much
        if not 0.2 < length < LONGEST_S or not (is_short or SLOWEST < pace < FASTEST):
            wrong[item.id] = (round(length, 1), round(pace, 1), item.spoken)
    assert wrong == {}


def loudest_pop_db(said: Sound, heard: Sound) -> float:
    """How far 20 ms of what is heard go over what was said around them; what is nearly silent counts little."""
    frame = RATE // 50
    samples = [sound.at_rate(RATE).samples.astype(float) for sound in (said, heard)]
    count = min(map(len, samples)) // frame
    before, after = (np.sqrt((part[: count * frame].reshape(count, frame) ** 2).mean(axis=1)) for part in samples)
    around = np.max([np.roll(before, shift) for shift in (-1, 0, 1)], axis=0)
    return float(20 * np.log10((after / (around + 0.05)).max()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_voice_notes_are_what_telegram_wants_and_equally_loud(language):
    engine = EspeakEngine()
    texts = [text for text in whole_replies(language) if spoken(text, language)]
    for text in random.Random(6).sample(texts, 12):
        said = evened(trimmed(engine.synthesize(spoken(text, language), language)))
        data = encode_opus(said)
        found = facts(data)
        assert (found.container, found.codec, found.rate, found.channels) == ("ogg", "opus", 48_000, 1)
        assert opus_seconds(data) == pytest.approx(found.seconds, abs=0.01)
        heard = decode(data, 120, 10**6)
        assert loudness_lufs(heard) == pytest.approx(TARGET_LUFS, abs=1.5), text
        assert (np.abs(heard.samples) > 0.999).mean() < 0.0005  # the codec overshoots for single samples
        assert loudest_pop_db(said, heard) < 3.0, text
        assert len(data) < 300_000
