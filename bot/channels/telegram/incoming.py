"""What a person sent, reduced to what is needed to answer it.

An update of Telegram holds names, usernames and coordinates. None of them is kept: what is stored
until the answer is sent is made here, and a position is a municipality from here on.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from dataclasses import asdict, dataclass, replace
from typing import Any

from telegram import MaybeInaccessibleMessage, Message, Update
from telegram.constants import ChatType
from telegram.ext import filters

from bot.assistant.messages import payload
from bot.assistant.position import position_payload
from bot.channels.telegram.keyboards import label_payload
from bot.channels.telegram.requests import UNREAD
from bot.errors import describe

logger = logging.getLogger(__name__)

MAX_TEXT = 4096
MAX_ONCE_PER_GROUP_S = 600.0
SAME_TAP_S = 3.0
ALBUM_S = 60.0

COMMANDS = {
    "menu": payload("start_over"),
    "restart": payload("start_over"),
    "language": payload("change_language"),
    "mediator": payload("find_mediator"),
    "office": payload("find_office"),
    "privacy": payload("ask_privacy"),
    "forget": payload("forget_me"),
    "help": payload("help"),
    "listen": payload("change_voice"),
}
_NOTICE = filters.StatusUpdate.ALL
_COMMAND = re.compile(r"/(?P<name>[A-Za-z0-9_]{1,32})(?:@(?P<bot>\w+))?(?:\s+(?P<rest>.*))?", re.DOTALL)

# What each attachment of a message is answered with, by the names of data/texts/telegram.yml.
ATTACHMENTS = {
    "photo": "photo",
    "document": "document",
    "video_note": "video",
    "video": "video",
    "audio": "video",
    "animation": "sticker",
    "sticker": "sticker",
    "dice": "sticker",
    "poll": "poll",
    "game": "other",
    "story": "other",
    "paid_media": "other",
    "invoice": "other",
    "web_app_data": "other",
    "users_shared": "other",
    "chat_shared": "other",
    "checklist": "other",
    "giveaway": "other",
}


@dataclass(frozen=True)
class Incoming:
    """One thing that a person did.

    Attributes:
        kind: ``text``, ``payload``, ``tap``, ``start``, ``command``, ``contact``, ``voice``, ``group``,
            ``blocked``, or the name of a text in ``telegram.yml`` that answers it.
        chat_id: where to answer.
        language_code: the language of the person's Telegram.
        text: typed words; for ``tap`` the data of the button, for ``start`` its parameter, for
            ``command`` its name and what stands after it, for ``contact`` the number.
        notes: names of texts that are said before the answer.
        file_id: the recording of ``voice``.
        once: what is answered once together, as Telegram's ids; None: it stands alone.
        window_s: for how long another of the same ``once`` is no new message; None: it is, but its
            notes were said already.
        callback_id: the tap that Telegram waits to have confirmed.
        shown: for ``tap`` the text of our message that has the button, where Telegram still knows it.
        titles: for ``tap`` the words on that message's buttons.
        thread_id: for ``group`` the topic in which to answer; None: the group has none.
    """

    update_id: int
    kind: str
    chat_id: int
    language_code: str | None = None
    text: str = ""
    notes: tuple[str, ...] = ()
    file_id: str | None = None
    once: str | None = None
    window_s: float | None = None
    callback_id: str | None = None
    shown: str = ""
    titles: tuple[str, ...] = ()
    thread_id: int | None = None

    def __post_init__(self) -> None:
        """Take texts and numbers alone: PTB hands on whatever stands in a field of the update.

        Raises:
            TypeError: a field is something else.
        """
        texts = (self.text, self.shown, *self.titles)
        names = (self.language_code, self.file_id, self.callback_id)
        is_right = all(isinstance(value, str) for value in texts)
        is_right &= isinstance(self.chat_id, int) and isinstance(self.thread_id, (int, type(None)))
        if not (is_right and all(isinstance(value, (str, type(None))) for value in names)):
            raise TypeError("an update has a field that is no text")

    def as_body(self) -> dict[str, Any]:
        """Return what is stored until the answer is sent."""
        kept = asdict(self)
        for name in ("update_id", "once", "window_s", "callback_id"):
            del kept[name]
        return kept

    @classmethod
    def from_body(cls, update_id: int, body: dict[str, Any]) -> Incoming:
        """Read back what :meth:`as_body` made."""
        lists = {name: tuple(body.get(name) or ()) for name in ("notes", "titles")}
        return cls(update_id=update_id, **{**body, **lists})


def read_update(update: Update, bot_name: str | None, bot_id: int) -> Incoming | None:
    """Return what an update means; None for one that asks for no answer.

    Args:
        update: the update.
        bot_name: the bot's username, None while it is not known.
        bot_id: the bot's own id.
    """
    if update.callback_query:
        return _read_tap(update)
    if update.my_chat_member:
        return _read_membership(update)
    message = update.message or update.edited_message
    if message is None or (message.from_user and message.from_user.id == bot_id):
        return None
    if message.chat.type != ChatType.PRIVATE:
        return _read_group_message(update, message, bot_name, bot_id)
    if update.edited_message:
        return _read_edited(update, message)
    return _read_message(update, message)


def understand(update: Update, bot_name: str | None, bot_id: int) -> Incoming | None:
    """Return what an update means (see :func:`read_update`), also where reading it fails: then that it was not read.

    One message must not keep the others back, nor stay without an answer.
    """
    try:
        return read_update(update, bot_name, bot_id)
    except Exception as error:
        logger.error("An update can't be understood: %s", describe(error))
        return _not_understood(update)


def _not_understood(update: Update) -> Incoming | None:
    """What is answered where reading an update failed: something, as long as there is a private chat."""
    chat = update.effective_chat
    if chat is None or chat.type != ChatType.PRIVATE or not isinstance(chat.id, int):
        return None
    code = update.effective_user.language_code if update.effective_user else None
    return Incoming(update.update_id, "other", chat.id, code if isinstance(code, str) else None)


def _read_tap(update: Update) -> Incoming | None:
    query = update.callback_query
    assert query is not None
    if query.message is None or query.data is None:
        return None  # a button of an inline message or a game; ours have neither
    chat = query.message.chat
    if chat.type != ChatType.PRIVATE:
        return Incoming(update.update_id, "group", chat.id, query.from_user.language_code, callback_id=query.id)
    return Incoming(
        update.update_id,
        "tap",
        chat.id,
        query.from_user.language_code,
        text=query.data,
        once=f"tap/{chat.id}/{query.message.message_id}/{query.data}",
        window_s=SAME_TAP_S,
        callback_id=query.id,
        shown=_shown_text(query.message),
        titles=_shown_titles(query.message),
    )


def _shown_text(message: MaybeInaccessibleMessage) -> str:
    return (message.text or message.caption or "") if isinstance(message, Message) else ""


def _shown_titles(message: MaybeInaccessibleMessage) -> tuple[str, ...]:
    markup = message.reply_markup if isinstance(message, Message) else None
    buttons = [button for row in markup.inline_keyboard for button in row] if markup else []
    return tuple(button.text for button in buttons if button.callback_data is not None)


def _read_membership(update: Update) -> Incoming | None:
    change = update.my_chat_member
    assert change is not None
    if change.chat.type == ChatType.PRIVATE:
        is_blocked = change.new_chat_member.status in ("kicked", "left")
        return Incoming(update.update_id, "blocked", change.chat.id) if is_blocked else None
    was_in = change.old_chat_member.status not in ("left", "kicked")
    is_in = change.new_chat_member.status in ("member", "administrator")
    if was_in or not is_in or change.chat.type == ChatType.CHANNEL:
        return None
    return _group(update, change.chat.id, change.from_user.language_code)


def _read_group_message(update: Update, message: Message, bot_name: str | None, bot_id: int) -> Incoming | None:
    if message.chat.type == ChatType.CHANNEL or update.edited_message or message.sender_chat:
        return None
    language_code = message.from_user.language_code if message.from_user else None
    if any(member.id == bot_id for member in message.new_chat_members):
        return _group(update, message.chat.id, language_code)
    if not message.text and not message.effective_attachment:
        return None  # somebody else came, somebody left, or changed the title
    text = message.text or message.caption or ""
    answered = message.reply_to_message
    is_for_us = (
        text.startswith("/")
        or bool(bot_name and f"@{bot_name}".lower() in text.lower())
        or bool(answered and answered.from_user and answered.from_user.id == bot_id)
    )
    command = _COMMAND.fullmatch(text)
    if command and command["bot"] and bot_name and command["bot"].lower() != bot_name.lower():
        return None  # a command for another bot
    if is_for_us:
        thread_id = message.message_thread_id if message.is_topic_message else None
        return Incoming(update.update_id, "group", message.chat.id, language_code, thread_id=thread_id)
    return _group(update, message.chat.id, language_code)


def _group(update: Update, chat_id: int, language_code: str | None) -> Incoming:
    """What is said once in a while in a group, however much its members write."""
    return Incoming(
        update.update_id, "group", chat_id, language_code, once=f"group/{chat_id}", window_s=MAX_ONCE_PER_GROUP_S
    )


def _read_edited(update: Update, message: Message) -> Incoming | None:
    text = message.text or message.caption
    if not text or message.location:
        return None  # a shared position that moves, or a changed picture
    as_new = _read_text(update, message, text)
    once = f"edited/{message.chat.id}/{message.message_id}"
    return replace(as_new, notes=("edited", *as_new.notes), once=once)


def _read_message(update: Update, message: Message) -> Incoming | None:
    chat_id, code = message.chat.id, _language_code(message)
    if message.text:
        return _read_text(update, message, message.text)
    position = message.location or (message.venue and message.venue.location)
    if position:
        return Incoming(
            update.update_id, "payload", chat_id, code, text=position_payload(position.latitude, position.longitude)
        )
    if message.contact:
        return Incoming(update.update_id, "contact", chat_id, code, text=message.contact.phone_number)
    if message.voice:
        return Incoming(update.update_id, "voice", chat_id, code, file_id=message.voice.file_id)
    unread = message.api_kwargs.get(UNREAD) or ()
    kind = next((key for name, key in ATTACHMENTS.items() if getattr(message, name, None) or name in unread), None)
    if kind is None:
        return Incoming(update.update_id, "other", chat_id, code) if _says_something(update, message) else None
    album = message.media_group_id
    caption = message.caption or ""
    return Incoming(
        update.update_id,
        # The words beside a picture are a question like any other; the picture can't be read.
        "text" if caption else kind,
        chat_id,
        code,
        text=_cut(caption),
        notes=(kind,) if caption else (),
        once=f"album/{chat_id}/{album}" if album else None,
        window_s=ALBUM_S if album else None,
    )


def _read_text(update: Update, message: Message, text: str) -> Incoming:
    chat_id, code = message.chat.id, _language_code(message)
    if text.startswith("/"):
        kind, text = _read_command(text)
        return Incoming(update.update_id, kind, chat_id, code, text=text)
    tapped = label_payload(text)
    if tapped:
        return Incoming(update.update_id, "payload", chat_id, code, text=tapped)
    if _is_only_emoji(text):
        return Incoming(update.update_id, "sticker", chat_id, code)
    notes = ("forwarded",) if message.forward_origin else ()
    return Incoming(update.update_id, "text", chat_id, code, text=_cut(text), notes=(*notes, *_notes_on(text)))


def _read_command(text: str) -> tuple[str, str]:
    """Return the kind and the text of a command. What is no command at all never reaches the dialogue."""
    match = _COMMAND.fullmatch(text)
    if not match:
        return "unknown_command", ""
    name, rest = match["name"].lower(), (match["rest"] or "").strip()
    return ("start", rest) if name == "start" else ("command", f"{name} {rest}".strip())


def _language_code(message: Message) -> str | None:
    return message.from_user.language_code if message.from_user else None


def _cut(text: str) -> str:
    return text[:MAX_TEXT]


def _notes_on(text: str) -> tuple[str, ...]:
    return ("too_long",) if len(text) > MAX_TEXT else ()


def _is_only_emoji(text: str) -> bool:
    """Whether a text is pictures alone; Telegram shows a single one animated."""
    categories = [unicodedata.category(character) for character in text if not character.isspace()]
    return "So" in categories and not any(category[0] in "LN" for category in categories)


def _says_something(update: Update, message: Message) -> bool:
    """Whether a message without text and known attachments is a person's, not a notice of Telegram's.

    What only a newer Telegram knows is taken for a person's: silence would be worse than a kind word.
    """
    if message.effective_attachment is not None:
        return True
    return bool(message.api_kwargs) and not _NOTICE.check_update(update)
