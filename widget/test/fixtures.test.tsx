import { afterEach, beforeEach, expect, test } from "vitest";
import { NoClient } from "../src/fixtures/client";
import { FIXTURES } from "../src/fixtures/list";
import { mount } from "../src/mount";
import { isUrgent } from "../src/types";
import { urgentTold } from "../src/outcome";
import { TokenStore } from "../src/storage";
import { readStrings } from "../src/strings";

const PHONE = "020 7946 0199";
let place: HTMLElement;

beforeEach(() => {
  const host = document.body.appendChild(document.createElement("div"));
  place = host.attachShadow({ mode: "open" }).appendChild(document.createElement("div"));
});
afterEach(() => document.body.replaceChildren());

test.each(FIXTURES)("$name is drawn", ({ state }) => {
  const { unmount } = mount(place, {
    client: new NoClient(),
    token: new TokenStore("k"),
    strings: readStrings(null),
    server: "https://chat.example",
    clinic: "A clinic",
    phone: PHONE,
    initial: state,
  });
  const text = place.textContent ?? "";
  for (const { text: said, custom } of state.messages ?? []) {
    const last = said.split("\n").at(-1)!.replace(/^- /, "");
    if (!custom?.comparison) expect(text).toContain(last);
  }
  expect(place.querySelector('.numbers a[href="tel:999"]')).not.toBeNull();
  expect(place.querySelector('.numbers a[href="tel:111"]')).not.toBeNull();
  expect(place.querySelector("[role=log]")).not.toBeNull();
  if (urgentTold(state.messages ?? [])) {
    expect(place.querySelectorAll("a[href^='https:']")).toHaveLength(0);
    expect(text).not.toContain(PHONE);
    expect(text).not.toContain("Ask us to phone you");
  }
  for (const { id, custom } of state.messages ?? []) {
    if (isUrgent(custom?.outcome)) expect(place.querySelector("#m" + id)?.getAttribute("tabindex")).toBe("-1");
  }
  // A policy that forbids style attributes would break the widget.
  expect(place.querySelectorAll("[style]")).toHaveLength(0);
  unmount();
  expect(place.childNodes).toHaveLength(0);
});
