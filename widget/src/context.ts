import type { Strings } from "./strings";

/** What every part of the widget may need. */
export interface Setting {
  strings: Strings;
  /** The gateway's origin. */
  server: string;
  clinic: string;
  /** The clinic's phone as the page gives it; empty when it gives none. Never shown beside urgent advice. */
  phone: string;
  /** The advice told last is urgent: no booking, no phone of the clinic. */
  urgent: boolean;
}

/** The properties of a part of the widget. */
export type With<Props = object> = Props & { setting: Setting };

/** The address that dials a number. */
export function tel(number: string): string {
  return "tel:" + number.replace(/[^+\d]/g, "");
}
