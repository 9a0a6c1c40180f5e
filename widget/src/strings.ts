import defaults from "./strings.json";

export type Strings = typeof defaults;

/**
 * The widget's texts, with a site's own laid over them.
 *
 * @param own JSON of the `strings` attribute, in the shape of strings.json; any part may be left out.
 * @throws Error naming the attribute, or the text that does not fit.
 */
export function readStrings(own: string | null): Strings {
  const strings: Record<string, unknown> = { ...defaults };
  for (const [key, value] of Object.entries(own ? parse(own) : {})) {
    const known = strings[key];
    if (typeof known !== typeof value) throw new Error(`ravenscroft-hip-assistant: strings: ${key} does not fit`);
    strings[key] = typeof known === "string" || Array.isArray(known) ? value : { ...(known as object), ...(value as object) };
  }
  return strings as Strings;
}

function parse(own: string): object {
  try {
    return JSON.parse(own);
  } catch {
    throw new Error("ravenscroft-hip-assistant: strings: not JSON");
  }
}

/** Puts values into a text: fill("{n} done", {n: 3}) is "3 done". */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, key) => String(values[key] ?? whole));
}
