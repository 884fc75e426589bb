"""E-mail addresses and account numbers (IBAN), as they are typed and as they are said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.redaction.tokens import Found, Kind, Tokens
from bot.privacy.redaction.words import cues, plain

MAX_LABELS = 5
TOLD_BEFORE = 7  # tokens
AUTHORITIES = (".gov.lv", "@gov.lv")
_AT = re.compile(r"@|[(\[{]\s?(?:at|a|et|ēt|собака|sobaka|эт)\s?[)\]}]", re.IGNORECASE)
_LOCAL = re.compile(r"[\w.+%'-]{1,64} ?$")
_DOT = r"(?:[.,]| ?[(\[{]\s?(?:dot|punkts?|точка|\.)\s?[)\]}] ?| ?\. ?(?=(?:lv|com|ru|net|org)\b))"
_DOMAIN = re.compile(rf" ?[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{0,6}}")
_TLD_APART = re.compile(r" (?:lv|com|ru|net|org|eu|uk|ie|de|lt)\b", re.IGNORECASE)
ANNOUNCED_LENGTH = 40  # characters
_ANNOUNCED = re.compile(
    r"\b(?:e-?mail|mail|gmail|имейл|емейл|мейл)\w{0,4}(?:\W{1,2}(?:address|adrese|adresi|адрес|\w{1,3})){0,3}\W{0,3}$",
    re.IGNORECASE,
)
_IBAN = re.compile(
    r"(?<![^\W_])(?:[A-Za-z]{2}|[Ll] [Vv])[ .-]?\d ?\d(?:"
    r"[ .-]?[A-Za-z]{4}(?:[ .-]?\d){6,22}"  # with the letters of a bank: Latvia, Britain, Ireland
    r"|(?:[ .-]?\d){11,28}"
    r"|(?:[ .-]?(?=[A-Za-z0-9]{0,3}\d)[A-Za-z0-9]{4}){3,7}"
    r")(?![^\W_])"
    r"|(?<![^\W_])[A-Za-z]{4}\d{10,16}(?![^\W_])"  # from the letters of the bank on
)


def find_accounts(text: str) -> Iterator[Found]:
    """Find account numbers, also mistyped ones: the check digits are not looked at."""
    for match in _IBAN.finditer(text):
        yield Found(Kind.ACCOUNT, match.start(), match.end())


def find_emails(tokens: Tokens) -> Iterator[Found]:
    """Find e-mail addresses, with a *mail* that announces them; those of authorities stay."""
    for finder in (_typed(tokens.text), _said(tokens), _without_sign(tokens)):
        for found in finder:
            yield Found(found.kind, _announced_from(tokens.text, found.start), found.end)


def _announced_from(text: str, start: int) -> int:
    """Return where *my mail is* begins before an address: it says nothing alone, and is half of *gmail*."""
    announced = _ANNOUNCED.search(text, max(0, start - ANNOUNCED_LENGTH), start)
    return announced.start() if announced else start


def _typed(text: str) -> Iterator[Found]:
    for at in _AT.finditer(text):
        before = text[max(0, at.start() - 65) : at.start()]
        local = _LOCAL.search(before.removesuffix(" ") if at[0] != "@" else before)
        domain = _DOMAIN.match(text, at.end() + (text[at.end() : at.end() + 1] == " "))
        if not local or not local[0].strip(" .,'-") or not domain:
            continue
        end = domain.end()
        if not re.search(_DOT, domain[0]):
            apart = _TLD_APART.match(text, end)
            if not apart and not cues().email_providers.has(plain(domain[0].strip())):
                continue
            end = apart.end() if apart else end
        start = at.start() - len(before) + local.start()
        address = text[start:end].replace(" ", "").lower()
        if address not in cues().public_emails and not address.endswith(AUTHORITIES):
            yield Found(Kind.EMAIL, start, end)


def _said(tokens: Tokens) -> Iterator[Found]:
    """Find *janis at inbox dot lv*."""
    known = cues()
    for index in range(1, len(tokens) - 1):
        end = index + 1
        is_mailbox = known.email_providers.has(tokens[end].plain)
        is_at = known.email_at.has(tokens[index].plain)
        if not (is_at or (is_mailbox and known.email_at_mailbox.has(tokens[index].plain))):
            continue
        if not (tokens[end].is_word or tokens[end].is_number):
            continue
        ending = tokens.get(end + 1)
        has_ending = is_mailbox and ending is not None and known.email_endings.has(ending.plain)  # "at inbox lv"
        end += has_ending
        for _ in range(MAX_LABELS):
            dot, label = tokens.get(end + 1), tokens.get(end + 2)
            if not dot or not label or not (dot.raw in ".," or known.email_dot.has(dot.plain)):
                break
            if not label.is_word or (dot.raw in ".," and label.start != dot.end):
                break
            end += 2
            has_ending = has_ending or known.email_endings.has(label.plain)
        domain = tokens.text[tokens[max(index + 1, end - 2)].start - 1 : tokens[end].end].lower()
        if has_ending and not domain.endswith(AUTHORITIES):
            yield tokens.found(Kind.EMAIL, _beginning(tokens, index - 1), end)


def _without_sign(tokens: Tokens) -> Iterator[Found]:
    """Find *janis.kalnins inbox.lv*: the sign was forgotten, a typed first part and the mailbox are there."""
    known = cues()
    for index in range(1, len(tokens) - 2):
        dot, ending = tokens[index + 1], tokens[index + 2]
        if not (known.email_providers.has(tokens[index].plain) and dot.raw == "."):
            continue
        first = _beginning(tokens, index - 1)
        is_first_part = first < index - 1 or tokens.near(known.email_told, index - 1, 3)
        if known.email_endings.has(ending.plain) and is_first_part and tokens.gap(index - 1).isspace():
            yield tokens.found(Kind.EMAIL, first, index + 2)


def _beginning(tokens: Tokens, index: int) -> int:
    """Return where the part before the sign begins: after what announces it, else where the ties end."""
    for back in range(2, TOLD_BEFORE):
        told = tokens.get(index - back)
        if told is not None and cues().email_told.has(told.plain):
            first = index - back + 1
            while first < index and cues().email_between.has(tokens[first].plain):
                first += 1
            return first
    before = tokens.get(index - 1)
    if len(tokens[index].raw) == 1 and before and before.is_word and not _is_tie(before.plain):
        index -= 1  # "janis k at inbox"
    for _ in range(MAX_LABELS):
        tie, label = tokens.get(index - 1), tokens.get(index - 2)
        is_glued = tie is not None and tie.end == tokens[index].start and not tie.raw.isspace()
        if tie is not None and is_glued and (tie.is_word or tie.is_number):
            index -= 1
        elif tie is not None and label is not None and ((tie.raw in "._-" and is_glued) or _is_tie(tie.plain)):
            index -= 2
        else:
            break
    name = tokens.get(index - 1)
    if name is not None and cues().is_given_name(name.plain) and tokens.gap(index - 1) == " ":
        index -= 1  # "karina zile at inbox"
    return max(index, 0)


def _is_tie(word: str) -> bool:
    return cues().email_dot.has(word) or cues().email_ties.has(word)
