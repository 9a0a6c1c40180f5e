import { type Booking, isUrgent, type Message, type Outcome, type SummaryFormat } from "./types";

/** The outcome told last, if any. */
export function lastOutcome(messages: readonly Message[]): Outcome | undefined {
  return messages.findLast((message) => message.custom?.outcome)?.custom?.outcome;
}

/** Whether the advice told last is urgent. Then nothing on the screen may lead to a booking or to the clinic's phone. */
export function urgentTold(messages: readonly Message[]): boolean {
  return isUrgent(lastOutcome(messages));
}

/** Whether the last outcome offers the clinic, so that a call back may be asked for. */
export function offersClinic(messages: readonly Message[]): boolean {
  const outcome = lastOutcome(messages);
  return outcome !== undefined && !isUrgent(outcome) && outcome.booking.length > 0;
}

/** Where the person's last message is; -1 where there is none. */
export function lastOwn(messages: readonly Message[]): number {
  return messages.findLastIndex((message) => message.from === "person");
}

/** The message that is to be answered now; undefined once the person has answered it. */
export function openMessage(messages: readonly Message[]): Message | undefined {
  const answered = lastOwn(messages);
  return messages.findLast(
    (message, index) => index > answered && (message.custom?.question || (message.buttons?.length ?? 0) > 0),
  );
}


/**
 * The address of a booking, or null where it is none that a person may be sent to: only https, or the gateway itself,
 * which counts the use and sends on.
 */
export function bookingUrl(booking: Booking, server: string): string | null {
  if (!booking.url) return null;
  const base = new URL(server || location.href, location.href);
  if (!URL.canParse(booking.url, base)) return null;
  const url = new URL(booking.url, base);
  return url.protocol === "https:" || url.origin === base.origin ? url.href : null;
}

const EXTENSION: Record<SummaryFormat, string> = { text: "txt", pdf: "pdf", fhir: "json" };

/** A file name by reference only: nothing about the person. */
export function summaryName(messages: readonly Message[], format: SummaryFormat): string {
  const reference = lastOutcome(messages)?.reference;
  return `hip-summary${reference ? "-" + reference.replace(/[^A-Za-z0-9-]/g, "") : ""}.${EXTENSION[format]}`;
}
