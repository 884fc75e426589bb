"""Each assertion holds when the turn is as the contract says, and tells what came when it is not."""

from __future__ import annotations

from typing import Any

import pytest

from bot.assistant.messages import Button, Reply, Turn
from bot.dialogues import assertions as a
from bot.dialogues.language_of_text import language_of_text

MENU = Button("☰ Izvēlne", "/start_over")
OFFICE = Button("📍 Kur iet?", "/find_office")
DETAIL = Button("💶 Cik maksā?", '/ask_detail_cost{"service":"housing"}')
LATVIAN = "Pašvaldības sociālajā dienestā var prasīt mājokļa pabalstu. Zvaniet 80200206."


def seen(
    *replies: Reply,
    intent: str = "ask_housing",
    slots: dict[str, Any] | None = None,
    before: dict[str, Any] | None = None,
    actions: list[str] | None = None,
) -> a.Seen:
    turn = Turn(intent, 0.7, "lv", slots=slots or {}, actions=actions or [], replies=list(replies) or [Reply(LATVIAN)])
    return a.Seen(turn, before or {})


def test_an_intent_is_one_of_the_list():
    assert a.IntentIs(1, ("ask_debts", "ask_housing")).check(seen()) is None
    failure = a.IntentIs(1, ("ask_debts",)).check(seen())
    assert failure == a.Failure("intent", 1, "ask_debts", "ask_housing (0.70)")


def test_a_service_is_the_card_shown():
    shown = seen(Reply("x", service="housing"))
    assert a.ServiceIs(1, ("housing",)).check(shown) is None
    assert a.ServiceIs(1, ("debts",)).check(shown) == a.Failure("service", 1, "debts", "housing")


def test_on_a_detail_turn_the_card_under_discussion_counts_and_elsewhere_it_does_not():
    slots = {"service": "housing"}
    assert a.ServiceIs(1, ("housing",)).check(seen(intent="ask_detail_cost", slots=slots)) is None
    assert a.ServiceIs(1, ("housing",)).check(seen(intent="thank", slots=slots)) is not None


def test_a_route_matches_on_what_is_named_only():
    turn = seen(Reply("x", route={"kind": "office", "town": "Talsi", "municipality": "Talsu novads"}))
    assert a.RoutedTo(1, {"kind": ("office",)}).check(turn) is None
    assert a.RoutedTo(1, {"kind": ("office",), "town": ("Talsi",)}).check(turn) is None
    assert a.RoutedTo(1, {"kind": ("mediator", "office")}).check(turn) is None
    failure = a.RoutedTo(1, {"kind": ("office",), "town": ("Tukums",)}).check(turn)
    assert failure is not None
    assert failure.came == "kind: office, town: Talsi, municipality: Talsu novads"


def test_not_routed_to_holds_unless_everything_named_matches():
    turn = seen(Reply("x", route={"kind": "office", "town": "Talsi"}))
    assert a.NotRoutedTo(1, {"kind": ("office",), "town": ("Tukums",)}).check(turn) is None
    assert a.NotRoutedTo(1, {"town": ("Talsi",)}).check(turn) is not None
    assert a.NotRoutedTo(1, {"kind": ("office",)}).check(seen()) is None


def test_a_slot_was_set_when_it_has_the_value_after_the_turn():
    turn = seen(slots={"municipality": "Ventspils"})
    assert a.SlotWasSet(1, "municipality", "Ventspils").check(turn) is None
    assert a.SlotWasSet(1, "municipality", "Ventspils novads").check(turn) is not None
    assert a.SlotWasSet(1, "municipality", None).check(seen()) is None


def test_a_slot_was_not_set_when_it_is_empty_or_as_before():
    assert a.SlotWasNotSet(1, "municipality").check(seen()) is None
    kept = seen(slots={"municipality": "Rīga"}, before={"municipality": "Rīga"})
    assert a.SlotWasNotSet(1, "municipality").check(kept) is None
    new = seen(slots={"municipality": "Rīga"})
    assert a.SlotWasNotSet(1, "municipality").check(new) is not None
    assert a.SlotWasNotSet(1, "municipality", "Ventspils").check(new) is None


