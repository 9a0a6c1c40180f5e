import { Component, createRef, type TargetedEvent } from "preact";
import type { With } from "./context";
import type { State } from "./conversation";
import type { CallBack } from "./types";

function show(window: HTMLDialogElement | null): void {
  if (window && !window.open) window.showModal();
}

/** Asks before everything is deleted. A modal window of the browser's own: it keeps focus and closes on Escape. */
export function DeleteWindow({ yes, no, setting: { strings } }: With<{ yes: () => void; no: () => void }>) {
  return (
    <dialog ref={show} class="ask" aria-labelledby="ask" aria-describedby="ask-text" onClose={no}>
      <h3 id="ask">{strings.deleteTitle}</h3>
      <p id="ask-text">{strings.deleteText}</p>
      <form method="dialog" class="row">
        <button class="choice" autofocus>{strings.deleteNo}</button>
        <button class="main danger" onClick={yes}>{strings.deleteYes}</button>
      </form>
    </dialog>
  );
}

type Name = "name" | "tel" | "consent";
type Props = With<{ state: State["callBack"]; ask: (form: CallBack) => void }>;

/** Name, number and a consent of its own; asked only after a result that offers the clinic. */
export class CallBackForm extends Component<Props, { open?: boolean; wrong?: Name[] }> {
  readonly #place = createRef<HTMLDivElement>();

  override componentDidUpdate({ state }: Props, { open }: { open?: boolean }) {
    // Focus goes where the person is to go on: the first field, the thanks, or back to the button.
    if (state === this.props.state && open === this.state.open) return;
    const place = this.#place.current?.firstElementChild as HTMLElement | null;
    if (this.props.state !== "sending") (place?.querySelector("input") ?? place)?.focus();
  }

  override render(props: Props) {
    return <div class="wide" ref={this.#place}>{this.#inside(props)}</div>;
  }

  #inside({ state, ask, setting: { strings } }: Props) {
    const { open, wrong = [] } = this.state;
    if (state === "sent") {
      return (
        <section class="card inside" tabIndex={-1}>
          <p><b>{strings.callBackSent}</b></p>
          <p>{strings.callBackUrgent}</p>
        </section>
      );
    }
    const toggle = () => this.setState({ open: !open, wrong: [] });
    if (!open) return <button type="button" class="choice" onClick={toggle}>{strings.callBack}</button>;

    const submit = (event: TargetedEvent<HTMLFormElement>) => {
      event.preventDefault();
      const field = (name: Name) => event.currentTarget.elements.namedItem(name) as HTMLInputElement;
      const name = field("name").value.trim();
      const phone = field("tel").value.trim();
      const found: Name[] = [];
      if (!name) found.push("name");
      if (!/^\+?\d{10,15}$/.test(phone.replace(/[\s()-]/g, ""))) found.push("tel");
      if (!field("consent").checked) found.push("consent");
      this.setState({ wrong: found });
      if (found[0]) field(found[0]).focus();
      else ask({ name, phone });
    };
    const row = (name: Name, type: "text" | "tel" | "checkbox", label: string, complaint: string) => {
      const bad = wrong.includes(name);
      const input = (
        <input
          id={name}
          name={name}
          class={type === "checkbox" ? "" : "field"}
          // A union that TypeScript cannot follow through a variable.
          type={type as "text"}
          list={undefined}
          autoComplete={name === "consent" ? undefined : name}
          aria-invalid={bad}
          aria-describedby={bad ? name + "-wrong" : undefined}
        />
      );
      return (
        <div>
          {name !== "consent" && <label for={name}>{label}</label>}
          {bad && <p class="wrong" id={name + "-wrong"}>{complaint}</p>}
          {name === "consent" ? <label class="check">{input}<span>{label}</span></label> : input}
        </div>
      );
    };
    return (
      <form class="card inside" onSubmit={submit} aria-labelledby="call-back">
        <h3 id="call-back">{strings.callBackTitle}</h3>
        <p>{strings.callBackText}</p>
        {row("name", "text", strings.callBackName, strings.callBackNoName)}
        {row("tel", "tel", strings.callBackPhone, strings.callBackNoPhone)}
        {row("consent", "checkbox", strings.callBackConsent, strings.callBackNoConsent)}
        <div class="row">
          <button class="main" disabled={state === "sending"}>{strings.callBackSend}</button>
          <button type="button" class="choice quiet" onClick={toggle}>{strings.callBackCancel}</button>
        </div>
      </form>
    );
  }
}
