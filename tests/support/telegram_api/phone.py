"""A person's phone: what it shows, and what can be done on it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass, field
from typing import Any

from tests.support.telegram_api.server import ME, BotApi


@dataclass
class Shown:
    """A message of the bot on the screen."""

    method: str
    message: dict[str, Any]
    markup: dict[str, Any]
    at: float

    @property
    def id(self) -> int:
        """Its number."""
        return int(self.message["message_id"])

    @property
    def text(self) -> str:
        """What is read."""
        return str(self.message.get("text", ""))

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """The buttons under it."""
        return [button for row in self.rows for button in row]

    @property
    def rows(self) -> list[list[dict[str, Any]]]:
        """The rows of buttons under it."""
        return list(self.markup.get("inline_keyboard", []))

    @property
    def titles(self) -> list[str]:
        """The words on its buttons."""
        return [button["text"] for button in self.buttons]

    @property
    def keyboard_words(self) -> list[str]:
        """The words on the keyboard that it brought."""
        return [button["text"] for row in self.markup.get("keyboard", []) for button in row]


class NotOnScreen(AssertionError):
    """A button was to be tapped that the phone does not show."""


@dataclass
class Phone:
    """A person with a phone.

    Attributes:
        api: Telegram.
        id: the person's id, and that of their private chat with the bot.
        language_code: the language of the phone.
        screen: what the bot sent, in order.
        keyboard: the keyboard in place of the letters, as last sent.
    """

    api: BotApi
    id: int
    language_code: str | None = "lv"
    screen: list[Shown] = field(default_factory=list)
    keyboard: dict[str, Any] = field(default_factory=dict)
    has_written: bool = False
    has_blocked: bool = False

    def __post_init__(self) -> None:
        self.api.phones[self.id] = self
        self._changed = asyncio.Event()
        self._read = 0

    @property
    def user(self) -> dict[str, Any]:
        """The person, as Telegram tells of them."""
        user = {
            "id": self.id,
            "is_bot": False,
            "first_name": "Anna",
            "last_name": "Bērziņa",
            "username": f"anna{self.id}",
        }
        return {**user, "language_code": self.language_code} if self.language_code else user

    @property
    def chat(self) -> dict[str, Any]:
        """The private chat with the bot."""
        return {"id": self.id, "type": "private", "first_name": "Anna", "username": f"anna{self.id}"}

    # What a person can do.

    def send(self, **content: Any) -> dict[str, Any]:
        """Send a message of any kind; return the update."""
        self.has_written = True
        return self.api.push("message", self.message(**content))

    def message(self, **content: Any) -> dict[str, Any]:
        """Make a message of this person's."""
        number = next(self.api.message_ids)
        return {"message_id": number, "date": int(time.time()), "from": self.user, "chat": self.chat, **content}

    def write(self, text: str, **more: Any) -> dict[str, Any]:
        """Write a text."""
        return self.send(text=text, **_entities(text), **more)

    def edit(self, update: dict[str, Any], text: str) -> dict[str, Any]:
        """Change a message that was sent."""
        message = {**update["message"], "text": text, "edit_date": int(time.time())}
        return self.api.push("edited_message", message)

    def share_location(self, latitude: float, longitude: float, **more: Any) -> dict[str, Any]:
        """Share a position."""
        return self.send(location={"latitude": latitude, "longitude": longitude}, **more)

    def share_contact(self, phone_number: str) -> dict[str, Any]:
        """Share the own number."""
        return self.send(contact={"phone_number": phone_number, "first_name": "Anna", "user_id": self.id})

    def speak(self, recording: bytes) -> dict[str, Any]:
        """Send a voice message."""
        file_id = f"voice{len(self.api.files)}"
        self.api.files[file_id] = recording
        voice = {"file_id": file_id, "file_unique_id": f"u{file_id}", "duration": 3, "mime_type": "audio/ogg"}
        return self.send(voice={**voice, "file_size": len(recording)})

    def tap(self, title: str, shown: Shown | None = None) -> dict[str, Any]:
        """Tap a button under a message on the screen (the last one that has it) by its words or data."""
        for one in [shown] if shown else reversed(self.screen):
            for button in one.buttons:
                if "callback_data" in button and title in (button["text"], button["callback_data"]):
                    return self.tap_data(one, button["callback_data"])
        raise NotOnScreen(f"{title!r} is not on the screen")

    def tap_data(self, shown: Shown, data: str) -> dict[str, Any]:
        """Send the data of a button of a message, as a changed client could, whatever the button says."""
        query_id = str(next(self.api.query_ids))
        self.api.open_callbacks[query_id] = self.id
        query = {"id": query_id, "from": self.user, "chat_instance": "1", "message": shown.message, "data": data}
        return self.api.push("callback_query", query)

    def press(self, words: str) -> dict[str, Any]:
        """Press a button of the keyboard. One that shares the position can't be pressed so."""
        for row in self.keyboard.get("keyboard", []):
            for button in row:
                if button["text"] == words and not button.get("request_location"):
                    return self.write(words)
        raise NotOnScreen(f"{words!r} is not on the keyboard")

    def block(self) -> None:
        """Block the bot."""
        self.has_blocked = True
        self._membership("member", "kicked")

    def unblock(self) -> None:
        """Let the bot write again."""
        self.has_blocked = False
        self._membership("kicked", "member")

    def _membership(self, old: str, new: str) -> None:
        def member(status: str) -> dict[str, Any]:
            user = {"id": ME["id"], "is_bot": True, "first_name": "Drom", "username": ME["username"]}
            return {"user": user, "status": status, **({"until_date": 0} if status == "kicked" else {})}

        change = {"chat": self.chat, "from": self.user, "date": int(time.time())}
        self.api.push("my_chat_member", {**change, "old_chat_member": member(old), "new_chat_member": member(new)})

    def write_in_group(self, chat_id: int, text: str, **more: Any) -> dict[str, Any]:
        """Write in a group that the bot is in."""
        self.api.groups.add(chat_id)
        group = {"id": chat_id, "type": "supergroup", "title": "Romi Ventspilī"}
        return self.api.push("message", self.message(text=text, **_entities(text), **more) | {"chat": group})

    async def ask_inline(self, query: str, within: float = 10.0) -> list[dict[str, Any]]:
        """Type ``@bot query`` in another chat; return what is offered."""
        query_id = str(next(self.api.query_ids))
        self.api.open_inline[query_id] = asyncio.get_running_loop().create_future()
        waiting = self.api.open_inline[query_id]
        self.api.push("inline_query", {"id": query_id, "from": self.user, "query": query, "offset": ""})
        return list(await asyncio.wait_for(waiting, within))

    # What a person sees.

    def show(self, method: str, message: dict[str, Any], markup: dict[str, Any]) -> None:
        """Show a message of the bot."""
        self.screen.append(Shown(method, message, markup, time.monotonic()))
        if "keyboard" in markup:
            self.keyboard = markup
        self._changed.set()

    def change(self, shown: Shown, words: str, markup: dict[str, Any]) -> None:
        """Show a message of the bot as the bot changed it; nothing rings."""
        shown.message = {**shown.message, "text": words}
        shown.message.pop("reply_markup", None)
        shown.markup = markup
        if "inline_keyboard" in markup:
            shown.message["reply_markup"] = markup
        self._changed.set()

    async def changes(self, until: float) -> None:
        """Wait for the next change of the screen, but only until a time of ``time.monotonic()``."""
        self._changed.clear()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._changed.wait(), max(0.0, until - time.monotonic()))

    async def see_change(self, shown: Shown, words: str, within: float = 20.0) -> Shown:
        """Wait until a message on the screen has these words in it."""
        ends = time.monotonic() + within
        while words not in shown.text:
            if time.monotonic() > ends:
                raise AssertionError(f"{words!r} was expected within {within} s, but the message is {shown.text!r}")
            await self.changes(ends)
        return shown

    async def see(self, count: int = 1, within: float = 20.0) -> list[Shown]:
        """Wait for so many more messages, and return them."""
        ends = time.monotonic() + within
        while len(self.screen) < self._read + count:
            if time.monotonic() > ends:
                new = [one.text for one in self.screen[self._read :]]
                raise AssertionError(f"{count} messages were expected within {within} s, but there is only {new}")
            await self.changes(ends)
        new_messages = self.screen[self._read : self._read + count]
        self._read += count
        return new_messages

    async def see_one(self, within: float = 20.0) -> Shown:
        """Wait for one more message, and return it."""
        return (await self.see(1, within))[0]

    async def see_nothing_more(self, for_s: float = 0.7) -> None:
        """Make sure that nothing more comes for a while."""
        await asyncio.sleep(for_s)
        new = [one.text or one.method for one in self.screen[self._read :]]
        assert not new, f"nothing more was expected, but there is {new}"

    def read_all(self) -> None:
        """Take everything on the screen as seen."""
        self._read = len(self.screen)


def _entities(text: str) -> dict[str, Any]:
    """Return the entities that Telegram finds in a text: only the command at its beginning."""
    if not text.startswith("/") or len(text) < 2:
        return {}
    return {"entities": [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]}
