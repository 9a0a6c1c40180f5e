import { HttpClient } from "./client";
import { mount, style } from "./mount";
import { TokenStore } from "./storage";
import { readStrings } from "./strings";

const NAME = "ravenscroft-hip-assistant";

/** Where this script came from: the gateway, unless the attribute `server` names another. */
const ORIGIN = document.currentScript instanceof HTMLScriptElement ? new URL(document.currentScript.src).origin : "";

/**
 * The chat widget. Attributes:
 *
 * - `server`   origin of the gateway; where the script came from if left out
 * - `phone`    the clinic's phone, as it is shown
 * - `clinic`   the clinic's name
 * - `display`  `launcher` for a button in the corner that opens a window; else it fills its place on the page
 * - `theme`    `light` or `dark`; else what the person's system says
 * - `strings`  JSON with texts of one's own, in the shape of strings.json
 *
 * Colours, font and height are CSS custom properties; see the README.
 */
class HipAssistant extends HTMLElement {
  #unmount: (() => void) | undefined;

  connectedCallback(): void {
    if (this.#unmount) return;
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [style()];
    const strings = readStrings(this.getAttribute("strings"));
    const server = this.getAttribute("server")?.replace(/\/+$/, "") || ORIGIN;
    const place = document.createElement("div");
    const launcher = this.getAttribute("display") === "launcher";
    const window = launcher ? this.#launch(root, place, strings.open, strings.name) : root;
    window.append(place);
    const { conversation, unmount } = mount(place, {
      client: new HttpClient(server),
      token: new TokenStore(`${NAME}:${server}`),
      strings,
      server,
      clinic: this.getAttribute("clinic") ?? strings.clinic,
      phone: this.getAttribute("phone") ?? "",
      close: launcher ? () => (window as HTMLDialogElement).close() : undefined,
    });
    this.#unmount = () => {
      unmount();
      root.replaceChildren();
    };
    void conversation.resume();
  }

  disconnectedCallback(): void {
    this.#unmount?.();
    this.#unmount = undefined;
  }

  /** A button that opens a window: over the whole screen and modal on a phone, beside the page elsewhere. */
  #launch(root: ShadowRoot, place: HTMLElement, label: string, name: string): HTMLDialogElement {
    const button = document.createElement("button");
    const window = document.createElement("dialog");
    button.className = "main launcher";
    button.type = "button";
    button.textContent = label;
    window.className = "window";
    window.setAttribute("aria-label", name);
    button.addEventListener("click", () => {
      if (matchMedia("(max-width: 640px), (max-height: 480px)").matches) window.showModal();
      else window.show();
      place.querySelector<HTMLElement>(".welcome .main, textarea")?.focus();
    });
    window.addEventListener("close", () => button.focus());
    window.addEventListener("keydown", (event) => {
      // The window that asks before deleting takes Escape for itself.
      if (event.key === "Escape" && !window.querySelector("dialog[open]")) window.close();
    });
    root.append(button, window);
    return window;
  }
}

if (!customElements.get(NAME)) customElements.define(NAME, HipAssistant);
