"""The Telegram channel answers everything that a person can send, through the stand-in for the Bot API."""

import asyncio
import json

import pytest

from bot.assistant.messages import Button, Reply, payload
from bot.questionnaire.vault import vault
from bot.voice import Heard
from bot.voice.errors import ListeningFailed, RecordingTooLarge, RecordingTooLong
from tests.support.echo_talk import EchoTalks
from tests.support.telegram_api import BotApi, Fault, Phone
from tests.support.telegram_api.server import ME
from tests.support.telegram_bot import FAST, running

# The pace of sending has tests of its own; here it would only cost time.
VENTSPILS = (57.3937, 21.5647)


@pytest.fixture
def talks():
    return EchoTalks()


@pytest.fixture
async def bot(api, talks, tmp_path):
    async with running(api, tmp_path, talks, limits=FAST) as service:
        yield service


@pytest.fixture
async def anna(api, bot, talks):
    """A person who has the keyboard already."""
    phone = Phone(api, 7001)
    phone.write("labdien")
    await phone.see(2)
    talks.heard.clear()
    return phone


@pytest.fixture
def heard(talks):
    return lambda: talks.everything


async def test_a_text_is_answered_with_buttons_under_it(anna, heard):
    anna.write("nav ar ko atstāt bērnus")
    shown = await anna.see_one()
    assert heard() == ["nav ar ko atstāt bērnus"]
    assert shown.text == "echo nav ar ko atstāt bērnus"
    assert shown.rows[-1] == [
        {"text": "☰ Izvēlne", "callback_data": "/start_over"},
        {"text": "🙋 Cilvēks", "callback_data": "/request_callback"},
    ]


async def test_start_brings_the_keyboard_of_four_and_the_greeting(api, bot, heard):
    phone = Phone(api, 7002, language_code="ru")
    phone.write("/start")
    keyboard, greeting = await phone.see(2)
    assert [[button["text"] for button in row] for row in keyboard.markup["keyboard"]] == [
        ["📍 Рядом со мной", "🆘 SOS"],
        ["☰ Меню", "🙋 Человек"],
    ]
    assert keyboard.markup["keyboard"][0][0]["request_location"] is True
    assert keyboard.markup["is_persistent"] is True
    assert heard() == ["/greet"]
    assert greeting.text == "echo /greet"


async def test_the_keyboard_comes_once(anna):
    anna.write("/start")
    await anna.see_one()
    await anna.see_nothing_more()


async def test_who_blocked_the_bot_and_comes_back_gets_the_keyboard_again(anna):
    anna.block()
    await asyncio.sleep(0.3)
    anna.unblock()
    anna.write("/start")
    keyboard, greeting = await anna.see(2)
    assert keyboard.markup["keyboard"][1][0]["text"] == "☰ Izvēlne"
    assert greeting.text == "echo /greet"


async def test_the_keyboard_changes_with_the_language_that_was_chosen(api, bot, talks, anna):
    talks.slots = {"language_chosen": True}
    anna.language_code = "en"
    anna.write("english please")
    _, keyboard = await anna.see(2)
    assert keyboard.markup["keyboard"][1][0]["text"] == "☰ Menu"


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        ("☰ Izvēlne", payload("start_over")),
        ("🙋 Cilvēks", payload("request_callback")),
        ("🆘 SOS", payload("urgent_danger")),
    ],
)
async def test_a_button_of_the_keyboard_is_a_button(anna, heard, words, sent):
    anna.press(words)
    await anna.see_one()
    assert heard() == [sent]


async def test_a_button_of_the_keyboard_works_in_the_language_it_was_shown_in(anna, heard):
    anna.language_code = "ru"
    anna.press("☰ Izvēlne")
    await anna.see_one()
    assert heard() == ["/start_over"]


