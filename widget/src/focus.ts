import type { State } from "./conversation";
import { lastOwn } from "./outcome";

/** Brings what is new into view, and keeps focus where the person is. Called after each drawing. */
export function settle(place: HTMLElement, before: State, now: State): void {
  if (now.phase !== before.phase) {
    // After "Start" and after a deletion the button that had focus is gone.
    if (now.phase === "deleted") find(place, ".welcome")?.focus();
    if (now.phase === "starting") find(place, ".answers")?.focus({ preventScroll: true });
  }
  // The emergency card takes focus, so that it is read at once and is where the keyboard is.
  if (now.focusOn !== before.focusOn) find(place, "#m" + CSS.escape(now.focusOn))?.focus({ preventScroll: true });
  const said = now.messages !== before.messages || now.busy !== before.busy;
  if (now.phase === "chat" && (said || (now.notice && now.notice !== before.notice))) scroll(place, before, now, said);
}

/** Before an answer is sent, or tried again, its buttons go away: focus stays in their place, and the next ones come there. */
export function holdFocus(place: HTMLElement): void {
  const active = (place.getRootNode() as ShadowRoot).activeElement;
  if (active?.closest(".scroller")) find(place, ".answers")?.focus({ preventScroll: true });
}

/**
 * Shows what came since the person's last message from its start, so that a long answer is read from the top; where
 * nothing was said, what went wrong (such as a download), which may stand far below a result.
 */
function scroll(place: HTMLElement, before: State, now: State, said: boolean): void {
  const box = find(place, ".scroller")!;
  const since = now.messages.slice(lastOwn(now.messages) + 1);
  const first = since.find((entry) => entry.id === now.focusOn) ?? since[0];
  const message = said ? first && find(place, "#m" + CSS.escape(first.id)) : find(place, ".notice");
  const calm = before.phase !== "chat" || matchMedia("(prefers-reduced-motion: reduce)").matches;
  box.scrollTo({
    top: message ? message.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop - 12 : box.scrollHeight,
    behavior: calm ? "auto" : "smooth",
  });
}

function find(place: HTMLElement, selector: string): HTMLElement | null {
  return place.querySelector<HTMLElement>(selector);
}
