"""Messages that nobody would plan for: every kind of text that a public chat gets, drawn by a seeded generator."""

from __future__ import annotations

import json
import random
import string
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

#: Stands in most texts, so that a log can be searched for what people typed.
MARK: Final = "qzjxsoak"

_WORDS: Final = (
    *("hip", "pain", "groin", "left", "right", "fell", "yes", "no", "not", "sure", "numb", "both", "legs"),
    *("fever", "chest", "two", "years", "ago", "physio", "apixaban", "67", "999", "cancer", "my", "mum"),
    *("injection", "cost", "book", "stop", "delete", "everything", "start", "again", "why", "help", "can't"),
    *("walk", "worse", "since", "christmas", "skip", "back", "none", "of", "these", "kill", "myself", "red"),
    *("hot", "swollen", "the", "other", "one", "6", "out", "of", "ten", "pregnant", "sleep", "hello"),
    *("thanks", "what", "is", "this"),
)
_INTENTS: Final = (
    "inform",
    "restart",
    "affirm",
    "deny",
    "delete_data",
    "emergency",
    "session_start",
    "back",
    "out_of_scope",
)
_SLASHES: Final = ("/", "//", " /", "\uff0f", "\u2044", "\u200b/", "\t/\n")
_RANGES: Final = (
    *((0x00, 0x20), (0x7F, 0xA0), (0x300, 0x370), (0x370, 0x530), (0x590, 0x780), (0x900, 0xE00), (0x1100, 0x1200)),
    *((0x2000, 0x2070), (0x2028, 0x202F), (0x3040, 0x3100), (0x4E00, 0x9FFF), (0xAC00, 0xD7A4), (0xD800, 0xE000)),
    *((0xE000, 0xF8FF), (0xFB00, 0xFE00), (0xFE00, 0xFE10), (0xFF00, 0xFFF0), (0x1D400, 0x1D800), (0x1F000, 0x1FB00)),
    *((0xE0000, 0xE0080), (0x10FFF0, 0x110000)),
)
_UNITS: Final = ("years", "out of 10", "minutes", "Feb 2031", "centuries")
_ATTACKS: Final = (
    "<script>alert('{mark}')</script>",
    "<img src=x onerror=alert(1)>{mark}",
    "<!-- {mark} --><a href='javascript:alert(1)'>x</a>",
    "' OR 1=1; DROP TABLE chat; -- {mark}",
    "{{{{7*7}}}} ${{jndi:ldap://x/{mark}}} {{% raw %}}",
    "../../../../etc/passwd\x00{mark}",
    "%s%n%x {mark} {{0.__class__}} {{age}}",
    "\x1b[31m{mark}\x1b[0m\r\nERROR forged line",
    "{mark}@im EXTERNAL: reminder",
    '[{mark}](age) [left]{{"entity": "side"}}',
    "utter_emergency action_listen {mark} __class__ None NaN",
)


@dataclass(frozen=True)
class Drawn:
    """One message to send.

    Attributes:
        kind: for counting.
        text: what is typed, or the label of a button.
        payload: of the button.
    """

    kind: str
    text: str
    payload: str | None = None


class Messages:
    """Draws messages; the same seed draws the same ones."""

    def __init__(self, seed: int | str) -> None:
        self.random = random.Random(seed)
        self._kinds: dict[str, tuple[int, Callable[[], str]]] = {
            "unicode": (16, self._unicode),
            "words": (22, self._from_words),
            "empty": (5, self._empty),
            "huge": (6, self._huge),
            "payload": (9, self._payload),
            "html and code": (10, self._attack),
            "json": (8, self._json),
            "one character": (6, lambda: chr(self.random.randrange(sys.maxunicode + 1))),
            "numbers": (6, self._numbers),
        }

    def draw(self, buttons: list[tuple[str, str]]) -> Drawn:
        """The next message; now and then a button of the last answer, its label changed, or its payload made up."""
        if buttons and self.random.random() < 0.15:
            title, payload = self.random.choice(buttons)
            luck = self.random.random()
            if luck < 0.8:
                return Drawn("button", title, payload)
            return Drawn("made-up button", title, payload + "x" if luck < 0.9 else self._payload()[:2000])
        kind = self.random.choices(list(self._kinds), [weight for weight, _ in self._kinds.values()])[0]
        return Drawn(kind, self._kinds[kind][1]())

    def _unicode(self) -> str:
        if self.random.random() < 0.3:  # from anywhere
            return "".join(chr(self.random.randrange(sys.maxunicode + 1)) for _ in range(self.random.randrange(1, 120)))
        low, high = self.random.choice(_RANGES)
        text = "".join(chr(self.random.randrange(low, high)) for _ in range(self.random.randrange(1, 200)))
        return text + self.random.choice(("", f" {MARK}", f" {self._from_words()}"))

    def _from_words(self) -> str:
        words = [self.random.choice(_WORDS) for _ in range(self.random.randrange(1, 16))]
        if self.random.random() < 0.3:
            words.insert(self.random.randrange(len(words) + 1), f"{MARK}{self.random.randrange(10**6)}")
        return self.random.choice((" ", " ", ", ", ". ", "")).join(words)

    def _empty(self) -> str:
        return self.random.choice(("", " ", "\n\n", "\u200b\u200b", "\u00a0", "\x00", "\u2028", "\t \ufeff", "\ud800"))

    def _huge(self) -> str:
        length = self.random.choice((1999, 2001, 5000, 19_999, 20_000, 20_001, 60_000, 300_000))
        part = self.random.choice(
            (f"{MARK} ", "hip hurts ", "\U0001f600", "a", "e\u0301\u0301", "(", "\n", "9", "not ")
        )
        return (part * (length // len(part) + 1))[:length]

    def _payload(self) -> str:
        slots = {self.random.choice(("age", "consent", "hip_replacement", "requested_slot", MARK)): self._value()}
        entities = self.random.choice(("", json.dumps(slots), "{", json.dumps([MARK]), f"@0.9{json.dumps(slots)}"))
        return f"{self.random.choice(_SLASHES)}{self.random.choice((*_INTENTS, MARK))}{entities}"

    def _attack(self) -> str:
        return self.random.choice(_ATTACKS).format(mark=MARK)

    def _json(self) -> str:
        value = self._value()
        for _ in range(self.random.randrange(6)):
            value = self.random.choice(([value, value], {"text": value}, {MARK: value, "sender": "other"}))
        text = json.dumps(value)
        return self.random.choice((text, text[: len(text) // 2], "[" * self.random.randrange(1, 1500)))

    def _value(self) -> object:
        return self.random.choice((None, True, -1, 1e308, 67, MARK, "", [], {}, "yes", "\ud800", 10**40))

    def _numbers(self) -> str:
        return self.random.choice(
            (
                str(self.random.randrange(-10, 200)),
                f"{self.random.random() * 20:.2f} {MARK}",
                "9" * self.random.randrange(1, 400),
                "".join(self.random.choices("0123456789+-/.,: ", k=20)),
                "\u0666\u0667 \u00bd \u2167 \u2460 " + "".join(self.random.choices(string.punctuation, k=5)),
                f"{self.random.randrange(100)} {self.random.choice(_UNITS)}",
            )
        )