@pytest.mark.parametrize(
    ("command", "sent"),
    [
        ("/menu", "/start_over"),
        ("/restart", "/start_over"),
        ("/language", "/change_language"),
        ("/mediator", "/find_mediator"),
        ("/office", "/find_office"),
        ("/privacy", "/ask_privacy"),
        ("/help", "/help"),
        ("/start", "/greet"),
        ("/start nonsense-1", "/greet"),
        ("/start childcare_costs", "/ask_childcare_costs"),
        (
            "/start childcare_costs_ventspils",
            '/ask_childcare_costs{"municipality":"Ventspils","place":"Ventspils"}',
        ),
        ("/start office_talsi", '/find_office{"municipality":"Talsu novads","place":"Talsi"}'),
        ("/start mediator_kekavas_novads", '/find_mediator{"municipality":"Ķekavas novads"}'),
        ("/MENU@drom_test_bot", "/start_over"),
    ],
)
async def test_a_known_command_reaches_the_dialogue(anna, heard, command, sent):
    anna.write(command)
    await anna.see_one()
    assert heard() == [sent]


@pytest.mark.parametrize(
    "text", ["/unknown", '/inform_place{"municipality":"Rīga"}', "/greet", "/", "/urgent_danger", "/ menu", "/ķēms"]
)
async def test_what_is_no_command_of_ours_never_reaches_the_dialogue(anna, heard, text):
    anna.write(text)
    shown = await anna.see_one()
    assert heard() == []
    assert shown.text.startswith("Tādas komandas man nav.")
    assert shown.titles[-2:] == ["☰ Izvēlne", "🙋 Cilvēks"]


async def test_listen_is_told_kindly_until_there_is_a_voice(anna):
    anna.write("/listen")
    assert "80200206" in (await anna.see_one()).text


async def test_forget_erases_what_the_channel_keeps(anna, bot, heard):
    chat = bot._pseudonyms.chat("telegram", anna.id)
    assert await bot._store.keyboard_language(chat) == "lv"
    anna.write("/forget")
    await anna.see_one()
    await bot.settle()
    assert heard() == ["/forget_me"]
    assert await bot._store.keyboard_language(chat) is None
    await anna.see_nothing_more()


async def test_a_tap_is_confirmed_at_once_and_answered(api, anna, heard, talks):
    anna.write("darbs")
    await anna.see_one()
    talks.delay_s = 1.0
    anna.tap("💼 Darbs")
    await asyncio.sleep(0.5)
    assert len(api.sent("answerCallbackQuery")) == 1  # before the answer
    await anna.see_one()
    assert heard() == ["darbs", "/ask_job_search"]


async def test_a_double_tap_is_answered_once(api, anna, heard):
    anna.write("darbs")
    shown = await anna.see_one()
    anna.tap("💼 Darbs", shown)
    anna.tap("💼 Darbs", shown)
    await anna.see_one()
    anna.tap("💼 Darbs", shown)
    await anna.see_nothing_more()
    assert heard() == ["darbs", "/ask_job_search"]
    assert len(api.sent("answerCallbackQuery")) == 3  # none of them is left spinning


async def test_two_buttons_of_one_message_are_two_wishes(anna, heard):
    anna.write("darbs")
    await anna.see_one()
    anna.tap("💼 Darbs")
    anna.tap("☰ Izvēlne")
    await anna.see(2)
    assert heard() == ["darbs", "/ask_job_search", "/start_over"]


@pytest.mark.parametrize("data", ["#nothing", "~x|z1", "nonsense", "/BAD{", '/x{"a":[1]}', "~"])
async def test_a_made_up_tap_is_told_that_the_button_is_old(anna, heard, data):
    anna.write("darbs")
    shown = await anna.see_one()
    anna.tap_data(shown, data)
    assert (await anna.see_one()).text.startswith("Šī poga vairs nedarbojas.")
    assert heard() == ["darbs"]


