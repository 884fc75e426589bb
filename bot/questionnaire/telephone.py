"""Reading a telephone number out of an answer."""

from __future__ import annotations

import re

from bot.assistant.messages import payload
from bot.questionnaire.vault import vault

LATVIA = "+371"
CONTACT_SLOT = "callback_contact"  # what is waited for when a shared number is an answer
_RUN = re.compile(r"(?:\+|\b00)?\d[\d\s().\-/]{5,}\d")
_PERSONAL_CODE = re.compile(r"\b\d{6}\s?-\s?\d{5}\b")


def read_telephone(text: str) -> str | None:
    """Return the number that a message gives, as ``+37120000000``; None where there is none or more than one.

    Latvian numbers have eight digits and begin with 2 (mobile) or 6 (land line); numbers of other
    countries are taken with their + or 00 (E.164: at most 15 digits). A personal code is no number.
    """
    if _PERSONAL_CODE.search(text):
        return None
    found = {number for run in _RUN.findall(text) if (number := _standard(run))}
    return found.pop() if len(found) == 1 else None


def _standard(run: str) -> str | None:
    digits = re.sub(r"\D", "", run)
    is_international = run.startswith(("+", "00"))
    if run.startswith("00"):
        digits = digits[2:]
    if is_international and not digits.startswith("371"):
        return f"+{digits}" if 8 <= len(digits) <= 15 else None
    local = digits.removeprefix("371") if len(digits) == 11 else digits
    return f"{LATVIA}{local}" if re.fullmatch(r"[26]\d{7}", local) else None


def contact_payload(number: str) -> str:
    """Return what sharing a contact says, while a call-back waits for it: the number itself goes into the vault.

    Phones leave out the + at times. A number that can't be one is kept as it is, and then asked for again.
    """
    standard = read_telephone(number) or read_telephone(f"+{number}") or number
    return payload("answer", slot=CONTACT_SLOT, value=vault().keep(standard))
