"""The guided check and the call-back through the trained model: answered, skipped, interrupted, left, and sent."""

import datetime
import re

import pytest

from bot.assistant.conversation import Conversation
from bot.assistant.messages import UnknownButton, payload
from bot.languages import LANGUAGES
from bot.questionnaire.desk import CallbackRequest, Reach, Receipt, RequestRefused, use_desk
from bot.questionnaire.telephone import contact_payload

pytestmark = pytest.mark.model

TALSI = payload("inform_place", municipality="Talsu novads", place="Talsi")
NUMBER = "+37129123456"


def answer(slot: str, value: str) -> str:
    return payload("answer", slot=slot, value=value)


def words(turn) -> str:
    return "\n".join(reply.text for reply in turn.replies)


def payloads(turn) -> list[str]:
    return [button.payload for button in turn.replies[-1].buttons]


def open_question(turn) -> tuple[str | None, str | None]:
    return turn.slots["questionnaire"], turn.slots["requested_slot"]


async def go(conversation, *steps):
    """Say or tap the steps in order, and return the last turn."""
    for step in steps:
        turn = await (conversation.tap(step) if step.startswith("/") else conversation.say(step))
    return turn


class FakeDesk:
    """A desk that is open everywhere but in one municipality, and remembers what it was given."""

    def __init__(self):
        self.given: list[CallbackRequest] = []
        self.refuses = False

    def is_open(self, municipality, language):
        return municipality != "Ogres novads"

    def readers(self, municipality, language):
        return ["Talsu romu biedrība"] if municipality == "Talsu novads" else []

    def submit(self, request):
        if self.refuses:
            raise RequestRefused("the store is full")
        self.given.append(request)
        return Receipt("r1")


@pytest.fixture
def desk():
    opened = FakeDesk()
    before = use_desk(opened)
    yield opened
    use_desk(before)


# The guided check


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("lv", ["neesmu", "nē, nekur nestrādāju", "man 34 gadi", "divi bērni", "7 klases", "gribu iemācīties arodu"]),
        ("ru", ["не состою", "не работаю", "мне 34", "двое детей", "семь классов", "учиться хочу"]),
        ("en", ["not registered", "no job", "I am 34", "two kids", "grade 7", "learn a trade"]),
    ],
)
async def test_answers_in_own_words_lead_to_a_list(conversation, language, said):
    await go(conversation, payload("change_language", value=language))
    turn = await go(conversation, "/find_support", *said)
    assert turn.language == language
    assert open_question(turn) == (None, None)
    assert turn.slots["answers"] is None
    assert turn.slots["check_list"][:3] == ["registration", "basic_education", "vocational_training"]
    assert payloads(turn)[:3] == ["/ask_registration", "/ask_basic_education", "/ask_vocational_training"]
    assert len(words(turn).split()) <= 60


@pytest.mark.parametrize("language", LANGUAGES)
async def test_buttons_alone_lead_to_a_list_and_every_question_can_be_skipped(conversation, language):
    await go(conversation, payload("change_language", value=language))
    turn = await go(conversation, "/find_support")
    asked = []
    while turn.slots["questionnaire"]:
        slot = turn.slots["requested_slot"]
        asked.append(slot)
        assert answer(slot, "skip") in payloads(turn)
        assert len(words(turn).split()) <= 60
        turn = await go(conversation, answer(slot, "skip"))
    assert len(asked) == 6
    assert turn.slots["check_list"]


async def test_the_list_can_be_shown_to_a_mediator_and_asked_about(conversation):
    await go(conversation, TALSI, "/find_support", answer("check_registered", "no"), answer("check_working", "no"))
    turn = await go(conversation, "55", "nevienu", "9 klases", "naudas nav")
    assert turn.replies[-1].route == {"kind": "social_service", "municipality": "Talsu novads"}
    assert "Talsu novads" in words(turn)
    shown = await go(conversation, answer("check_list", "show"))
    assert "Sociālā palīdzība" in words(shown)
    turn = await go(conversation, "/ask_detail_documents")
    assert turn.replies[-1].service == "social_assistance"


