import { Component, createRef } from "preact";
import { tel, type With } from "./context";
import { Cross, Dots, Mark, Phone } from "./icons";
import type { SummaryFormat } from "./types";

type Props = With<{
  /** There is a chat to start again or to delete. */
  chat: boolean;
  /** There is a result to save. */
  result: boolean;
  save: (format: SummaryFormat) => void;
  startAgain: () => void;
  erase: () => void;
  /** Closes the widget, where it can be closed. */
  close?: (() => void) | undefined;
}>;

/** Who this is, the menu, and the two numbers that are always in view. */
export function Header(props: Props) {
  const { strings, clinic } = props.setting;
  return (
    <header class="top">
      <div class="bar">
        <Mark />
        <div class="title">
          <h2>{strings.name}</h2>
          <p>{clinic} · {strings.automated}</p>
        </div>
        <Menu {...props} />
        {props.close && (
          <button type="button" class="plain" aria-label={strings.close} onClick={props.close}><Cross /></button>
        )}
      </div>
      <div class="numbers">
        <a href="tel:999" class="emergency">
          <span>{strings.emergencyBefore}</span> <b>999</b>
        </a>
        <a href="tel:111">
          <span>{strings.urgentBefore}</span> <b>111</b>
        </a>
      </div>
    </header>
  );
}

class Menu extends Component<Props, { open?: boolean }> {
  readonly #box = createRef<HTMLDivElement>();
  readonly #button = createRef<HTMLButtonElement>();

  readonly #outside = (event: Event): void => {
    // A tap anywhere else closes the menu.
    if (this.state.open && !event.composedPath().includes(this.#box.current!)) this.setState({ open: false });
  };

  override componentDidMount() {
    addEventListener("pointerdown", this.#outside);
  }

  override componentWillUnmount() {
    removeEventListener("pointerdown", this.#outside);
  }

  readonly #onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !this.state.open) return;
    // Escape closes the menu only, not the window that it is in.
    event.stopPropagation();
    event.preventDefault();
    this.#close();
  };

  readonly #left = ({ relatedTarget }: FocusEvent): void => {
    // Open, it would lie over what has focus next.
    if (relatedTarget && !this.#box.current!.contains(relatedTarget as Node)) this.setState({ open: false });
  };

  #close() {
    this.setState({ open: false });
    this.#button.current?.focus();
  }

  override render({ chat, result, save, startAgain, erase, setting }: Props, { open }: { open?: boolean }) {
    const { strings } = setting;
    const phone = setting.urgent ? "" : setting.phone;
    const item = (label: string, act: () => void) => {
      const choose = () => {
        this.#close();
        act();
      };
      return <li><button type="button" onClick={choose}>{label}</button></li>;
    };
    return (
      <div class="menu" ref={this.#box} hidden={!chat && !phone} onKeyDown={this.#onKeyDown} onFocusOut={this.#left}>
        <button
          type="button"
          class="plain"
          ref={this.#button}
          aria-expanded={!!open}
          aria-label={strings.menu}
          onClick={() => this.setState({ open: !open })}
        >
          <Dots />
        </button>
        {open && (
          <ul>
            {result && item(strings.summaryPdf, () => save("pdf"))}
            {result && item(strings.summaryText, () => save("text"))}
            {result && item(strings.summaryFhir, () => save("fhir"))}
            {phone && <li><a href={tel(phone)}><Phone />{strings.clinicPhone}: {phone}</a></li>}
            {chat && item(strings.startAgain, startAgain)}
            {chat && item(strings.delete, erase)}
          </ul>
        )}
      </div>
    );
  }
}
