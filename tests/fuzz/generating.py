"""Generates messages, buttons, updates and sheets: from pieces that the code looks for, real messages, and noise."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PIECES = [
    "mani sauc ", "меня зовут ", "my name is ", "esmu ", "Jānis Bērziņš", "120385-10345", "32785612345", "26123456", "+371 ", "LV80 BANK 0000 ",
    "Brīvības iela 12-34", "ул. Ригас, д. 3, кв. 7", "dzimis 12.03.1985", "@", "inbox.lv", " at ", " dot ", "112", "80200206", "divdesmit ",
    "двадцать ", "twenty ", "Talsos ", "Rīga", "Ventspils novads", "в Талси", "nav ", "darba ", "палка ", "/", "/start ", "/forget_me",
    '/inform_place{"municipality":"', '"}', "{", "}", "[[", "⟦kept:", "⟧", "kept:", "<b>", "</b>", "<script>alert(1)</script>", "&lt;", "*", "_",
    "`", "[x](http://x)", "\\", "'", '"', "; DROP TABLE events; --", "%s", "{0}", "{{7*7}}", "${x}", "\x00", "\x1b[31m", "\u202e", "\u200b",
    "\u200d", "\ufeff", "\ud7ff", "🙂", "👩‍👧‍👦", "é", "e\u0301", "ß", "İ", "ﬁ", "１２３", "٠١٢", "৪৫", "½", "²", "\n", "\t", "   ", "...", "!!!", "????", "—",
    "A", "я", "1", "0", "9999999999", "1e999", "NaN", "None", "null", "true", "-1",
]  # fmt: skip


def real_messages() -> list[str]:
    """Return the messages of the project's own test sets; hard.tsv, which nobody may see, is none of them."""
    found: list[str] = []
    for path in sorted((ROOT / "tests" / "data").glob("*/*.tsv")):
        if path.name == "hard.tsv":
            continue
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                text = row.get("text") or row.get("query")
                if text:
                    found.append(text)
    return found


class Generator:
    """Makes input, the same for the same seed."""

    def __init__(self, seed: int):
        self.chance = random.Random(seed)
        self._real = real_messages()

    def text(self) -> str:
        """Make a message: short most often, up to twice what a person can send."""
        kind = self.chance.random()
        if kind < 0.35:
            return self._mutated(self.chance.choice(self._real))
        if kind < 0.75:
            return "".join(self.chance.choice(PIECES) for _ in range(self.chance.randint(1, 14)))
        if kind < 0.95:
            return "".join(self._character() for _ in range(self.chance.randint(0, 80)))
        piece = self.chance.choice([*PIECES, self.chance.choice(self._real) + " "])
        return (piece * 9000)[: self.chance.choice([600, 1500])] if kind < 0.998 else (piece * 9000)[:8192]

    def payload(self) -> str:
        """Make what a forged button might send."""
        name = self.chance.choice(["inform_place", "answer", "restart", "x", "", "ask_debts", "Ā", "../x", "a b"])
        value: Any = self.chance.choice([self.text()[:300], None, 1, True, [], {}, {"a": {"b": []}}, 1e308])
        entities = self.chance.choice(
            ["", json.dumps({self.text()[:20]: value}), "{", "{}", "{" + "[" * 3000, '{"a":1}}']
        )
        return self.chance.choice(["/", "", "//"]) + name + entities

    def update(self, number: int) -> Any:
        """Make an update of Telegram's, or what somebody takes for one."""
        user = {
            "id": self.chance.choice([1, -1, 2**40]),
            "is_bot": self.chance.random() < 0.1,
            "first_name": self.text()[:30],
        }
        if self.chance.random() < 0.7:
            user["language_code"] = self.chance.choice(["lv", "ru", "en", "", "xx-YY", "🙂"])
        chat = {
            "id": self.chance.choice([1, -100, 2**40]),
            "type": self.chance.choice(["private", "group", "channel", "supergroup", "?"]),
        }
        message = {
            "message_id": self.chance.randint(-1, 99),
            "date": self.chance.choice([0, 1, 2**31]),
            "chat": chat,
            "from": user,
        }
        message |= self.chance.choice(
            [
                {"text": self.text()[:4096]},
                {"caption": self.text()[:1024], "photo": [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]},
                {"location": {"latitude": self.chance.uniform(-200, 200), "longitude": self.chance.uniform(-400, 400)}},
                {"contact": {"phone_number": self.text()[:40], "first_name": "x"}},
                {"voice": {"file_id": "v", "file_unique_id": "v", "duration": self.chance.choice([0, 1, 10**9])}},
                {"sticker": {}},
                {"new_chat_title": self.text()[:20]},
                {},
            ]
        )  # fmt: skip
        body: Any = self.chance.choice(
            [
                {"message": message},
                {"edited_message": message},
                {"callback_query": {"id": "1", "from": user, "message": message, "data": self.payload()[:64]}},
                {"inline_query": {"id": "1", "from": user, "query": self.text()[:256], "offset": ""}},
                {"message": self.text()[:10]},
                {"my_chat_member": {}},
                {},
            ]
        )
        return self.chance.choice([{"update_id": number, **body}] * 12 + [body, [], None, "x", {"update_id": "1"}])

    def sheet(self, headings: list[str]) -> bytes:
        """Make a CSV file that somebody took for a sheet of the directory."""
        if self.chance.random() < 0.1:
            return self.chance.randbytes(self.chance.randint(0, 400))
        columns = [self.chance.choice([heading, heading, heading, self.text()[:20]]) for heading in headings]
        lines = [columns] + [[self.text()[:60] for _ in columns] for _ in range(self.chance.randint(0, 5))]
        separator = self.chance.choice([",", ";", "\t"])
        return "\n".join(separator.join(cell.replace("\n", " ") for cell in line) for line in lines).encode(
            "utf-8", "replace"
        )

    def _mutated(self, text: str) -> str:
        letters = list(text)
        for _ in range(self.chance.randint(0, 6)):
            at = self.chance.randint(0, len(letters))
            change = self.chance.random()
            if change < 0.4:
                letters.insert(at, self.chance.choice(PIECES))
            elif change < 0.7 and letters:
                del letters[min(at, len(letters) - 1)]
            elif letters:
                letters[min(at, len(letters) - 1)] = self._character()
        return "".join(letters)

    def _character(self) -> str:
        low, high = self.chance.choice(
            [
                (0x20, 0x7E),
                (0x20, 0x7E),
                (0xA0, 0x17F),
                (0x400, 0x45F),
                (0x2000, 0x206F),
                (0x1F300, 0x1FAFF),
                (0, 0x1F),
                (0x5D0, 0x6FF),
            ]
        )
        return chr(self.chance.randint(low, high))
