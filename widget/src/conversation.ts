import { type Client, Problem } from "./client";
import { summaryName } from "./outcome";
import type { TokenStore } from "./storage";
import { type CallBack, isUrgent, type Message, type Outgoing, type SummaryFormat } from "./types";

/** After so long without an answer the person is told that it is slow, and what to do if it is urgent. */
export const SLOW_MS = 5_000;
const BUSY_PAUSE_MS = 1_500;
const BUSY_TRIES = 5;
/** After a reload in the middle of an answer: how often and how long to look for it. */
const CATCH_UP_MS = 2_000;
const CATCH_UP_TRIES = 6;

export type Delivery = "sending" | "waiting" | "failed";

/** A message on the screen; `delivery` only on own messages that the server has not answered yet. */
export interface Entry extends Message {
  delivery?: Delivery | undefined;
}

export interface Notice {
  /** A key of `problems` in strings.json. */
  code: string;
  /** The server's own words; they win over ours. */
  said?: string;
  retry?: boolean;
  seconds?: number;
}

export interface Announcement {
  number: number;
  polite: string;
  assertive: string;
}

export interface State {
  phase: "welcome" | "starting" | "resuming" | "chat" | "deleted" | "ended";
  messages: Entry[];
  /** An answer is being waited for. */
  busy: boolean;
  notice: Notice | null;
  /** What screen readers are to be told: new messages only, never those of a chat that was resumed. */
  announcement: Announcement;
  /** The emergency card that focus is to move to. */
  focusOn: string;
  callBack: "none" | "sending" | "sent";
  /** The window that asks before deleting is open. */
  asking: boolean;
}

export const BLANK: State = {
  phase: "welcome",
  messages: [],
  busy: false,
  notice: null,
  announcement: { number: 0, polite: "", assertive: "" },
  focusOn: "",
  callBack: "none",
  asking: false,
};

/** One chat: what is on the screen, what still has to be sent, and what went wrong. Knows nothing of the page. */
export class Conversation {
  state: State;
  // "#" rather than "private": the build shortens these names, and each byte counts.
  readonly #client: Client;
  readonly #token: TokenStore;
  readonly #changed: () => void;
  #outbox: Outgoing[] = [];
  #flushing = false;
  #timer = 0;

  constructor(client: Client, token: TokenStore, changed: () => void, initial: Partial<State> = {}) {
    this.#client = client;
    this.#token = token;
    this.#changed = changed;
    this.state = { ...BLANK, ...initial };
  }

  /** Goes on with the chat of this tab, if there is one. */
  async resume(): Promise<void> {
    const token = this.#token.get();
    if (!token) return;
    this.#set({ phase: "resuming", notice: null });
    try {
      const messages = await this.#client.history(token);
      this.#set({ phase: "chat", messages });
    } catch (error) {
      this.#fail(error, true);
      return;
    }
    await this.#catchUp();
  }

  /** Opens a new chat. */
  async start(): Promise<void> {
    this.#set({ ...BLANK, phase: "starting", announcement: this.state.announcement });
    this.#outbox = [];
    try {
      const { token, messages } = await this.#client.start();
      this.#token.set(token);
      this.#set({ phase: "chat" });
      this.#receive(messages);
    } catch (error) {
      this.#set({ phase: "welcome" });
      this.#fail(error, true);
    }
  }