async def test_a_button_of_an_intent_that_is_gone_is_told_to_be_old(anna, heard, talks):
    anna.write("darbs")
    shown = await anna.see_one()
    talks.unknown = frozenset({"/ask_job_search"})
    anna.tap("💼 Darbs", shown)
    told = await anna.see_one()
    assert told.text.startswith("Šī poga vairs nedarbojas.")
    assert told.titles == ["☰ Izvēlne", "🙋 Cilvēks"]
    assert heard() == ["darbs"]


async def test_a_position_becomes_a_municipality_at_once(anna, heard, bot):
    anna.share_location(*VENTSPILS)
    await anna.see_one()
    assert heard() == ['/inform_place{"municipality":"Ventspils","place":"Ventspils"}']


async def test_a_position_outside_latvia_is_said_to_be_outside(anna, heard):
    anna.share_location(51.5, -0.12)
    await anna.see_one()
    assert heard() == ['/inform_place{"outside_latvia":"other"}']


async def test_a_venue_is_a_position(anna, heard):
    location = {"latitude": VENTSPILS[0], "longitude": VENTSPILS[1]}
    anna.send(location=location, venue={"location": location, "title": "Tirgus", "address": "Tirgus iela 1"})
    await anna.see_one()
    assert heard() == ['/inform_place{"municipality":"Ventspils","place":"Ventspils"}']


async def test_a_live_position_is_taken_once(api, anna, heard):
    update = anna.send(location={"latitude": VENTSPILS[0], "longitude": VENTSPILS[1], "live_period": 600})
    await anna.see_one()
    moved = {**update["message"], "edit_date": 1, "location": {"latitude": 57.4, "longitude": 21.6}}
    api.push("edited_message", moved)
    await anna.see_nothing_more()
    assert len(heard()) == 1


async def test_a_number_is_taken_only_while_a_call_back_waits_for_it(anna, heard, talks):
    anna.share_contact("+37120000000")
    assert "neglabāju" in (await anna.see_one()).text
    assert heard() == []
    talks.requested_slot = "municipality"
    anna.share_contact("+37120000000")
    assert "neglabāju" in (await anna.see_one()).text
    talks.requested_slot = "callback_contact"
    anna.share_contact("37120000000")  # phones leave out the + at times
    await anna.see_one()
    (answer,) = heard()
    entities = json.loads(answer.removeprefix("/answer"))
    assert entities["slot"] == "callback_contact"
    assert "20000000" not in answer  # the dialogue sees a token alone
    assert vault().reveal(entities["value"]) == "+37120000000"


PICTURE = [{"file_id": "p", "file_unique_id": "p", "width": 90, "height": 90}]
FILE = {"file_id": "f", "file_unique_id": "f"}
STICKER = {**FILE, "type": "regular", "width": 9, "height": 9, "is_animated": False, "is_video": False}
OPTION = {"text": "Jā", "voter_count": 0, "persistent_id": "1"}
POLL = {
    "id": "1", "question": "Vai?", "options": [OPTION], "total_voter_count": 0, "is_closed": False,
    "is_anonymous": True, "type": "regular", "allows_multiple_answers": False, "allows_revoting": False,
    "members_only": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        ({"photo": PICTURE}, "Attēlus es nevaru izlasīt."),
        ({"document": {**FILE, "file_name": "lemums.pdf"}}, "Failus es nevaru izlasīt."),
        ({"voice": {**FILE, "duration": 2}}, "Balss ziņas es vēl nesaprotu."),
        ({"video_note": {**FILE, "length": 240, "duration": 2}}, "Video un mūziku"),
        ({"video": {**FILE, "width": 9, "height": 9, "duration": 2}}, "Video un mūziku"),
        ({"audio": {**FILE, "duration": 2}}, "Video un mūziku"),
        ({"sticker": STICKER}, "Paldies, jauki!"),
        ({"dice": {"emoji": "🎲", "value": 3}}, "Paldies, jauki!"),
        ({"text": "👍"}, "Paldies, jauki!"),
        ({"text": "❤️ 😀"}, "Paldies, jauki!"),
        (
            {"animation": {**FILE, "width": 9, "height": 9, "duration": 2}, "document": FILE},
            "Failus es nevaru izlasīt.",
        ),
        ({"poll": POLL}, "Aptaujās es nepiedalos."),
        ({"game": {"title": "G", "description": "g", "photo": PICTURE}}, "To es nesaprotu."),
        ({"story": {"id": 1, "chat": {"id": 5, "type": "private", "first_name": "B"}}}, "To es nesaprotu."),
    ],
)
async def test_what_can_not_be_read_gets_a_kind_answer_with_a_way_on(anna, heard, content, answer):
    anna.send(**content)
    shown = await anna.see_one()
    assert shown.text.startswith(answer)
    assert shown.titles[-2:] == ["☰ Izvēlne", "🙋 Cilvēks"]
    assert heard() == []
    await anna.see_nothing_more()


