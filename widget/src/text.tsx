import type { ComponentChildren } from "preact";
import { tel, type With } from "./context";

/** A UK phone number as the clinic writes it, such as 020 7946 0100. */
const PHONE = /(\b0\d{2,4} \d{3,4} \d{3,4}\b)/;

/** A message's text: lines as paragraphs, lines that start with "- " as a list. Always text, never markup. */
export function Text({ text, plain, setting }: With<{ text: string; plain?: boolean }>) {
  const blocks: ComponentChildren[] = [];
  let items: ComponentChildren[] = [];
  const close = () => {
    if (items.length) blocks.push(<ul>{items}</ul>);
    items = [];
  };
  for (const line of text.split("\n")) {
    if (line.startsWith("- ")) items.push(<li>{line.slice(2)}</li>);
    else if (line.trim()) {
      close();
      blocks.push(<p>{plain ? line : <Phones line={line} setting={setting} />}</p>);
    }
  }
  close();
  return <>{blocks}</>;
}

/** A line in which the clinic's numbers can be tapped. The bar above has 999 and 111 already. */
function Phones({ line, setting }: With<{ line: string }>) {
  if (setting.urgent) return <>{line}</>;
  return <>{line.split(PHONE).map((part, index) => (index % 2 ? <a href={tel(part)}>{part}</a> : part))}</>;
}