  /** Sends a message, after those that still wait. */
  send(text: string, payload?: string): void {
    const message: Outgoing = { id: newId(), text, ...(payload ? { payload } : {}) };
    this.#outbox.push(message);
    this.#set({
      messages: [...this.state.messages, { id: message.id, from: "person", text, delivery: "waiting" }],
    });
    void this.#flush();
  }

  /** Tries again what failed last. */
  retry(): void {
    const { phase } = this.state;
    if (phase === "resuming") void this.resume();
    else if (phase === "chat") void this.#flush();
    else void this.start();
  }

  /** The browser says that it lost its connection, or has it back. */
  connection(online: boolean): void {
    if (!online) this.#set({ notice: { code: "offline" } });
    else if (this.#outbox.length || this.state.phase === "resuming") this.retry();
    else this.#set({ notice: null });
  }

  /** Opens or closes the window that asks before deleting. */
  askToErase(asking: boolean): void {
    this.#set({ asking });
  }

  /** Deletes everything on the server, then here. */
  async erase(): Promise<void> {
    this.#set({ notice: null });
    try {
      await this.#client.erase(this.#token.get());
    } catch (error) {
      // A session the server does not know any more has nothing left to delete.
      if (!(error instanceof Problem) || error.code !== "bad_token") {
        this.#fail(error, false);
        return;
      }
    }
    this.#forget();
    this.#set({ ...BLANK, phase: "deleted", announcement: this.state.announcement });
  }

  /** The person's summary as a file to save, or null when it could not be had. */
  async summary(format: SummaryFormat): Promise<{ name: string; content: Blob } | null> {
    try {
      const content = await this.#client.summary(this.#token.get(), format);
      return { name: summaryName(this.state.messages, format), content };
    } catch (error) {
      this.#fail(error, false);
      return null;
    }
  }

  /** Asks the clinic to phone. */
  async callBack(form: CallBack): Promise<void> {
    this.#set({ callBack: "sending", notice: null });
    try {
      await this.#client.callBack(this.#token.get(), form);
      this.#set({ callBack: "sent" });
    } catch (error) {
      this.#set({ callBack: "none" });
      this.#fail(error, false);
    }
  }

  /** Stops waiting; for when the widget is taken off the page. */
  close(): void {
    clearTimeout(this.#timer);
  }

  async #flush(): Promise<void> {
    if (this.#flushing) return;
    this.#flushing = true;
    clearTimeout(this.#timer);
    this.#set({ busy: true, notice: null });
    const token = this.#token.get();
    let busyTries = 0;
    for (let next = this.#outbox[0]; next; next = this.#outbox[0]) {
      try {
        this.#mark(next.id, "sending");
        const replies = await this.#sendWatched(token, next);
        if (this.#token.get() !== token) break;
        this.#outbox.shift();
        this.#mark(next.id, undefined);
        this.#receive(replies);
      } catch (error) {
        if (this.#token.get() !== token) break;
        if (error instanceof Problem && error.code === "busy" && busyTries++ < BUSY_TRIES) {
          await pause(BUSY_PAUSE_MS);
          continue;
        }
        if (await this.#refused(error, next)) continue;
        this.#mark(next.id, "failed");
        this.#fail(error, true);
        break;
      }
    }
    this.#flushing = false;
    this.#set({ busy: false });
  }

  async #sendWatched(token: string, message: Outgoing): Promise<Message[]> {
    const slow = setTimeout(() => this.#set({ notice: { code: "slow" } }), SLOW_MS);
    try {
      const replies = await this.#client.send(token, message);
      this.#set({ notice: null });
      return replies;
    } finally {
      clearTimeout(slow);
    }
  }

  /** Whether the server will never take this message, so that sending it again is of no use: it is taken back. */
  async #refused(error: unknown, message: Outgoing): Promise<boolean> {
    if (!(error instanceof Problem) || !["not_offered", "too_long", "bad_request"].includes(error.code)) return false;
    this.#outbox.shift();
    this.#set({ messages: this.state.messages.filter((entry) => entry.id !== message.id) });
    this.#fail(error, false);
    if (error.code === "not_offered") await this.#reload();
    return true;
  }

  /** Brings the screen in step with the server, as after an answer that was no longer on offer. */
  async #reload(): Promise<void> {
    try {
      const unsent = this.state.messages.filter((entry) => entry.delivery);
      this.#set({ messages: [...(await this.#client.history(this.#token.get())), ...unsent] });
    } catch (error) {
      this.#fail(error, true);
    }
  }

  /** The page was reloaded while an answer was on its way: waits for it. */
  async #catchUp(): Promise<void> {
    for (let tries = 0; this.#awaited() && tries < CATCH_UP_TRIES; tries++) {
      this.#set({ busy: true });
      await pause(CATCH_UP_MS);
      const last = this.state.messages.at(-1);
      if (!last || last.from === "assistant" || last.delivery) break;
      try {
        this.#receive(await this.#client.history(this.#token.get(), last.id));
      } catch (error) {
        this.#fail(error, false);
        break;
      }
    }
    if (!this.#flushing) this.#set({ busy: false });
  }

  #awaited(): boolean {
    const last = this.state.messages.at(-1);
    return last !== undefined && last.from === "person" && !last.delivery;
  }

  #receive(incoming: Message[]): void {
    const known = new Set(this.state.messages.map((entry) => entry.id));
    // Our own message comes back in some answers; it is on the screen already.
    const fresh = incoming.filter((message) => message.from === "assistant" && !known.has(message.id));
    if (!fresh.length) return;
    const alarm = fresh.filter((message) => isUrgent(message.custom?.outcome)).at(-1);
    const waiting = this.state.messages.filter((entry) => entry.delivery === "waiting");
    const settled = this.state.messages.filter((entry) => entry.delivery !== "waiting");
    this.#set({
      messages: [...settled, ...fresh, ...waiting],
      focusOn: alarm?.id ?? this.state.focusOn,
      announcement: {
        number: this.state.announcement.number + 1,
        polite: fresh.filter((message) => message !== alarm).map(spoken).join("\n"),
        // Focus moves to the card, which is then read in full; the alarm only says what it is about.
        assertive: alarm ? alarm.text.split("\n").slice(0, 2).join("\n") : "",
      },
    });
  }

  #fail(error: unknown, retry: boolean): void {
    // Anything but a Problem is a fault of ours (or an answer that is no JSON): it is shown, and left to the console.
    if (!(error instanceof Problem)) console.error(error);
    const { code, said, retryAfterSeconds: seconds } = error instanceof Problem ? error : new Problem("other");
    if (code === "bad_token") {
      this.#forget();
      const messages = this.state.messages.map((entry) => ({ ...entry, delivery: undefined }));
      this.#set({ phase: "ended", messages, notice: { code } });
      return;
    }
    if (code === "too_many") {
      const wait = seconds || 10;
      this.#set({ notice: { code, seconds: wait, retry } });
      if (retry) this.#timer = window.setTimeout(() => this.retry(), wait * 1000);
      return;
    }
    this.#set({ notice: { code, said, retry } });
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#outbox = [];
    this.#token.set("");
  }

  #mark(id: string, delivery: Delivery | undefined): void {
    this.#set({ messages: this.state.messages.map((entry) => (entry.id === id ? { ...entry, delivery } : entry)) });
  }

  #set(part: Partial<State>): void {
    this.state = { ...this.state, ...part };
    this.#changed();
  }
}

function spoken(message: Message): string {
  return message.text.replace(/https?:\S+ (or )?/g, "") || message.custom?.comparison?.title || "";
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}

/** A client message id; crypto.randomUUID would need a page served over https. */
function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