async def test_a_photo_leads_to_a_mediator(anna):
    anna.send(photo=PICTURE)
    shown = await anna.see_one()
    assert "/find_mediator" in [button["callback_data"] for button in shown.buttons]


async def test_the_words_beside_a_photo_are_answered(anna, heard):
    anna.send(photo=PICTURE, caption="atnāca vēstule no NVA")
    shown = await anna.see_one()
    assert shown.text.startswith("Attēlus es nevaru izlasīt.")
    assert shown.text.endswith("echo atnāca vēstule no NVA")
    assert heard() == ["atnāca vēstule no NVA"]


async def test_an_album_is_answered_once(anna):
    for _ in range(3):
        anna.send(photo=PICTURE, media_group_id="42")
    await anna.see_one()
    await anna.see_nothing_more()


async def test_notices_of_telegram_ask_for_no_answer(anna, api, heard):
    anna.send(message_auto_delete_timer_changed={"message_auto_delete_time": 86400})
    await anna.see_nothing_more()
    assert heard() == []


async def test_a_forwarded_message_is_read(anna, heard):
    anna.write("Jums jāierodas NVA", forward_origin={"type": "hidden_user", "date": 1, "sender_user_name": "Ieva"})
    shown = await anna.see_one()
    assert shown.text == "Es izlasīju ziņu, ko Jūs pārsūtījāt.\necho Jums jāierodas NVA"


async def test_a_changed_message_is_answered_as_new_and_that_is_said_once(anna, heard):
    update = anna.write("drbs")
    await anna.see_one()
    anna.edit(update, "darbs")
    assert (await anna.see_one()).text == "Jūs izlabojāt ziņu. Es atbildu uz jauno tekstu.\necho darbs"
    anna.edit(update, "darbs Ventspilī")
    assert (await anna.see_one()).text == "echo darbs Ventspilī"
    assert heard() == ["drbs", "darbs", "darbs Ventspilī"]


async def test_a_message_that_was_changed_into_a_command_is_one(anna, heard):
    update = anna.write("/meny")
    await anna.see_one()
    anna.edit(update, "/menu")
    assert (await anna.see_one()).text.endswith(f"echo {payload('start_over')}")
    anna.edit(update, '/inform{"municipality":"Rīga"}')
    assert (await anna.see_one()).text.startswith("Tādas komandas man nav.")
    anna.edit(update, "🆘 SOS")
    await anna.see_one()
    assert heard() == [payload("start_over"), payload("urgent_danger")]


async def test_a_text_that_is_too_long_is_read_as_far_as_it_goes(anna, heard):
    anna.write("ā" * 5000)
    shown = (await anna.see(2))[0]
    assert shown.text.startswith("Ziņa ir ļoti gara. Es izlasīju sākumu.")
    assert len(heard()[0]) == 4096


async def test_a_reply_that_is_too_long_is_sent_in_parts(anna, talks):
    talks.replies = lambda words: [Reply("vārds 😀 " * 900, [Button("💼 Darbs", "/ask_job_search")])]
    anna.write("garš")
    parts = await anna.see(2)
    assert parts[0].buttons == []
    assert parts[-1].titles[0] == "💼 Darbs"
    assert "".join(part.text for part in parts).count("vārds") == 900


