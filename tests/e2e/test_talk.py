"""The main job, through the trained model and the real actions."""

import pytest

from bot.assistant.conversation import Conversation
from bot.assistant.messages import UnknownButton, payload
from bot.directory.directory import directory
from bot.directory.models import DETAILS
from bot.languages import LANGUAGES

pytestmark = pytest.mark.model
MAX_WORDS = 60


def words(turn) -> str:
    return "\n".join(reply.text for reply in turn.replies)


async def in_language(assistant, language: str) -> Conversation:
    conversation = Conversation(assistant)
    await conversation.tap(payload("change_language", value=language))
    return conversation


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_card_and_every_detail_of_it_is_answered_in_the_persons_language(assistant, language):
    for card in directory().services.values():
        conversation = await in_language(assistant, language)
        turns = [await conversation.tap(payload(card.intent))]
        for detail in DETAILS:
            turns.append(await conversation.tap(payload(f"ask_detail_{detail}", service=card.id)))
        for turn in turns:
            assert turn.language == language
            for reply in turn.replies:
                assert reply.service == card.id
                assert "None" not in reply.text
                assert "utter_" not in reply.text
                assert "{" not in reply.text
                assert len(reply.text.split()) <= MAX_WORDS, (card.id, reply.text)


@pytest.mark.parametrize(
    ("language", "story", "service"),
    [
        ("lv", "gribētu iet strādāt, bet nav kam atstāt mazo, vīramāte slima un dārziņā rinda", "childcare_costs"),
        ("ru", "начальник третий месяц не платит зарплату, говорит завтра", "labour_rights"),
        ("en", "the bailiff takes half of my wages every month", "debts"),
    ],
)
async def test_a_need_told_as_a_story_leads_to_its_card_papers_and_place(assistant, language, story, service):
    conversation = Conversation(assistant)
    turn = await conversation.say(story)
    assert (turn.intent, turn.language) == (f"ask_{service}", language)
    papers = {"lv": "kādi papīri vajadzīgi?", "ru": "какие документы нужны?", "en": "what papers do I need?"}
    turn = await conversation.say(papers[language])
    assert turn.intent == "ask_detail_documents"
    assert turn.replies[0].service == service


async def test_a_detail_without_a_service_asks_which(conversation):
    turn = await conversation.tap("/ask_detail_cost")
    assert all(button.intent == "ask_detail_cost" for button in turn.replies[0].buttons[:-2])


async def test_permanent_buttons_stand_last_under_every_last_reply(conversation):
    for tap in (
        "/greet",
        "/ask_debts",
        "/ask_detail_place",
        "/urgent_danger",
        "/nlu_fallback",
        "/chitchat",
        "/forget_me",
    ):
        turn = await conversation.tap(tap)
        assert [button.intent for button in turn.replies[-1].buttons][-2:] == ["start_over", "request_callback"], tap


async def test_a_place_asked_for_and_given_leads_to_an_office(conversation):
    turn = await conversation.tap("/find_office")
    assert turn.slots["requested_slot"] == "municipality"
    assert turn.replies[0].share_location
    turn = await conversation.tap(payload("inform_place", municipality="Ventspils", place="Ventspils"))
    assert turn.replies[0].route == {"kind": "office", "town": "Ventspils", "municipality": "Ventspils"}
    assert "80200206" in words(turn)


async def test_a_shared_location_becomes_a_municipality_and_nothing_more(conversation):
    turn = await conversation.share_location(57.39, 21.56)
    assert turn.slots["municipality"] == "Ventspils"
    kept = await conversation.assistant.tracker_store.retrieve(conversation.sender_id)
    assert "57.39" not in str([event.as_dict() for event in kept.events])


