"""Offers to listen: a page asks for the sound of what it was shown, by key."""

import pytest

from bot.assistant.messages import Button
from bot.voice.cache import ClipCache
from bot.voice.offers import OfferGone, Offers
from bot.voice.recordings import Recordings
from bot.voice.voice import Voice
from tests.support.speech import FakeEngine


@pytest.fixture
async def offers(tmp_path):
    engine = FakeEngine()
    voice = Voice([engine], ClipCache(tmp_path / "clips", 10**6), Recordings(tmp_path / "audio"))
    offers = Offers(voice, max_offers=2)
    offers.engine = engine
    yield offers
    await voice.close()


async def test_a_reply_that_was_shown_can_be_heard_with_its_menu(offers):
    key = offers.offer("anna", "Labi.", "lv", [Button("☰ Izvēlne", "/start_over")])
    clip = await offers.listen(key, "anna")
    assert clip.data.startswith(b"OggS")
    assert offers.engine.said == ["Labi. Izvēlieties, ko tālāk. Izvēlne: spiediet viens."]


async def test_a_key_can_not_be_guessed_or_made_up(offers):
    assert offers.offer("anna", "Viens.", "lv") != offers.offer("anna", "Viens.", "lv")
    with pytest.raises(OfferGone):
        await offers.listen("Viens.", "anna")


async def test_only_the_newest_are_kept(offers):
    keys = [offers.offer("anna", text, "lv") for text in ("Viens.", "Divi.", "Trīs.")]
    with pytest.raises(OfferGone):
        await offers.listen(keys[0], "anna")
    assert (await offers.listen(keys[2], "anna")).seconds > 0


async def test_nobody_else_hears_what_was_said_in_a_talk(offers):
    key = offers.offer("anna", "Viens.", "lv")
    with pytest.raises(OfferGone):
        await offers.listen(key, "boris")


async def test_what_is_forgotten_can_not_be_heard_any_more(offers):
    key, other = offers.offer("anna", "Viens.", "lv"), offers.offer("boris", "Divi.", "lv")
    offers.forget("anna")
    with pytest.raises(OfferGone):
        await offers.listen(key, "anna")
    assert await offers.listen(other, "boris")