async def test_what_a_person_reads_is_escaped(anna, talks):
    talks.replies = lambda words: [Reply('<b>1 < 2 & 3 > 2</b> "citāts"')]
    anna.write("html")
    assert (await anna.see_one()).text == '<b>1 < 2 & 3 > 2</b> "citāts"'


async def test_a_group_is_told_that_the_bot_talks_in_private(api, anna, heard):
    anna.write_in_group(-100500, "/start")
    anna.write_in_group(-100500, "sveiki visi")
    anna.write_in_group(-100500, "vēl kaut kas")
    anna.write_in_group(-100500, "/menu@other_bot")
    await asyncio.sleep(1)
    sent = api.sent("sendMessage", -100500)
    assert len(sent) == 2  # the command, and one of the rest
    assert "https://t.me/drom_test_bot" in sent[0].parameters["text"]
    assert heard() == []


async def test_a_group_that_the_bot_comes_into_is_told_once(api, anna, bot):
    api.groups.add(-100502)
    me, group = {"id": ME["id"], "is_bot": True, "first_name": "D"}, {"id": -100502, "type": "supergroup", "title": "G"}
    change = {"chat": group, "from": anna.user, "date": 1, "old_chat_member": {"user": me, "status": "left"}}
    api.push("my_chat_member", {**change, "new_chat_member": {"user": me, "status": "member"}})
    for came in (anna.user, me):
        api.push("message", {**anna.message(new_chat_members=[came]), "chat": group})
    await asyncio.sleep(0.7)
    assert len(api.sent("sendMessage", -100502)) == 1
    api.groups.add(-100503)
    api.push("message", {**anna.message(new_chat_members=[me]), "chat": {**group, "id": -100503}})
    await asyncio.sleep(0.7)
    assert len(api.sent("sendMessage", -100503)) == 1


async def test_a_group_with_topics_is_answered_in_the_topic(api, anna, bot):
    anna.write_in_group(-100501, "/start", message_thread_id=77, is_topic_message=True)
    await asyncio.sleep(0.5)
    assert [call.parameters["message_thread_id"] for call in api.sent("sendMessage", -100501)] == ["77"]


@pytest.mark.parametrize("is_clear", [True, False])
async def test_a_voice_message_is_heard_where_there_is_a_listener(api, talks, tmp_path, is_clear):
    class Ear:
        async def listen(self, audio, language):
            assert (audio, language) == (b"OggS", "lv")
            return Heard("nav naudas", is_clear)

    async with running(api, tmp_path, talks, listener=Ear(), limits=FAST):
        anna = Phone(api, 7003)
        anna.speak(b"OggS")
        shown = await anna.see_one()
    if is_clear:
        assert talks.everything == ["nav naudas"]
        assert shown.text == "Es sadzirdēju: „nav naudas”\necho nav naudas"
    else:
        assert shown.text.startswith("Es Jūs labi nesadzirdēju.")


async def test_a_recording_that_is_of_no_use_is_told_why(api, talks, tmp_path):
    class Ear:
        async def listen(self, audio, language):
            raise RecordingTooLong("40 s")

    async with running(api, tmp_path, talks, listener=Ear(), limits=FAST):
        anna = Phone(api, 7003)
        anna.speak(b"OggS")
        shown = await anna.see_one()
    assert shown.text == RecordingTooLong("40 s").explanation("lv")
    assert shown.titles == ["☰ Izvēlne", "🙋 Cilvēks"]


class Ear:
    """Hears how many bytes it was given."""

    async def listen(self, audio, language):
        return Heard(f"{len(audio)}", True)


