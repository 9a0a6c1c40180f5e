import { BookingCard, ComparisonCard, OutcomeCard } from "./cards";
import type { With } from "./context";
import type { Entry } from "./conversation";
import { Pencil } from "./icons";
import { Text } from "./text";
import { fill } from "./strings";
import type { Outcome, ReadBackLine } from "./types";

interface Props {
  entry: Entry;
  /** Nothing was said after it: its read-back can be corrected. */
  open: boolean;
  /** The outcome told before it. */
  told: Outcome | undefined;
  /** The person has said something since, so that the outcome's card may be out of sight. */
  since: boolean;
  answer: (text: string) => void;
}

/** One message, or the card it stands for. */
export function MessageView({ entry, open, told, since, answer, setting }: With<Props>) {
  const { strings, urgent } = setting;
  if (entry.from === "person") return <Own entry={entry} setting={setting} />;
  const { outcome, comparison, read_back } = entry.custom ?? {};
  let inside;
  if (outcome) inside = <OutcomeCard message={entry} outcome={outcome} setting={setting} />;
  else if (comparison) inside = <ComparisonCard message={entry} comparison={comparison} setting={setting} />;
  else {
    // What says in words how to book is drawn as the card that counts the link's use; beside urgent advice, not at all.
    const booking = told && told.booking.length > 0 && entry.text.includes("://");
    const text = booking ? entry.text.replace(/^.*:\/\/.*$/gm, "") : read_back ? withoutList(entry.text) : entry.text;
    inside = (
      <div class="said" id={"m" + entry.id}>
        <Text text={booking && urgent ? strings.bookingClosed : text} setting={setting} />
        {read_back && <ReadBack lines={read_back} open={open} answer={answer} setting={setting} />}
        {booking && since && !urgent && <BookingCard outcome={told} setting={setting} />}
      </div>
    );
  }
  return <div class="message from-assistant"><span class="hidden">{strings.assistant}: </span>{inside}</div>;
}

/** The list is drawn; of the text only what stands beside it is left. */
function withoutList(text: string): string {
  return text.replace(/^- .*$/gm, "");
}

function Own({ entry, setting: { strings } }: With<{ entry: Entry }>) {
  const { delivery } = entry;
  return (
    <div class={"message from-person" + (delivery === "failed" ? " failed" : "")}>
      <div class="said">
        <span class="hidden">{strings.you}: </span>
        <p>{entry.text}</p>
      </div>
      {delivery === "failed" && <p class="small">{strings.failed}</p>}
      {delivery === "waiting" && <p class="small">{strings.waiting}</p>}
    </div>
  );
}

function ReadBack({
  lines,
  open,
  answer,
  setting: { strings },
}: With<{ lines: ReadBackLine[]; open: boolean; answer: Props["answer"] }>) {
  return (
    <div class="read-back">
      <h3>{strings.yourAnswers}</h3>
      {open && <p class="small">{strings.tapToChange}</p>}
      <ul>
        {lines.map(({ label, text }) => {
          const line = <><span class="label">{label}</span><span class="value">{text}</span></>;
          return (
            <li>
              {open ? (
                <button type="button" onClick={() => answer(fill(strings.changeText, { label }))}>
                  {line}<span class="change"><span class="hidden">{strings.change}</span><Pencil /></span>
                </button>
              ) : <div>{line}</div>}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
