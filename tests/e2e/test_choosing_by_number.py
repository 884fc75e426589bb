"""For who can't read: numbers, typed or spoken, choose buttons; every answer is spoken where that was chosen."""

import pytest

from bot.assistant.messages import payload

pytestmark = pytest.mark.model


async def test_a_number_taps_the_button_that_has_it(conversation):
    menu = await conversation.say("labdien")
    second = menu.replies[-1].buttons[1]
    chosen = await conversation.say("divi")
    assert (chosen.intent, chosen.replies[0].text) == (
        second.intent,
        (await conversation.tap(second.payload)).replies[0].text,
    )


async def test_the_permanent_buttons_have_numbers_too(conversation):
    menu = await conversation.say("привет")
    buttons = menu.replies[-1].buttons
    assert (await conversation.say(str(len(buttons) - 1))).intent == "start_over"


async def test_a_number_that_no_button_has_is_only_words(conversation):
    await conversation.say("labdien")
    assert (await conversation.say("99")).intent == "nlu_fallback"


async def test_a_number_before_anything_was_said_is_only_words(conversation):
    assert (await conversation.say("1")).confidence < 1.0  # understood as words, not tapped


async def test_an_option_of_a_question_is_chosen_by_its_number(conversation):
    question = await conversation.tap(payload("find_support"))
    assert question.slots["requested_slot"] == "check_registered"
    no = await conversation.say("2")
    assert no.slots["answers"] == {"check_registered": "no"}


async def test_where_a_number_is_asked_for_it_is_the_answer(conversation):
    await conversation.tap(payload("find_support"))
    for slot in ("check_registered", "check_working"):
        question = await conversation.tap(payload("answer", slot=slot, value="no"))
    assert question.slots["requested_slot"] == "check_age"
    age = await conversation.say("34")
    assert age.slots["answers"]["check_age"] == "adult"


async def test_speaking_always_is_chosen_and_kept_with_the_language(conversation):
    asked = await conversation.tap(payload("change_language"))
    button = next(b for b in asked.replies[-1].buttons if b.intent == "change_voice")
    assert "🔊" in button.title
    on = await conversation.tap(button.payload)
    assert on.slots["speak"] is True
    later = await conversation.tap(payload("change_language", value="ru"))
    assert later.slots["speak"] is True
    off = await conversation.tap(payload("change_voice"))
    assert off.slots["speak"] is False
    assert "не буду говорить вслух" in off.replies[0].text


async def test_speaking_can_be_chosen_in_the_middle_of_questions(conversation):
    await conversation.tap(payload("find_support"))
    turn = await conversation.tap(payload("change_voice", value="on"))
    assert turn.slots["speak"] is True
    assert turn.slots["requested_slot"] == "check_registered"
    assert turn.replies[-1].text.startswith("1/")


async def test_forgetting_forgets_that_too(conversation):
    await conversation.tap(payload("change_voice", value="on"))
    await conversation.tap(payload("forget_me"))
    assert not (await conversation.tap(payload("greet"))).slots["speak"]