async def test_a_recording_is_fetched_again_after_a_fault(api, talks, tmp_path):
    async with running(api, tmp_path, talks, listener=Ear(), limits=FAST):
        api.faults += [Fault("getFile", status=502), Fault("getFile", "drop")]
        anna = Phone(api, 7003)
        anna.speak(b"OggS")
        assert (await anna.see_one()).text == "Es sadzirdēju: „4”\necho 4"


@pytest.mark.parametrize(
    ("told", "recording", "error"),
    [
        ({"file_path": None}, b"OggS", ListeningFailed),
        ({"file_size": None}, b"OggS" + bytes(5_000_000), RecordingTooLarge),
    ],
)
async def test_what_telegram_does_not_tell_of_a_recording_is_found_out(
    api, talks, tmp_path, monkeypatch, told, recording, error
):
    whole = BotApi._get_file

    def get_file(self, parameters):
        answer = {**whole(self, parameters), **told}
        return {name: value for name, value in answer.items() if value is not None}

    monkeypatch.setattr(BotApi, "_get_file", get_file)
    async with running(api, tmp_path, talks, listener=Ear(), limits=FAST):
        anna = Phone(api, 7003)
        anna.speak(recording)
        assert (await anna.see_one()).text == error("").explanation("lv")


async def test_where_it_is_from_is_set_apart(api, anna, talks):
    source = "Avots: NVA & VSAA."
    talks.replies = lambda words: [Reply(f"Jā < nē\n{source}", source=source)]
    anna.write("kas")
    assert (await anna.see_one()).text == f"Jā < nē\n{source}"
    assert api.sent("sendMessage")[-1].parameters["text"] == "Jā &lt; nē\n<i>Avots: NVA &amp; VSAA.</i>"


async def test_an_office_is_shown_on_the_map_and_its_phone_as_a_contact(anna, talks):
    office = {"latitude": 57.39, "longitude": 21.56, "title": "NVA Ventspils", "address": "Saules iela 3"}
    contact = {"phone_number": "80200206", "first_name": "NVA"}
    buttons = [
        Button("📞 80200206", "tel:80200206"),
        Button("🗺 Karte", "https://www.google.com/maps/search/?api=1&query=NVA"),
    ]
    talks.replies = lambda words: [Reply("Te", buttons, location=office, contact=contact)]
    anna.write("kur")
    text, venue, phone = await anna.see(3)
    assert text.text == "Te\n📞 80200206"  # Telegram makes it callable; it has no buttons for that
    assert text.titles == ["🗺 Karte", "☰ Izvēlne", "🙋 Cilvēks"]
    assert venue.message["venue"]["address"] == "Saules iela 3"
    assert phone.message["contact"] == {"phone_number": "80200206", "first_name": "NVA"}


async def test_the_question_for_the_place_has_the_button_that_shares_it(anna, talks):
    talks.replies = lambda words: [Reply("Kur Jūs dzīvojat?", share_location=True)]
    anna.write("kur iet")
    shown = await anna.see_one()
    assert shown.markup["keyboard"][0][0]["request_location"] is True


async def test_the_question_for_a_number_has_a_button_that_shares_it_and_is_gone_after_it(anna, talks):
    question = Reply("Kā Jūs sasniegt?", [Button("💬 Rakstiet šeit", "/answer")], share_contact=True)
    talks.replies = lambda words: [question] if words == "zvaniet" else [Reply("Kad?")]
    anna.write("zvaniet")
    shown, hint = await anna.see(2)
    assert shown.titles == ["💬 Rakstiet šeit", "☰ Izvēlne", "🙋 Cilvēks"]
    assert hint.markup["keyboard"][0] == [{"text": "📱 Sūtīt manu numuru", "request_contact": True}]
    assert len(hint.keyboard_words) == 5
    talks.requested_slot = "callback_contact"
    anna.share_contact("+37120000000")
    shown, again = await anna.see(2)
    assert shown.text == "Kad?"
    assert again.keyboard_words == ["📍 Man tuvumā", "🆘 SOS", "☰ Izvēlne", "🙋 Cilvēks"]
    anna.write("rīt")
    await anna.see_one()
    await anna.see_nothing_more()