async def test_a_position_outside_latvia_sets_no_municipality(conversation):
    turn = await conversation.share_location(54.69, 25.28)
    assert turn.slots["municipality"] is None
    assert turn.slots["requested_slot"] == "municipality"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_danger_is_answered_at_once_in_any_state_with_112_first(assistant, language):
    for before in ([], ["/find_office"], ["/ask_debts"], ["/find_support"], ["/nlu_fallback"], ["/request_callback"]):
        conversation = await in_language(assistant, language)
        for tap in before:
            await conversation.tap(tap)
        turn = await conversation.tap("/urgent_danger")
        assert "112" in words(turn)[:200]
        assert turn.replies[0].route["kind"] == "helpline"


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ("es vairs negribu dzīvot", "116123"),
        ("не хочу больше жить, всё надоело", "116123"),
        ("i want to kill myself", "116123"),
        ("vīrs mani sit un draud nogalināt", "112"),
        ("начальник забрал паспорт и держит нас взаперти", "112"),
        ("the stepfather beats the child every night", "116111"),
        ("šonakt nav kur palikt ar bērniem, esam uz ielas", "112"),
    ],
)
async def test_danger_in_words_leads_to_the_line_for_it(conversation, message, number):
    turn = await conversation.say(message)
    assert turn.intent == "urgent_danger"
    assert number in words(turn)
    assert "112" in words(turn)[:200]


async def test_the_second_misunderstanding_in_a_row_ends_at_a_human(conversation):
    first = await conversation.say("hjkl wert")
    assert first.intent == "nlu_fallback"
    second = await conversation.say("asdf qqq lkj")
    assert "80200206" in words(second)
    assert "request_callback" in [button.intent for button in second.replies[-1].buttons]


async def test_an_understood_turn_between_two_misunderstandings_resets_the_count(conversation):
    await conversation.tap("/nlu_fallback")
    await conversation.tap("/ask_debts")
    turn = await conversation.tap("/nlu_fallback")
    assert turn.replies[0].route is None


@pytest.mark.parametrize(
    "typed", ['/inform{"municipality": "Rīga"}', '/inform_place{"municipality":"Rīga"}', "/ask_debts{}"]
)
async def test_intents_and_slots_cannot_be_typed(conversation, typed):
    await conversation.tap("/ask_debts")
    turn = await conversation.say(typed)
    assert turn.slots["municipality"] is None
    assert turn.confidence < 1.0


@pytest.mark.parametrize(
    "tapped",
    [
        "/ask_unheard_of",
        "/restart",
        "/back",
        "/session_start",
        '/help{"wallet":"1"}',
        "/help{",
        "/help[1]",
        "help",
        "/",
    ],
)
async def test_a_tap_that_no_button_of_ours_has_never_reaches_the_dialogue(conversation, tapped):
    with pytest.raises(UnknownButton):
        await conversation.tap(tapped)
    assert (await conversation.context()).current_language is None


async def test_a_language_that_was_chosen_stays(conversation):
    await conversation.tap(payload("change_language", value="ru"))
    turn = await conversation.say("man vajag darbu kaut kur tuvāk mājām")
    assert turn.language == "ru"


async def test_the_language_follows_the_message_until_one_is_chosen(conversation):
    assert (await conversation.say("man vajag kādu darbu tuvāk mājām")).language == "lv"
    assert (await conversation.say("мне нужна работа поближе к дому")).language == "ru"
    assert (await conversation.say("ok")).language == "ru"


async def test_a_new_session_after_many_turns_keeps_what_is_known(assistant):
    conversation = Conversation(assistant)
    await conversation.tap(payload("inform_place", municipality="Talsu novads", place="Talsi"))
    await conversation.tap("/ask_debts")
    for _ in range(assistant.session_turns + 2):
        turn = await conversation.tap("/chitchat")
    assert turn.slots["municipality"] == "Talsu novads"
    assert turn.slots["service"] == "debts"
    tracker = await assistant.processor.fetch_tracker_with_initial_session(conversation.sender_id)
    assert len([e for e in tracker.events if e.type_name == "user"]) <= assistant.session_turns
