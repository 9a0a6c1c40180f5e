import { Component } from "preact";
import type { With } from "./context";
import { Send } from "./icons";

/** Past this the server only screens a message for emergencies; past MOST it refuses it. */
const ANSWERED = 2_000;
const MOST = 20_000;
const MOST_ROWS = 5;
const LETTERS_A_ROW = 34;

type Props = With<{ send: (text: string) => void }>;

/** Where a person types: Enter sends, Shift and Enter starts a new line. It is never locked: an emergency cannot wait. */
export class Composer extends Component<Props, { text?: string }> {
  override render({ send, setting: { strings } }: Props, { text = "" }: { text?: string }) {
    const hint = text.length > MOST ? strings.tooLongHint : text.length > ANSWERED ? strings.longHint : "";
    const submit = (event: Event) => {
      event.preventDefault();
      if (!text.trim() || text.length > MOST) return;
      this.setState({ text: "" });
      send(text.trim());
    };
    const onKeyDown = (event: KeyboardEvent) => {
      // While letters are being composed (as in Japanese) Enter belongs to the keyboard.
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
    };
    return (
      <form class="composer" onSubmit={submit}>
        <p class="wrong" id="long" role="status">{hint}</p>
        <label class="hidden" for="message">{strings.composer}</label>
        <textarea
          id="message"
          rows={Math.min(MOST_ROWS, text.split("\n").length + Math.floor(text.length / LETTERS_A_ROW))}
          value={text}
          placeholder={strings.placeholder}
          aria-describedby="long"
          enterkeyhint="send"
          autoComplete="off"
          onInput={(event) => this.setState({ text: event.currentTarget.value })}
          onKeyDown={onKeyDown}
        />
        <button class="main round" aria-label={strings.send}><Send /></button>
      </form>
    );
  }
}
