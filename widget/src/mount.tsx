import { render } from "preact";
import { App, type Actions } from "./app";
import type { Client } from "./client";
import { BLANK, Conversation, type State } from "./conversation";
import { holdFocus, settle } from "./focus";
import type { TokenStore } from "./storage";
import type { Strings } from "./strings";
import css from "./style.css?inline";
import type { SummaryFormat } from "./types";

export interface Options {
  client: Client;
  token: TokenStore;
  strings: Strings;
  server: string;
  clinic: string;
  phone: string;
  close?: (() => void) | undefined;
  initial?: Partial<State>;
}

let sheet: CSSStyleSheet | undefined;

/** The widget's style. Made by script, it needs no permission from a page's content security policy. */
export function style(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  return sheet;
}

/**
 * Shows the widget in an element of a shadow root.
 *
 * @returns the conversation, and how to take the widget away again.
 */
export function mount(place: HTMLElement, options: Options): { conversation: Conversation; unmount: () => void } {
  const { client, token, close, initial, ...site } = options;
  let before = BLANK;
  const draw = () => {
    const { state } = conversation;
    render(<App state={state} site={site} actions={actions} />, place);
    settle(place, before, state);
    before = state;
  };
  const conversation = new Conversation(client, token, draw, initial);
  const actions: Actions = {
    start: () => void conversation.start(),
    send: (text, payload) => {
      holdFocus(place);
      conversation.send(text, payload);
    },
    retry: () => {
      holdFocus(place);
      conversation.retry();
    },
    askToErase: (ask) => conversation.askToErase(ask),
    erase: () => void conversation.erase(),
    save: (format) => void save(conversation, format),
    callBack: (form) => void conversation.callBack(form),
    close,
  };
  const online = () => conversation.connection(true);
  const offline = () => conversation.connection(false);
  addEventListener("online", online);
  addEventListener("offline", offline);
  draw();
  return {
    conversation,
    unmount: () => {
      removeEventListener("online", online);
      removeEventListener("offline", offline);
      conversation.close();
      render(null, place);
    },
  };
}

async function save(conversation: Conversation, format: SummaryFormat): Promise<void> {
  const file = await conversation.summary(format);
  if (!file) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file.content);
  link.download = file.name;
  link.click();
  // Some browsers read the file only after the click has returned.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
