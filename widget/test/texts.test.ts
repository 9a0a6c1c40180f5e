import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { bookingUrl, offersClinic, openMessage, summaryName, urgentTold } from "../src/outcome";
import strings from "../src/strings.json";
import { fill, readStrings } from "../src/strings";
import type { Message, Outcome } from "../src/types";

const outcome = (care_level: string, booking: Outcome["booking"] = [], reference: string | null = null): Message => ({
  id: care_level,
  from: "assistant",
  text: "x",
  custom: { outcome: { care_level, reasons: [], reference, booking } },
});
const desk = { service: "consultation", url: "https://b.example/x", phone: "020 7946 0101" };

test.each(["emergency_ambulance", "mental_health_crisis", "emergency_department", "same_day"])("%s is urgent", (level) => {
  const messages = [outcome("consultation", [desk]), outcome(level, [desk])];
  expect(urgentTold(messages)).toBe(true);
  expect(offersClinic(messages)).toBe(false);
});

test("a result with a service offers the clinic, one without does not", () => {
  expect(offersClinic([outcome("consultation", [desk])])).toBe(true);
  expect(offersClinic([outcome("out_of_scope")])).toBe(false);
  expect(offersClinic([])).toBe(false);
});

test.each([
  ["https://b.example/x?ref=1", "https://b.example/x?ref=1"],
  ["/go/7KQ4?service=consultation", "https://chat.example/go/7KQ4?service=consultation"],
  ["javascript:alert(1)", null],
  ["http://b.example/", null],
  ["data:text/html,x", null],
  ["https://", null],
])("a booking at %s leads to %s", (url, expected) => {
  expect(bookingUrl({ ...desk, url }, "https://chat.example")).toBe(expected);
});

test("a question is open until the person has said something after it", () => {
  const asked: Message = { id: "1", from: "assistant", text: "?", custom: { question: { id: "side", kind: "choice" } } };
  const note: Message = { id: "2", from: "assistant", text: "!" };
  const answer: Message = { id: "3", from: "person", text: "left" };
  expect(openMessage([asked, note])).toBe(asked);
  expect(openMessage([asked, answer])).toBeUndefined();
});

test("the summary's name holds the reference and nothing else", () => {
  expect(summaryName([outcome("consultation", [], "HIP-6R4C-5NMH")], "pdf")).toBe("hip-summary-HIP-6R4C-5NMH.pdf");
  expect(summaryName([outcome("consultation", [], "../../x")], "fhir")).toBe("hip-summary-x.json");
  expect(summaryName([outcome("same_day")], "text")).toBe("hip-summary.txt");
});

test("a site's own texts lie over ours, part by part", () => {
  const own = readStrings('{"start": "Go", "services": {"physiotherapy": "Physio"}}');
  expect(own.start).toBe("Go");
  expect(own.services).toEqual({ ...strings.services, physiotherapy: "Physio" });
  expect(readStrings(null)).toEqual(strings);
});

test.each(["{", '{"start": 3}', '{"no_such_text": "x"}', '{"services": "x"}'])("texts that do not fit are refused: %s", (own) => {
  expect(() => readStrings(own)).toThrow(/ravenscroft-hip-assistant: strings/);
});

test("values are put into a text, and what has none is left", () => {
  expect(fill("{n} of {m}", { n: 3 })).toBe("3 of {m}");
});

test("every text is used", () => {
  const source = readdirSync("src")
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => readFileSync("src/" + name, "utf8"))
    .join();
  const unused = Object.keys(strings).filter((key) => !new RegExp(`strings\\.${key}\\b`).test(source));
  expect(unused).toEqual([]);
});