async def test_another_need_in_the_middle_is_answered_and_the_question_comes_back(conversation):
    before = await go(conversation, "/find_support", "neesmu")
    turn = await go(conversation, "cik maksā autovadītāju kursi?")
    assert turn.replies[0].service == "driving_licence"
    assert open_question(turn) == open_question(before) == ("support_check", "check_working")
    assert turn.replies[-1].text == before.replies[-1].text
    assert turn.slots["answers"] == {"check_registered": "no"}


@pytest.mark.parametrize(
    ("language", "aside", "said"),
    [
        (
            "lv",
            "bet vai kursu laikā man segs ceļa naudu?",
            ["neesmu", "nestrādāju", "34", "divi bērni", "8 klases"],
        ),
        (
            "ru",
            "а кто мне оплатит дорогу на курсы?",
            ["не состою", "не работаю", "мне 34", "детей нет", "8 классов"],
        ),
        (
            "en",
            "will somebody pay my bus to the course?",
            ["not registered", "no job", "I am 34", "two kids", "grade 8"],
        ),
    ],
)
async def test_at_each_question_one_may_ask_something_else_and_goes_on_where_one_was(
    conversation, language, aside, said
):
    await go(conversation, payload("change_language", value=language))
    turn = await go(conversation, "/find_support")
    for answered in said:
        asked = open_question(turn)
        turn = await go(conversation, aside)
        assert turn.replies[0].service == "travel_costs"
        assert open_question(turn) == asked
        turn = await go(conversation, answered)
        assert open_question(turn) != asked
    assert open_question(turn) == ("support_check", "check_pain")
    turn = await go(conversation, aside)  # where the need is asked for, a need is the answer
    assert "travel_costs" in turn.slots["check_list"]


@pytest.mark.parametrize(
    "tap", ["/thank", "/chitchat", "/help", "/greet", "/ask_privacy", "/out_of_scope", "/bot_challenge"]
)
async def test_small_talk_in_the_middle_does_not_lose_the_question(conversation, tap):
    await go(conversation, "/find_support")
    turn = await go(conversation, tap)
    assert open_question(turn) == ("support_check", "check_registered")
    assert answer("check_registered", "yes") in payloads(turn)


async def test_the_way_to_an_office_in_the_middle_asks_the_place_first_and_then_goes_on(conversation):
    await go(conversation, "/find_support")
    turn = await go(conversation, "/find_office")
    assert turn.slots["requested_slot"] == "municipality"
    assert len(turn.replies) == 1
    turn = await go(conversation, TALSI)
    assert turn.replies[0].route["town"] == "Talsi"
    assert open_question(turn) == ("support_check", "check_registered")


async def test_danger_wins_and_the_answer_is_still_taken_afterwards(conversation):
    await go(conversation, "/find_support")
    turn = await go(conversation, "vīrs mani sit un draud nogalināt")
    assert turn.intent == "urgent_danger"
    assert "112" in words(turn)
    assert len(turn.replies) == 1
    turn = await go(conversation, "nē")
    assert turn.slots["answers"] == {"check_registered": "no"}


async def test_a_change_of_language_asks_the_question_in_the_new_one(conversation):
    await go(conversation, "/find_support")
    turn = await go(conversation, "/change_language")
    assert len(turn.replies) == 1
    turn = await go(conversation, payload("change_language", value="ru"))
    assert "Вы стоите на учёте" in turn.replies[-1].text


@pytest.mark.parametrize("leaving", ["/start_over", "/forget_me", "/goodbye", "beidzam", "хватит", "/deny"])
async def test_it_can_be_left_at_any_time(conversation, leaving):
    turn = await go(conversation, "/find_support", answer("check_registered", "yes"), leaving)
    assert open_question(turn) == (None, None)
    assert turn.slots["answers"] is None
    assert turn.replies


async def test_what_is_not_understood_is_asked_once_more_and_then_a_human_is_named(conversation):
    await go(conversation, "/find_support")
    turn = await go(conversation, "/nlu_fallback")
    assert open_question(turn) == ("support_check", "check_registered")
    turn = await go(conversation, "/nlu_fallback")
    assert "80200206" in words(turn)
    assert "/request_callback" in payloads(turn)
    assert open_question(turn) == (None, None)


