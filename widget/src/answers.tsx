import { Component, type TargetedEvent } from "preact";
import { BodyMap } from "./body_map";
import type { With } from "./context";
import { fill } from "./strings";
import type { Message, Question } from "./types";

interface Props {
  message: Message;
  answer: (text: string, payload?: string) => void;
}

/** The ways to answer a message other than typing. */
export function Answers({ message, answer, setting }: With<Props>) {
  const question = message.custom?.question;
  const labels = question?.options ?? message.buttons?.map((button) => button.title) ?? [];
  const pick = (label: string) => {
    const payload = message.buttons?.find((button) => button.title === label)?.payload;
    // A payload that is the label itself says no more than the text does.
    if (payload && payload !== label) answer(label, payload);
    else answer(label);
  };
  const props = { question, labels, pick, setting };
  switch (question?.kind) {
    case "checklist":
      return <Checklist {...props} />;
    case "scale":
      return <><Scale {...props} /><Choices {...props} labels={labels.filter((label) => !/^\d+$/.test(label))} /></>;
    case "number":
      return <><NumberField {...props} /><Choices {...props} /></>;
    case "body_map":
      return <><BodyMap places={labels} pick={pick} setting={setting} /><Choices {...props} /></>;
    default:
      return <Choices {...props} />;
  }
}

type ChoiceProps = With<{
  question: Question | undefined;
  labels: string[];
  pick: (label: string) => void;
}>;

/** One button a label; what says nothing about the hip ("not sure", "skip") is drawn more quietly. */
function Choices({ question, labels, pick }: ChoiceProps) {
  const quiet = (label: string) => label === question?.not_sure || label === question?.skip;
  return (
    <div class="choices">
      {labels.map((label) => (
        <button type="button" class={quiet(label) ? "choice quiet" : "choice"} onClick={() => pick(label)}>
          {label}
        </button>
      ))}
    </div>
  );
}

class Checklist extends Component<ChoiceProps, { picked?: string[]; wrong?: boolean }> {
  override render({ question, labels, pick, setting: { strings } }: ChoiceProps) {
    const { picked = [], wrong } = this.state;
    const skip = question?.skip;
    const alone = (label: string) => label === question?.none || label === question?.not_sure;
    const boxes = labels.filter((label) => label !== skip);
    const toggle = (label: string) => {
      const others = picked.filter((other) => other !== label);
      // "None of these" and "not sure" exclude all else, and all else excludes them.
      if (others.length < picked.length) this.setState({ picked: others });
      else this.setState({ wrong: false, picked: alone(label) ? [label] : [...others.filter((other) => !alone(other)), label] });
    };
    const submit = (event: TargetedEvent<HTMLFormElement>) => {
      event.preventDefault();
      if (picked.length) pick(boxes.filter((label) => picked.includes(label)).join("; "));
      else {
        this.setState({ wrong: true });
        event.currentTarget.querySelector("input")?.focus();
      }
    };
    return (
      <form onSubmit={submit}>
        <fieldset aria-describedby={wrong ? "wrong" : undefined}>
          <legend class="hint">{strings.pickAll}</legend>
          {wrong && <p class="wrong" id="wrong" role="alert">{strings.pickSomething}</p>}
          {boxes.map((label) => (
            <label class={alone(label) ? "check alone" : "check"}>
              <input type="checkbox" checked={picked.includes(label)} onChange={() => toggle(label)} />
              <span>{label}</span>
            </label>
          ))}
        </fieldset>
        <div class="row">
          <button class="main">{strings.sendAnswer}</button>
          {skip && <button type="button" class="choice quiet" onClick={() => pick(skip)}>{skip}</button>}
        </div>
      </form>
    );
  }
}

const SCALE = Array.from({ length: 11 }, (_, number) => String(number));

/** Numbers from 0 to 10; sent by a button, since on a phone a finger may miss. */
function Scale({ pick, setting: { strings } }: ChoiceProps) {
  const submit = (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault();
    pick(String(new FormData(event.currentTarget).get("scale")));
  };
  return (
    <form onSubmit={submit}>
      <fieldset>
        <legend class="hint">{strings.scale}</legend>
        <div class="scale">
          {SCALE.map((n) => (
            <label class="step">
              <input type="radio" name="scale" required value={n} aria-label={fill(strings.scaleOf, { n })} />
              <span aria-hidden="true">{n}</span>
            </label>
          ))}
        </div>
        <p class="ends"><span>{strings.scaleLow}</span><span>{strings.scaleHigh}</span></p>
      </fieldset>
      <button class="main">{strings.sendAnswer}</button>
    </form>
  );
}

class NumberField extends Component<ChoiceProps, { wrong?: boolean }> {
  override render({ pick, setting: { strings } }: ChoiceProps, { wrong }: { wrong?: boolean }) {
    const submit = (event: TargetedEvent<HTMLFormElement>) => {
      event.preventDefault();
      const field = event.currentTarget.querySelector("input")!;
      const value = field.value.trim();
      if (/^\d+$/.test(value)) pick(value);
      else {
        this.setState({ wrong: true });
        field.focus();
      }
    };
    return (
      <form onSubmit={submit}>
        <label class="hint" for="number">{strings.number}</label>
        {wrong && <p class="wrong" id="wrong" role="alert">{strings.numberWrong}</p>}
        <div class="row">
          <input
            id="number"
            class="field short"
            inputMode="numeric"
            autoComplete="off"
            maxLength={3}
            aria-invalid={wrong}
            aria-describedby={wrong ? "wrong" : undefined}
          />
          <button class="main">{strings.sendAnswer}</button>
        </div>
      </form>
    );
  }
}
