import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Client, Problem } from "../src/client";
import { Conversation, SLOW_MS } from "../src/conversation";
import { TokenStore } from "../src/storage";
import type { Message, Outgoing } from "../src/types";

const said = (id: string, text = "hello"): Message => ({ id, from: "assistant", text });
const own = (id: string, text = "hi"): Message => ({ id, from: "person", text });
const alarm = (id: string): Message => ({
  ...said(id, "Call 999 now\nCall 999 now and ask for an ambulance.\nWhy I say this:\n- Chest pain."),
  custom: { outcome: { care_level: "emergency_ambulance", reasons: [], reference: null, booking: [] } },
});

class Scripted implements Client {
  sent: Outgoing[] = [];
  answers: (Message[] | Problem)[] = [];
  past: Message[][] = [];
  async start() {
    return { token: "t", messages: [said("1")] };
  }
  async send(_token: string, message: Outgoing) {
    this.sent.push(message);
    const next = this.answers.shift() ?? [];
    if (next instanceof Problem) throw next;
    return next;
  }
  async history() {
    return this.past.shift() ?? [];
  }
  async erase() {}
  async summary() {
    return new Blob(["x"]);
  }
  async callBack() {}
}

let client: Scripted;
let chat: Conversation;

beforeEach(() => {
  vi.useFakeTimers();
  sessionStorage.clear();
  client = new Scripted();
  chat = new Conversation(client, new TokenStore("k"), () => {});
});
afterEach(() => void vi.useRealTimers());

const settle = () => vi.advanceTimersByTimeAsync(0);

test("a message keeps its id until it is answered", async () => {
  await chat.start();
  client.answers = [new Problem("timeout"), [said("3")]];
  chat.send("yes");
  await settle();
  expect(chat.state.notice).toMatchObject({ code: "timeout", retry: true });
  expect(chat.state.messages.at(-1)).toMatchObject({ text: "yes", delivery: "failed" });
  chat.retry();
  await settle();
  expect(client.sent.map((message) => message.id)).toEqual([client.sent[0]!.id, client.sent[0]!.id]);
  expect(client.sent[0]!.id).toMatch(/^[A-Za-z0-9-]{8,64}$/);
  expect(chat.state.messages.map((entry) => entry.text)).toEqual(["hello", "yes", "hello"]);
  expect(chat.state.notice).toBeNull();
});

test("messages go out one after another, in the order they were typed", async () => {
  await chat.start();
  client.answers = [[said("3", "first")], [said("5", "second")]];
  chat.send("a");
  chat.send("b");
  await settle();
  expect(client.sent.map((message) => message.text)).toEqual(["a", "b"]);
  expect(chat.state.messages.map((entry) => entry.text)).toEqual(["hello", "a", "first", "b", "second"]);
});

test("the same answer twice is shown once", async () => {
  await chat.start();
  client.answers = [[said("3")], [said("3"), said("4")]];
  chat.send("a");
  await settle();
  chat.send("b");
  await settle();
  expect(chat.state.messages.filter((entry) => entry.id === "3")).toHaveLength(1);
});

test("an emergency is announced at once and takes focus; its text is not also said politely", async () => {
  await chat.start();
  client.answers = [[said("2", "first"), alarm("3")]];
  chat.send("chest pain");
  await settle();
  expect(chat.state.focusOn).toBe("3");
  expect(chat.state.announcement).toMatchObject({
    polite: "first",
    assertive: "Call 999 now\nCall 999 now and ask for an ambulance.",
  });
});

test("a link is not read out, only what stands beside it", async () => {
  await chat.start();
  client.answers = [[said("2", "Consultation: https://chat.example/go/HIP-2345?service=consultation or phone 020 7946 0101")]];
  chat.send("how do I book?");
  await settle();
  expect(chat.state.announcement.polite).toBe("Consultation: phone 020 7946 0101");
});

test("a resumed chat is not announced", async () => {
  new TokenStore("k").set("t");
  client.past = [[said("1"), own("2"), alarm("3")]];
  await chat.resume();
  expect(chat.state.phase).toBe("chat");
  expect(chat.state.announcement).toMatchObject({ polite: "", assertive: "" });
  expect(chat.state.focusOn).toBe("");
});

test("a server that is still busy is asked again by itself", async () => {
  await chat.start();
  client.answers = [new Problem("busy"), [said("3")]];
  chat.send("a");
  await vi.advanceTimersByTimeAsync(5_000);
  expect(client.sent).toHaveLength(2);
  expect(chat.state.notice).toBeNull();
});

test("an answer that is no longer on offer is taken back, and the screen brought in step", async () => {
  await chat.start();
  client.answers = [new Problem("not_offered")];
  client.past = [[said("1"), said("2", "newer question")]];
  chat.send("Left", "/pick");
  await settle();
  expect(client.sent[0]).toMatchObject({ text: "Left", payload: "/pick" });
  expect(chat.state.messages.map((entry) => entry.text)).toEqual(["hello", "newer question"]);
  expect(chat.state.notice?.code).toBe("not_offered");
});

test("an answer that comes late is said to be slow, and then is not", async () => {
  await chat.start();
  client.send = () => new Promise((done) => setTimeout(() => done([said("3")]), SLOW_MS + 1_000));
  chat.send("a");
  await vi.advanceTimersByTimeAsync(SLOW_MS);
  expect(chat.state.notice?.code).toBe("slow");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(chat.state.notice).toBeNull();
  expect(chat.state.busy).toBe(false);
});

test("an answer to a chat that was deleted meanwhile is not shown", async () => {
  await chat.start();
  client.send = () => new Promise((done) => setTimeout(() => done([said("3")]), 1_000));
  chat.send("a");
  await chat.erase();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(chat.state).toMatchObject({ phase: "deleted", messages: [], busy: false });
  expect(sessionStorage).toHaveLength(0);
});

test("a token the server does not know ends the chat; deleting it then needs no server", async () => {
  await chat.start();
  client.answers = [new Problem("bad_token")];
  chat.send("a");
  await settle();
  expect(chat.state.phase).toBe("ended");
  client.erase = () => Promise.reject(new Problem("bad_token"));
  await chat.erase();
  expect(chat.state.phase).toBe("deleted");
});

test("without session storage the chat works", async () => {
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("blocked", "SecurityError");
  });
  vi.spyOn(Storage.prototype, "getItem").mockImplementation(() => {
    throw new DOMException("blocked", "SecurityError");
  });
  await chat.start();
  client.answers = [[said("3")]];
  chat.send("a");
  await settle();
  expect(chat.state.messages.at(-1)?.id).toBe("3");
  vi.restoreAllMocks();
});