def test_asked_for_is_what_the_assistant_waits_for():
    assert a.AskedFor(1, "municipality").check(seen(slots={"requested_slot": "municipality"})) is None
    assert a.AskedFor(1, "municipality").check(seen()) == a.Failure("asked_for", 1, "municipality", a.NOTHING)


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        (a.Uttered(contains=("SOCIĀLAJĀ", "80200206")), True),
        (a.Uttered(contains=("sociālajā", "112")), False),
        (a.Uttered(matches=r"8020\d{4}"), True),
        (a.Uttered(matches=r"^8020"), False),
        (a.Uttered(matches="pašvaldības"), False),
        (a.Uttered(language="lv"), True),
        (a.Uttered(language="ru"), False),
        (a.Uttered(max_words=9), True),
        (a.Uttered(max_words=8), False),
    ],
)
def test_texts_are_held_against_each_part(wanted: a.Uttered, holds: bool):
    assert (a.BotUttered(1, wanted).check(seen()) is None) is holds


def test_texts_of_a_turn_are_joined_by_a_line_break_and_words_counted_for_each():
    turn = seen(Reply("one two"), Reply("three"))
    assert a.BotUttered(1, a.Uttered(matches=r"two\nthree")).check(turn) is None
    assert a.BotUttered(1, a.Uttered(max_words=2)).check(turn) is None
    assert a.BotUttered(1, a.Uttered(max_words=1)).check(turn) is not None


def test_not_uttered_fails_when_any_string_is_there():
    assert a.NotUttered(1, a.Uttered(contains=("None", "utter_"))).check(seen()) is None
    assert a.NotUttered(1, a.Uttered(contains=("none", "DIENESTĀ"))).check(seen()) is not None
    assert a.NotUttered(1, a.Uttered(matches="8020")).check(seen()) is not None
    assert a.NotUttered(1, a.Uttered(language="lv")).check(seen()) is not None


@pytest.mark.parametrize(
    "wanted",
    ["start_over", "☰ Izvēlne", "izvēlne", "Menu", "find_office", "/find_office", "ask_detail_cost", "Cik maksā?",
     '/ask_detail_cost{ "service": "housing" }'],
)  # fmt: skip
def test_a_button_is_named_by_title_intent_or_payload(wanted: str):
    turn = seen(Reply("x", [OFFICE, DETAIL, MENU]))
    assert a.HasButtons(1, (wanted,)).check(turn) is None


def test_a_missing_button_is_told_with_those_that_were_there():
    failure = a.HasButtons(1, ("find_office", "find_mediator")).check(seen(Reply("x", [OFFICE])))
    assert failure == a.Failure("buttons", 1, "find_mediator", "[📍 Kur iet?] /find_office")


def test_of_several_buttons_of_an_intent_the_one_without_entities_is_meant():
    plain = Button("Vēl", "/ask_detail_cost")
    assert a.find_button([DETAIL, plain], "ask_detail_cost") == plain


def test_an_exact_title_beats_an_intent():
    odd = Button("find_office", "/help")
    assert a.find_button([OFFICE, odd], "find_office") == odd


def test_actions_replies_and_audio():
    turn = seen(Reply("x"), Reply("y"), actions=["action_show_service"])
    assert a.ActionExecuted(1, "action_show_service").check(turn) is None
    assert a.ActionExecuted(1, "action_show_menu").check(turn) is not None
    assert a.RepliesCount(1, 1, 2).check(turn) is None
    assert a.RepliesCount(1, 3, None).check(turn) == a.Failure("replies", 1, "≥ 3", "2")
    assert a.RepliesCount(1, None, 1).check(turn) is not None
    assert a.HasAudio(1, False).check(turn) is None
    assert a.HasAudio(1, True).check(turn) is not None


def test_an_answer_can_be_heard_where_each_message_of_it_can():
    sound = {"type": "audio/ogg", "seconds": 3.0}
    assert a.HasAudio(1, True).check(seen(Reply("x", audio=sound), Reply("y", audio=sound))) is None
    assert a.HasAudio(1, True).check(seen(Reply("x", audio=sound), Reply("y"))) is not None
    assert a.HasAudio(1, True).check(seen()) is not None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Tuvākā NVA filiāle, ko zinām: Rēzekne.", "lv"),
        ("Ближайший известный нам филиал NVA: Rēzekne, Atbrīvošanas aleja 155.", "ru"),
        ("There is an NVA branch here: Rēzekne. Source: LV portāls.", "en"),
        ("🆘 112", None),
        ("Labi, runāsim latviski.", "lv"),
        ("All right, we speak English.", "en"),
    ],
)
def test_the_language_of_a_reply_is_told_by_its_words_not_by_the_names_in_it(text: str, language: str | None):
    assert language_of_text(text) == language
