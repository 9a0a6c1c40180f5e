"""Uses the widget as a person does who has a keyboard and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from playwright.sync_api import Page, expect

#: What has focus, inside of shadow roots too: its tag, type, and the words it is known by.
FOCUSED: Final = """() => {
  let e = document.activeElement;
  while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
  const label = e?.labels?.[0]?.innerText ?? "";
  return {tag: e?.tagName ?? "", type: e?.type ?? "", id: e?.id ?? "", class: e?.className ?? "",
    name: (e?.getAttribute?.("aria-label") || label || e?.innerText || "").trim()};
}"""
MOST_TABS: Final = 80

Answers = Mapping[str, str]


def focused(page: Page) -> dict[str, str]:
    """What has focus."""
    found: dict[str, str] = page.evaluate(FOCUSED)
    return found


def tab_to(page: Page, name: str, tag: str = "") -> None:
    """Press Tab until something of this name has focus.

    Raises:
        AssertionError: the keyboard does not get there.
    """
    seen = []
    for _ in range(MOST_TABS):
        now = focused(page)
        if now["name"] == name and (not tag or now["tag"] == tag):
            return
        seen.append(now["name"])
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {name!r} by Tab; on the way: {seen}")


def press(page: Page, name: str) -> None:
    """Tab to a button and press it."""
    tab_to(page, name, "BUTTON")
    page.keyboard.press("Enter")


def start(page: Page) -> None:
    """Open a chat."""
    press(page, "Start")
    expect(page.locator(".answers[data-question]")).to_be_visible()


def question(page: Page) -> dict[str, Any] | None:
    """The id of the question on the screen and how it is to be answered; None when there is none."""
    return page.evaluate(
        """() => {
          const root = document.querySelector("ravenscroft-hip-assistant").shadowRoot;
          const box = root.querySelector(".answers[data-question]");
          if (!box || root.querySelector(".typing")) return null;
          const kind = box.querySelector("[type=checkbox]") ? "checklist" : box.querySelector("[type=radio]") ? "scale"
            : box.querySelector("#number") ? "number" : "choice";
          return {id: box.dataset.question, kind,
            labels: [...box.querySelectorAll(".choice, .check")].map((e) => e.innerText.trim())};
        }"""
    )


def answer(page: Page, words: str) -> None:
    """Answer the question on the screen, with the control made for it where there is one."""
    expect(page.locator(".answers[data-question]")).to_be_visible()
    now = question(page)
    assert now is not None, "the assistant is still writing"
    if now["kind"] == "checklist" and words in now["labels"]:
        tab_to(page, words, "INPUT")
        page.keyboard.press("Space")
        press(page, "Send my answer")
    elif now["kind"] == "number":
        tab_to(page, "Your answer as a number", "INPUT")
        page.keyboard.type(words)
        page.keyboard.press("Enter")
    elif now["kind"] == "scale":
        tab_to(page, "0 out of 10", "INPUT")
        page.keyboard.press("Space")
        for _ in range(int(words)):
            page.keyboard.press("ArrowRight")
        press(page, "Send my answer")
    elif words in now["labels"]:
        press(page, words)
    else:
        say(page, words)


def say(page: Page, words: str) -> None:
    """Type a message and send it."""
    tab_to(page, "Your message", "TEXTAREA")
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def settled(page: Page) -> None:
    """Wait until the assistant has answered."""
    page.wait_for_function(
        """() => { const root = document.querySelector("ravenscroft-hip-assistant").shadowRoot;
          return !root.querySelector(".typing") && root.querySelector(".message:last-of-type.from-assistant"); }"""
    )


def walk(page: Page, answers: Answers, most: int = 40) -> list[str]:
    """Answer every question until there is a result.

    Args:
        page: with a started chat.
        answers: question id to words; where it has none, "None of these", "Never" or "No", "Not sure" is picked.
        most: questions after which the walk has gone wrong.

    Returns:
        The ids of the questions, in the order they were asked.
    """
    asked: list[str] = []
    for _ in range(most):
        settled(page)
        if page.locator("[data-level]").count():
            return asked
        now = question(page)
        assert now is not None, f"neither a question nor a result after {asked}"
        asked.append(now["id"])
        likely = ("None of these", "Neither of these", "Never", "No diagnosis yet", "Yes, that is right", "Not sure")
        words = answers.get(now["id"]) or next((label for label in likely if label in now["labels"]), "no")
        answer(page, words)
    raise AssertionError(f"no result after {asked}")
