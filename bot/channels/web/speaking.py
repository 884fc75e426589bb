"""The voice on the page: what can be listened to, and what was said into the microphone.

The page asks for sound by the key of a reply that was said in its own talk; it can't send a text to
be spoken. A recording stays in memory until it is understood.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from sanic import response
from sanic.response import HTTPResponse

from bot.assistant.aloud import with_numbers
from bot.assistant.conversation import Conversation
from bot.assistant.messages import Button, Reply, Turn, payload
from bot.assistant.phrases import MENU, PERSON, permanent_buttons
from bot.channels.web.headers import HEADERS
from bot.languages import DEFAULT_LANGUAGE, as_language
from bot.nlu.language import resolve_language
from bot.texts import text
from bot.voice.codec import MIME, as_mp3
from bot.voice.errors import LanguageNotHeard, NoListener, VoiceError
from bot.voice.offers import OfferGone

logger = logging.getLogger(__name__)

MP3 = "audio/mpeg"
# The button of the page alone that says: you misheard me. The dialogue knows no such intent.
HEARD_WRONG = "/heard_wrong"


def shown_turn(context: Any, turn: Turn, owner: str, heard: str | None = None) -> dict[str, Any]:
    """Return a turn as the page takes it: each reply with the address of its sound.

    Args:
        context: the server's: ``offers`` and ``listener`` are looked for there; without them
            nothing is heard.
        turn: what was answered.
        owner: the pseudonym of the talk.
        heard: what was understood, where the person spoke; empty where nothing was.
    """
    language = as_language(turn.language) or DEFAULT_LANGUAGE
    speaks = bool(turn.slots.get("speak"))
    # What the channel says by itself the talk does not know: a number would choose other buttons.
    is_of_talk = turn.intent is not None
    offers, listener = getattr(context, "offers", None), getattr(context, "listener", None)
    replies = []
    for reply in turn.replies:
        if is_of_talk and (speaks or heard is not None):
            reply.buttons = with_numbers(reply.buttons)
        menu = reply.buttons if is_of_talk else ()
        key = offers.offer(owner, reply.text, language, menu) if offers and reply.text else None
        if heard and reply is turn.replies[-1]:
            last = [button for button in reply.buttons if button.payload in (MENU, PERSON)]
            wrong = Button(text("voice", "heard_wrong", language), HEARD_WRONG)
            reply.buttons = [button for button in reply.buttons if button not in last] + [wrong, *last]
        document = reply.as_dict()
        if key:
            document["audio"] = {"url": f"/chat/audio/{key}"}
        replies.append(document)
    answer = {
        "language": turn.language,
        "replies": replies,
        "speak": speaks or heard is not None,
        "always": speaks,
        "listens": bool(listener and listener.can_hear),
    }
    if heard is not None:
        answer["heard"] = heard
    return answer


async def spoken_turn(context: Any, conversation: Conversation, recording: bytes) -> dict[str, Any]:
    """Return the answer to what a person said into the microphone; it is kind also where nothing was heard."""
    language = resolve_language(None, await conversation.context())
    try:
        heard = await context.listener.listen(recording, language)
        words = heard.text.strip() if heard.is_clear else ""
        if words:
            turn = await conversation.say(words)
            return shown_turn(context, turn, conversation.sender_id, heard=words)
        explanation = text("voice", "nothing_heard", language)
    except VoiceError as error:
        logger.info("A recording could not be understood (%s).", type(error).__name__)
        explanation = error.explanation(language)
        if isinstance(error, (NoListener, LanguageNotHeard)):
            turn = await conversation.tap(payload("help"))
            turn.replies[0].text = explanation
            return shown_turn(context, turn, conversation.sender_id, heard="")
    reply = Reply(explanation, permanent_buttons(language))
    turn = Turn(language=language, replies=[reply], slots={"speak": (await conversation.context()).speaks})
    return shown_turn(context, turn, conversation.sender_id, heard="")


async def misheard(conversation: Conversation) -> Turn:
    """Return the answer to the tap that says: you misheard me."""
    context = await conversation.context()
    language = resolve_language(None, context)
    reply = Reply(text("voice", "say_again", language), permanent_buttons(language))
    return Turn(language=language, replies=[reply], slots={"speak": context.speaks})


async def sound(context: Any, key: str, owner: str, kind: str | None) -> HTTPResponse:
    """Return the sound of a reply: OGG with Opus, or MP3 where the browser can't play that."""
    try:
        clip = await context.offers.listen(key, owner)
    except OfferGone:
        return response.json({"error": "this is not here any more"}, status=404, headers=HEADERS)
    except VoiceError as error:
        logger.warning("A reply could not be spoken (%s).", type(error).__name__)
        return response.json({"error": "it can't be spoken now"}, status=503, headers=HEADERS)
    data, mime = clip.data, MIME
    if kind == "mp3":
        data, mime = await asyncio.to_thread(as_mp3, clip.data), MP3
    return response.raw(data, content_type=mime, headers={**HEADERS, "Cache-Control": "private, max-age=600"})
