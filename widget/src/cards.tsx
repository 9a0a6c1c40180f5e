import { tel, type With } from "./context";
import { Alert, Phone } from "./icons";
import { bookingUrl } from "./outcome";
import { Text } from "./text";
import { type Booking, type Comparison, isUrgent, type Message, type Outcome } from "./types";

/** How urgent advice looks. */
const KINDS: Record<string, string> = {
  emergency_ambulance: "strong now",
  emergency_department: "strong now",
  mental_health_crisis: "strong crisis",
  same_day: "strong today",
};

/** The message that ends an assessment: a heading, the advice, why, and what to watch for. */
export function OutcomeCard({ message, outcome, setting }: With<{ message: Message; outcome: Outcome }>) {
  const { strings } = setting;
  const urgent = isUrgent(outcome);
  const [title, ...lines] = message.text.split("\n");
  const heading = "h" + message.id;
  const kind = KINDS[outcome.care_level] ?? "";
  return (
    <section class={"card " + kind} tabIndex={-1} aria-labelledby={heading} id={"m" + message.id} data-level={outcome.care_level}>
      <header>
        {urgent && <Alert />}
        <div>
          <p class="eyebrow">{!urgent ? strings.result : kind.endsWith("today") ? strings.urgent : strings.emergency}</p>
          <h3 id={heading}>{title}</h3>
        </div>
      </header>
      <div class="inside">
        {urgent && lines[0] && <Text text={lines[0]} plain setting={setting} />}
        {urgent && <Calls text={message.text} first={kind.endsWith("today") ? "111" : "999"} setting={setting} />}
        <Text text={lines.slice(urgent ? 1 : 0).join("\n")} plain={urgent} setting={setting} />
        {!urgent && (outcome.reference || outcome.booking.length > 0) && <BookingCard outcome={outcome} setting={setting} />}
      </div>
    </section>
  );
}

/** A button for every number that the advice names, and for no other. */
function Calls({ text, first, setting: { strings } }: With<{ text: string; first: string }>) {
  const call = (number: string) => strings.call.replace("{number}", number);
  const calls = [
    { number: "999", label: call("999"), href: tel("999") },
    { number: "111", label: text.includes("option 2") ? strings.call111option2 : call("111"), href: tel("111") },
    { number: "116 123", label: strings.callSamaritans, href: tel("116123") },
    { number: "85258", label: strings.textShout, href: "sms:85258?body=SHOUT" },
  ];
  return (
    <div class="calls">
      {calls
        .filter(({ number }) => text.includes(number))
        .sort((a, b) => Number(b.number === first) - Number(a.number === first))
        .map(({ label, href }) => <a class="dial" href={href}><Phone />{label}</a>)}
    </div>
  );
}

export function BookingCard({ outcome, setting }: With<{ outcome: Outcome }>) {
  const { strings, urgent } = setting;
  // Urgent advice came later: what was offered before it is taken back.
  if (urgent) return <p class="closed">{strings.bookingClosed}</p>;
  return (
    <div class="booking">
      <h4>{strings.booking}</h4>
      {outcome.reference && <Reference code={outcome.reference} setting={setting} />}
      <ul>{outcome.booking.map((booking) => <Service booking={booking} setting={setting} />)}</ul>
      {outcome.notes?.map((note) => <p class="small note">{note}</p>)}
    </div>
  );
}

function Service({ booking, setting: { strings, server } }: With<{ booking: Booking }>) {
  const names: Record<string, string> = strings.services;
  const name = names[booking.service] ?? booking.service;
  const url = bookingUrl(booking, server);
  return (
    <li class="service">
      <strong>{name}</strong>
      <div class="row">
        {url && (
          <a class="main" href={url} target="_blank" rel="noopener noreferrer">
            {strings.bookOnline}<span class="hidden">: {name}, {strings.newTab}</span>
          </a>
        )}
        <a class="choice" href={tel(booking.phone)}><Phone />{strings.orPhone.replace("{number}", booking.phone)}</a>
      </div>
    </li>
  );
}

function Reference({ code, setting: { strings } }: With<{ code: string }>) {
  return (
    <div class="reference">
      <p>{strings.reference}</p>
      <code>{code}</code>
      <p class="small">{strings.referenceHint}</p>
    </div>
  );
}

/** What the options are, one block each; the blocks stand side by side where there is room. */
export function ComparisonCard({ message, comparison, setting: { strings } }: With<{ message: Message; comparison: Comparison }>) {
  const { title, columns, rows, sources } = comparison;
  const [intro] = message.text.split("\n");
  const heading = "h" + message.id;
  return (
    <section class="card" aria-labelledby={heading} id={"m" + message.id}>
      <header><h3 id={heading}>{title}</h3></header>
      <div class="inside">
        {intro && intro !== title && <p>{intro}</p>}
        <ul class="options">
          {columns.map((column, index) => (
            <li>
              <h4>{column}</h4>
              <dl>{rows.map(({ label, cells }) => <><dt>{label}</dt><dd>{cells[index]}</dd></>)}</dl>
            </li>
          ))}
        </ul>
        {sources.length > 0 && <p class="small">{strings.sources}: {sources.join("; ")}</p>}
      </div>
    </section>
  );
}
