"""`/ref WORD` in Telegram, through the stand-in for the Bot API: the whole card, its papers, a short text to pass on."""

import pytest

from bot.channels.telegram.extensions import Extensions
from bot.channels.telegram.reference import add_reference
from bot.directory.directory import directory
from bot.reference.telling import FORWARD_LENGTH
from tests.support.echo_talk import EchoTalks
from tests.support.telegram_api import BotApi, Phone
from tests.support.telegram_bot import FAST, running


@pytest.fixture
def talks():
    return EchoTalks()


@pytest.fixture
async def mediator(talks, tmp_path):
    extensions = Extensions()
    add_reference(extensions)
    async with BotApi() as api, running(api, tmp_path, talks, limits=FAST, extensions=extensions):
        phone = Phone(api, 7001)
        phone.write("labdien")
        await phone.see(2)
        yield phone


async def test_a_word_brings_the_whole_card_its_papers_and_a_short_text(mediator, talks):
    mediator.write("/ref bernu pieskatisna")
    full, papers, short = await mediator.see(3)
    assert full.text.startswith("🧸 Bērna pieskatīšana un bērnudārzs")
    assert "nva.gov.lv/lv/filiales" in full.text
    assert directory().sources["nva_branches"].title in full.text
    assert "pārbaudīts 22.11.2026" in full.text
    assert "papīri" in papers.text
    assert "pasi vai ID karti" in papers.text
    assert len(short.text) <= FORWARD_LENGTH
    assert "80200206" in short.text
    assert short.titles == ["Русский", "English"]
    assert talks.everything == ["labdien"]  # the dialogue never heard of it


async def test_the_short_text_comes_in_the_language_of_the_client(mediator):
    mediator.write("/ref долги")
    await mediator.see(3)
    mediator.tap("Русский")
    short = await mediator.see_one()
    assert short.text.startswith("Долги")
    assert len(short.text) <= FORWARD_LENGTH
    assert short.titles == ["Latviešu", "English"]
    mediator.tap("English")
    assert (await mediator.see_one()).text.startswith("Debts")


async def test_other_cards_that_fit_are_a_tap_away(mediator):
    mediator.write("/ref pabalsts")
    full, *_ = await mediator.see(3)
    assert len(full.titles) == 2
    mediator.tap(full.titles[0])
    other, *_ = await mediator.see(3)
    assert other.text.split("\n")[0] != full.text.split("\n")[0]
    assert other.titles == []


async def test_without_a_word_it_says_how_to_ask(mediator):
    mediator.write("/ref")
    assert "/ref bērnudārzs" in (await mediator.see_one()).text


async def test_what_no_card_knows_is_said(mediator):
    mediator.write("/ref zzqqxxzz")
    assert "Neviena kartīte" in (await mediator.see_one()).text


@pytest.mark.parametrize(
    "button",
    [
        '/reference_card{"service":"no_card"}',
        "/reference_card",
        '/reference_forward{"service":"debts","value":"xx"}',
        '/reference_forward{"service":"no_card","value":"lv"}',
    ],
)
async def test_a_button_that_nobody_made_is_answered_all_the_same(mediator, button):
    mediator.write("/ref долги")
    *_, shown = await mediator.see(3)
    mediator.tap_data(shown, button)
    assert "poga" in (await mediator.see_one()).text