async def test_questions_of_an_earlier_session_are_not_asked_again_but_an_answer_is_taken(conversation, monkeypatch):
    await go(conversation, "/find_support")
    monkeypatch.setattr(conversation.assistant.processor, "_has_session_expired", lambda tracker: True)
    turn = await go(conversation, "neesmu")
    assert open_question(turn) == ("support_check", "check_working")
    turn = await go(conversation, "/ask_debts")
    assert open_question(turn) == (None, None)
    assert len(turn.replies) == 1


async def test_an_old_button_answers_its_own_question_and_no_other(conversation):
    await go(conversation, "/find_support", answer("check_registered", "no"), answer("check_working", "no"))
    turn = await go(conversation, answer("check_registered", "yes"))
    assert turn.slots["answers"] == {"check_registered": "yes"}
    assert open_question(turn) == ("support_check", "check_age")
    turn = await go(conversation, "/start_over", answer("check_age", "teen"))
    assert payloads(turn)[0] == "/find_support"
    assert turn.slots["questionnaire"] is None


async def test_a_value_that_the_question_has_not_is_asked_again(conversation):
    turn = await go(conversation, "/find_support", answer("check_registered", "none_of_these"))
    assert open_question(turn) == ("support_check", "check_registered")
    assert turn.slots["answers"] == {}


@pytest.mark.parametrize("forged", ["stop it", ""])
async def test_a_value_that_no_button_can_carry_is_no_tap_at_all(conversation, forged):
    await go(conversation, "/find_support")
    with pytest.raises(UnknownButton):
        await go(conversation, answer("check_registered", forged))
    turn = await go(conversation, answer("check_registered", "yes"))
    assert turn.slots["answers"] == {"check_registered": "yes"}


# The call-back


@pytest.mark.parametrize("language", LANGUAGES)
async def test_without_a_desk_nothing_personal_is_asked_and_the_line_is_given(conversation, language):
    await go(conversation, payload("change_language", value=language))
    turn = await go(conversation, "/request_callback")
    assert "80200206" in words(turn)
    assert turn.replies[-1].route == {"kind": "helpline"}
    assert open_question(turn) == (None, None)


async def test_a_request_is_asked_for_shown_and_sent(conversation, desk):
    turn = await go(conversation, "/request_callback")
    assert open_question(turn) == ("callback", "municipality")
    assert turn.replies[-1].share_location
    turn = await go(conversation, TALSI, "parādi, tiesu izpildītājs paņem visu algu", "zvaniet 29 123 456")
    assert open_question(turn) == ("callback", "callback_time")
    turn = await go(conversation, "rīt pēc pieciem")
    assert "Talsu romu biedrība" in words(turn)
    assert "30 dienas" in words(turn)
    turn = await go(conversation, "piekrītu")
    for given in ("Talsu novads", "tiesu izpildītājs paņem visu algu", NUMBER, "rīt pēc pieciem"):
        assert given in words(turn)
    assert desk.given == []
    turn = await go(conversation, "jā")
    assert open_question(turn) == (None, None)
    (request,) = desk.given
    assert request.chat == conversation.sender_id
    assert (request.municipality, request.language, request.channel) == ("Talsu novads", "lv", "web")
    assert (request.service, request.need_is_own_words) == ("debts", True)
    assert (request.reach, request.telephone, request.time) == (Reach.TELEPHONE, NUMBER, "rīt pēc pieciem")
    assert request.keep_until - request.consented_at.date() == datetime.timedelta(days=30)


async def test_nothing_of_a_sent_request_stays_in_slots_replies_or_entities(conversation, desk):
    await go(conversation, "/request_callback", TALSI, "gribu runāt par īri", contact_payload("29123456"))
    turn = await go(conversation, answer("callback_time", "evening"), "jā", "jā")
    assert desk.given
    assert turn.slots["answers"] is None
    tracker = await conversation.assistant.tracker_store.retrieve(conversation.sender_id)
    assert "29123456" not in str([event.as_dict() for event in tracker.events])


