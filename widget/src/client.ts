import type { CallBack, Message, Outgoing, SummaryFormat } from "./types";

/** The gateway answers within 10 seconds; past this, something between here and there is broken. */
const TIMEOUT_MS = 15_000;

/** What went wrong, by a code that has a text in strings.json. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    /** The server's own words, in plain English, if it gave any. */
    readonly said = "",
    readonly retryAfterSeconds = 0,
  ) {
    super(code);
  }
}

/** What the widget needs of a server; the fixtures page has one of its own. */
export interface Client {
  start(): Promise<{ token: string; messages: Message[] }>;
  send(token: string, message: Outgoing): Promise<Message[]>;
  history(token: string, after?: string): Promise<Message[]>;
  erase(token: string): Promise<void>;
  summary(token: string, format: SummaryFormat): Promise<Blob>;
  callBack(token: string, form: CallBack): Promise<void>;
}

export class HttpClient implements Client {
  /** @param server the gateway's origin, such as https://chat.example */
  constructor(private readonly server: string) {}

  async start() {
    return json(await this.#ask("POST", "sessions", "", {}));
  }

  async send(token: string, message: Outgoing) {
    return messagesOf(await this.#ask("POST", "messages", token, message));
  }

  async history(token: string, after?: string) {
    const query = after ? "?after=" + encodeURIComponent(after) : "";
    return messagesOf(await this.#ask("GET", "messages" + query, token));
  }

  async erase(token: string) {
    await this.#ask("DELETE", "session", token);
  }

  async summary(token: string, format: SummaryFormat) {
    return this.#ask("GET", "summary?format=" + format, token);
  }

  async callBack(token: string, form: CallBack) {
    await this.#ask("POST", "callback", token, { ...form, consent: true });
  }

  async #ask(method: string, path: string, token: string, body?: object): Promise<Blob> {
    const headers: Record<string, string> = {};
    if (token) headers["Authorization"] = "Bearer " + token;
    if (body) headers["Content-Type"] = "application/json";
    let response: Response;
    let answer: Blob;
    try {
      response = await fetch(this.server + "/api/v1/" + path, {
        method,
        headers,
        body: body ? JSON.stringify(body) : null,
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "no-referrer",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      // Read here, since the connection may break in the middle of an answer too.
      answer = await response.blob();
    } catch (error) {
      throw new Problem(failureOf(error));
    }
    if (response.ok) return answer;
    // A proxy in front of the gateway may answer with a page of its own instead of JSON.
    const { error = {} } = await json(answer).catch(() => ({}));
    const code = error.code ?? (response.status >= 500 ? "unavailable" : "other");
    throw new Problem(code, error.message, Number(response.headers.get("Retry-After")));
  }
}

async function json(answer: Blob) {
  return JSON.parse(await answer.text());
}

async function messagesOf(answer: Blob): Promise<Message[]> {
  return (await json(answer)).messages;
}

function failureOf(error: unknown): string {
  if (error instanceof DOMException && error.name === "TimeoutError") return "timeout";
  return navigator.onLine ? "unreachable" : "offline";
}