async def test_buttons_stand_two_in_a_row_at_most_and_long_ones_alone(anna, talks):
    titles = ["👣 Kā sākt?", "📄 Kādi papīri?", "💶 Cik maksā?", "🧸 Bērna pieskatīšana un dārziņš", "📍 Kur iet?"]
    talks.replies = lambda words: [
        Reply("?", [Button(title, f'/help{{"topic":"{n}"}}') for n, title in enumerate(titles)])
    ]
    anna.write("x")
    shown = await anna.see_one()
    assert [[button["text"] for button in row] for row in shown.rows] == [
        ["👣 Kā sākt?", "📄 Kādi papīri?"],
        ["💶 Cik maksā?"],
        ["🧸 Bērna pieskatīšana un dārziņš"],
        ["📍 Kur iet?"],
        ["☰ Izvēlne", "🙋 Cilvēks"],
    ]


async def test_a_slow_answer_shows_that_it_is_being_written(api, anna, talks):
    talks.delay_s = 1.2
    anna.write("lēni")
    await anna.see_one()
    assert [call.parameters["action"] for call in api.sent("sendChatAction")] == ["typing"]


async def test_an_answer_that_fails_is_an_apology_with_the_telephone(anna, talks):
    talks.failing = RuntimeError("broken")
    anna.write("kaut kas")
    shown = await anna.see_one()
    assert "80200206" in shown.text
    assert "112" in shown.text


async def test_links_have_no_previews(api, anna):
    anna.write("x")
    await anna.see_one()
    assert all('"is_disabled": true' in c.parameters["link_preview_options"] for c in api.sent("sendMessage"))


async def test_one_chat_is_answered_in_order_and_chats_side_by_side(api, bot, talks):
    talks.delay_s = 0.2
    phones = [Phone(api, 7100 + number) for number in range(8)]
    for turn in range(3):
        for phone in phones:
            phone.write(f"{turn}")
    for phone in phones:
        shown = await phone.see(4)
        assert [one.text for one in shown if one.text.startswith("echo")] == ["echo 0", "echo 1", "echo 2"]


async def test_inline_offers_cards_with_source_and_date(api, anna):
    offered = await anna.ask_inline("bērnu")
    childcare = {one["id"]: one for one in offered}["childcare_costs.lv"]
    assert "Avots:" in childcare["input_message_content"]["message_text"]
    assert childcare["reply_markup"]["inline_keyboard"][0][0]["url"] == (
        "https://t.me/drom_test_bot?start=childcare_costs"
    )
    anna.language_code = "ru"
    offered = await anna.ask_inline("долги")
    assert offered[0]["id"] == "debts.ru"
    assert await anna.ask_inline("")
    assert await anna.ask_inline("qqqqqq") == []


async def test_the_looks_of_the_bot_are_set_in_each_language(api, bot, anna):
    while ("menu_button", "") not in api.looks:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    for code in ("", "lv", "ru", "en"):
        names = [command["command"] for command in api.looks["commands", code]]
        assert names == ["start", "menu", "language", "mediator", "office", "listen", "privacy", "forget", "help"]
        for look in ("name", "description", "short_description"):
            assert api.looks[look, code]
    assert api.looks["commands", "ru"] != api.looks["commands", "lv"] == api.looks["commands", ""]


async def test_nothing_about_a_person_is_kept_once_they_are_answered(anna, bot, tmp_path):
    anna.write("mans noslēpums ir zaļš")
    await anna.see_one()
    anna.share_location(57.3937, 21.5647)
    await anna.see_one()
    await asyncio.sleep(0.3)
    await bot.stop()  # the last connection that closes empties the write-ahead log
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("telegram.db*"))
    for word in ("noslēpums", "Anna", "Bērziņa", "anna7001", "57.39"):
        assert word.encode() not in stored
