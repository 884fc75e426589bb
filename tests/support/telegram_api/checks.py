"""What Telegram accepts, method by method."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any


class Refused(Exception):
    """Telegram's refusal of a call: an HTTP status and a description."""

    def __init__(self, description: str, status: int = 400):
        super().__init__(description)
        self.description = description
        self.status = status


# Parameters of each method that is known: required ones, then optional ones.
MARKUP = "reply_markup"
SENDING = "message_thread_id disable_notification protect_content reply_parameters message_effect_id reply_markup"
METHODS: dict[str, tuple[str, str]] = {
    "getMe": ("", ""),
    "getUpdates": ("", "offset limit timeout allowed_updates"),
    "setWebhook": ("url", "certificate ip_address max_connections allowed_updates drop_pending_updates secret_token"),
    "deleteWebhook": ("", "drop_pending_updates"),
    "getWebhookInfo": ("", ""),
    "sendMessage": ("chat_id text", f"parse_mode entities link_preview_options {SENDING}"),
    "editMessageText": (
        "text",
        "chat_id message_id inline_message_id parse_mode entities link_preview_options reply_markup",
    ),
    "sendVenue": (
        "chat_id latitude longitude title address",
        f"foursquare_id foursquare_type google_place_id google_place_type {SENDING}",
    ),
    "sendContact": ("chat_id phone_number first_name", f"last_name vcard {SENDING}"),
    "sendVoice": ("chat_id voice", f"caption parse_mode caption_entities duration {SENDING}"),
    "sendChatAction": ("chat_id action", "message_thread_id"),
    "answerCallbackQuery": ("callback_query_id", "text show_alert url cache_time"),
    "answerInlineQuery": ("inline_query_id results", "cache_time is_personal next_offset button"),
    "getFile": ("file_id", ""),
    "setMyCommands": ("commands", "scope language_code"),
    "getMyCommands": ("", "scope language_code"),
    "setMyName": ("", "name language_code"),
    "getMyName": ("", "language_code"),
    "setMyDescription": ("", "description language_code"),
    "getMyDescription": ("", "language_code"),
    "setMyShortDescription": ("", "short_description language_code"),
    "getMyShortDescription": ("", "language_code"),
    "setChatMenuButton": ("", "chat_id menu_button"),
}
MESSAGES = ("sendMessage", "sendVenue", "sendContact", "sendVoice")
UPDATE_TYPES = {
    "message", "edited_message", "channel_post", "edited_channel_post", "callback_query", "inline_query",
    "chosen_inline_result", "my_chat_member", "chat_member", "poll", "poll_answer", "message_reaction",
}  # fmt: skip
ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip
TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "tg-spoiler", "blockquote"}


def check_names(method: str, parameters: dict[str, str]) -> None:
    """Refuse a call without a required parameter, or with one that the method does not have."""
    required, optional = (names.split() for names in METHODS[method])
    for name in required:
        if parameters.get(name) in (None, ""):
            raise Refused(f"Bad Request: {name} is empty")
    unknown = set(parameters) - set(required) - set(optional)
    if unknown:
        raise Refused(f"Bad Request: {method} has no {', '.join(sorted(unknown))}")


def check_message(method: str, parameters: dict[str, str]) -> str:
    """Check a message that is sent; return what a person reads of it."""
    if MARKUP in parameters:
        check_markup(as_json(parameters, MARKUP))
    if method == "sendMessage":
        if "link_preview_options" in parameters:
            as_json(parameters, "link_preview_options")
        return check_text(parameters["text"], parameters.get("parse_mode"), 4096)
    if method == "sendVenue":
        check_position(parameters)
        return f"{parameters['title']}\n{parameters['address']}"
    if method == "sendContact":
        if not re.fullmatch(r"\+?[\d ()-]{2,20}", parameters["phone_number"]):
            raise Refused("Bad Request: phone number invalid")
        return parameters["phone_number"]
    return check_text(parameters.get("caption", ""), parameters.get("parse_mode"), 1024, may_be_empty=True)


def check_position(parameters: dict[str, str]) -> None:
    """Refuse what does not lie on the Earth."""
    try:
        latitude, longitude = float(parameters["latitude"]), float(parameters["longitude"])
    except ValueError as error:
        raise Refused("Bad Request: wrong coordinates") from error
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise Refused("Bad Request: wrong coordinates")