async def test_a_known_place_is_not_asked_again_and_can_be_corrected(conversation, desk):
    turn = await go(conversation, TALSI, "/request_callback")
    assert open_question(turn) == ("callback", "callback_need")
    turn = await go(conversation, payload("inform_place", municipality="Ventspils"))
    assert open_question(turn) == ("callback", "callback_need")
    assert turn.slots["municipality"] == "Ventspils"


async def test_on_telegram_everything_but_consent_can_be_skipped(assistant, desk):
    conversation = Conversation(assistant, channel="telegram")
    turn = await go(conversation, "/request_callback")
    for slot in ("municipality", "callback_need", "callback_contact", "callback_time"):
        assert open_question(turn) == ("callback", slot)
        turn = await go(conversation, answer(slot, "skip"))
    assert open_question(turn) == ("callback", "callback_consent")
    assert answer("callback_consent", "skip") not in payloads(turn)
    turn = await go(conversation, "izlaist")
    assert open_question(turn)[1] == "callback_consent"
    await go(conversation, answer("callback_consent", "yes"), answer("callback_confirm", "yes"))
    (request,) = desk.given
    assert request.reach is Reach.CHAT
    assert (request.telephone, request.need, request.time, request.municipality) == (None, None, None, None)


async def test_where_nobody_can_write_back_no_number_means_calling_oneself(conversation, desk):
    turn = await go(conversation, TALSI, "/request_callback", answer("callback_need", "work"))
    assert answer("callback_contact", "chat") not in payloads(turn)
    turn = await go(conversation, "negribu dot numuru")
    assert "80200206" in words(turn)
    assert open_question(turn) == (None, None)
    assert desk.given == []


async def test_where_the_desk_is_closed_for_the_place_it_is_said_once_the_place_is_known(conversation, desk):
    turn = await go(conversation, "/request_callback", payload("inform_place", municipality="Ogres novads"))
    assert "80200206" in words(turn)
    assert open_question(turn) == (None, None)


@pytest.mark.parametrize("refusal", [answer("callback_consent", "no"), "nē", "nepiekrītu", "/start_over", "beidzam"])
async def test_without_consent_nothing_is_sent(conversation, desk, refusal):
    steps = [
        "/request_callback",
        TALSI,
        answer("callback_need", "work"),
        "29123456",
        answer("callback_time", "evening"),
    ]
    turn = await go(conversation, *steps)
    assert open_question(turn) == ("callback", "callback_consent")
    turn = await go(conversation, refusal)
    assert open_question(turn) == (None, None)
    assert desk.given == []


async def test_a_desk_that_refuses_is_told_honestly(conversation, desk):
    desk.refuses = True
    steps = [
        "/request_callback",
        TALSI,
        answer("callback_need", "work"),
        "29123456",
        answer("callback_time", "evening"),
    ]
    turn = await go(conversation, *steps, "jā", "jā")
    assert "80200206" in words(turn)
    assert re.search("neizdevās", words(turn))
    assert open_question(turn) == (None, None)


async def test_a_question_about_privacy_in_the_middle_is_answered(conversation, desk):
    turn = await go(conversation, "/request_callback", TALSI, "/ask_privacy")
    assert open_question(turn) == ("callback", "callback_need")
    assert len(turn.replies) == 2


async def test_asking_for_a_person_again_goes_on_and_the_check_replaces_the_call_back(conversation, desk):
    turn = await go(conversation, "/request_callback", TALSI, "/request_callback")
    assert open_question(turn) == ("callback", "callback_need")
    turn = await go(conversation, "/find_support")
    assert open_question(turn) == ("support_check", "check_registered")
    turn = await go(conversation, "/request_callback")
    assert open_question(turn) == ("callback", "callback_need")


async def test_a_place_that_is_only_skipped_by_word_outside_of_questions_gets_the_line(conversation):
    turn = await go(conversation, "/find_office", "nesaku")
    assert "80200206" in words(turn)
    assert turn.slots["requested_slot"] is None
