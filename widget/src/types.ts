/** The JSON that the gateway speaks. */

export interface Button {
  title: string;
  payload: string;
}

export type QuestionKind = "choice" | "checklist" | "number" | "scale" | "body_map" | "text";

export interface Question {
  id: string;
  kind: QuestionKind;
  /** Every label on offer, the three below among them. */
  options?: string[];
  none?: string;
  not_sure?: string;
  skip?: string;
  progress?: { done: number; left_at_most: number };
}

export interface ReadBackLine {
  question: string;
  label: string;
  text: string;
}

export interface Booking {
  service: string;
  url: string | null;
  phone: string;
}

export interface Outcome {
  care_level: string;
  reasons: string[];
  reference: string | null;
  booking: Booking[];
  /** What stands below the ways to book: when the phone is answered, and what to do when a page does not open. */
  notes?: string[];
}

export interface Comparison {
  title: string;
  columns: string[];
  rows: { label: string; cells: string[] }[];
  sources: string[];
}

export interface Custom {
  question?: Question;
  read_back?: ReadBackLine[];
  outcome?: Outcome;
  comparison?: Comparison;
}

export interface Message {
  id: string;
  from: "assistant" | "person";
  text: string;
  buttons?: Button[];
  custom?: Custom | null;
}

/** What is sent: the id makes a repeat harmless. */
export interface Outgoing {
  id: string;
  text: string;
  payload?: string;
}

export type SummaryFormat = "text" | "pdf" | "fhir";

export interface CallBack {
  name: string;
  phone: string;
}

/** Care levels that need help today; none of them is ever followed by a booking link. */
const URGENT = ["emergency_ambulance", "mental_health_crisis", "emergency_department", "same_day"];

export function isUrgent(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && URGENT.includes(outcome.care_level);
}