def check_text(text: str, parse_mode: str | None, limit: int, may_be_empty: bool = False) -> str:
    """Check a text; return it without its markup."""
    if parse_mode == "HTML":
        text = _without_html(text)
    elif parse_mode not in (None, ""):
        raise Refused("Bad Request: unsupported parse_mode")
    if not text.strip() and not may_be_empty:
        raise Refused("Bad Request: message text is empty")
    if len(text.encode("utf-16-le")) // 2 > limit:
        raise Refused("Bad Request: message is too long")
    return text


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.text = ""
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            raise Refused(f'Bad Request: can\'t parse entities: Unsupported start tag "{tag}"')
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise Refused(f'Bad Request: can\'t parse entities: Unexpected end tag "{tag}"')

    def handle_data(self, data: str) -> None:
        if "<" in data:
            raise Refused("Bad Request: can't parse entities: Unsupported start tag")
        self.text += data

    def handle_entityref(self, name: str) -> None:
        known = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
        self.text += known.get(name, f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.text += chr(int(name[1:], 16) if name.startswith("x") else int(name))


def _without_html(text: str) -> str:
    parser = _Html()
    parser.feed(text)
    parser.close()
    if parser.open:
        raise Refused(f"Bad Request: can't parse entities: Can't find end tag \"{parser.open[-1]}\"")
    return parser.text


def as_json(parameters: dict[str, str], name: str) -> Any:
    """Return a parameter that is a JSON document."""
    try:
        return json.loads(parameters[name])
    except ValueError as error:
        raise Refused(f"Bad Request: can't parse {name} JSON object") from error


def check_markup(markup: Any) -> None:
    """Check the buttons under a message, or a keyboard."""
    if not isinstance(markup, dict):
        raise Refused("Bad Request: object expected as reply markup")
    if "inline_keyboard" in markup:
        _check_inline(markup)
    elif "keyboard" in markup:
        _check_keyboard(markup)
    elif not (markup.get("remove_keyboard") or markup.get("force_reply")):
        raise Refused("Bad Request: can't parse reply keyboard markup")


def _check_inline(markup: dict[str, Any]) -> None:
    if set(markup) != {"inline_keyboard"}:
        raise Refused("Bad Request: an inline keyboard has nothing else")
    count = 0
    for row in markup["inline_keyboard"]:
        if len(row) > 8:
            raise Refused("Bad Request: too many buttons in a row")
        for button in row:
            count += 1
            if not button.get("text"):
                raise Refused("Bad Request: text buttons are unallowed in the inline keyboard")
            kinds = set(button) - {"text"}
            if len(kinds) != 1:
                raise Refused("Bad Request: exactly one field must be used in a button")
            if "callback_data" in kinds and not 1 <= len(button["callback_data"].encode()) <= 64:
                raise Refused("Bad Request: BUTTON_DATA_INVALID")
            if "url" in kinds and not re.match(r"(https?|tg)://[^\s/]+", button["url"]):
                raise Refused(f"Bad Request: inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    if count > 100:
        raise Refused("Bad Request: REPLY_MARKUP_TOO_LONG")


def _check_keyboard(markup: dict[str, Any]) -> None:
    allowed = {
        "keyboard", "is_persistent", "resize_keyboard", "one_time_keyboard", "input_field_placeholder", "selective",
    }  # fmt: skip
    if set(markup) - allowed:
        raise Refused(f"Bad Request: a keyboard has no {sorted(set(markup) - allowed)}")
    if not markup["keyboard"]:
        raise Refused("Bad Request: reply keyboard is empty")
    if not len(markup.get("input_field_placeholder", "x")) <= 64:
        raise Refused("Bad Request: input field placeholder is too long")
    for row in markup["keyboard"]:
        if len(row) > 12:
            raise Refused("Bad Request: too many buttons in a row")
        for button in row:
            if not isinstance(button, str) and not button.get("text"):
                raise Refused("Bad Request: a button needs a text")


def check_inline_results(results: Any) -> None:
    """Check what is offered for an inline query."""
    if not isinstance(results, list) or len(results) > 50:
        raise Refused("Bad Request: RESULTS_TOO_MUCH")
    ids = [result.get("id", "") for result in results]
    if len(set(ids)) != len(ids) or not all(1 <= len(one.encode()) <= 64 for one in ids):
        raise Refused("Bad Request: RESULT_ID_DUPLICATE or RESULT_ID_INVALID")
    for result in results:
        if result.get("type") != "article" or not result.get("title"):
            raise Refused("Bad Request: an article needs a title")
        content = result.get("input_message_content") or {}
        check_text(content.get("message_text", ""), content.get("parse_mode"), 4096)
        if result.get("reply_markup"):
            check_markup(result["reply_markup"])


def check_commands(commands: Any) -> None:
    """Check the list of commands."""
    if not isinstance(commands, list) or len(commands) > 100:
        raise Refused("Bad Request: BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command.get("command", "")):
            raise Refused("Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(command.get("description", "")) <= 256:
            raise Refused("Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")


def check_language_code(parameters: dict[str, str]) -> str:
    """Return the language code of a call about the bot's looks: two letters, or empty for all others."""
    code = parameters.get("language_code", "")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise Refused("Bad Request: LANG_CODE_INVALID")
    return code


def check_length(parameters: dict[str, str], name: str, limit: int) -> str:
    """Return a text about the bot that is not too long."""
    value = parameters.get(name, "")
    if len(value) > limit:
        raise Refused(f"Bad Request: {name.upper()}_INVALID")
    return value
