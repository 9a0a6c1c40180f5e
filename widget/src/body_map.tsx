import { Component } from "preact";
import type { With } from "./context";
import { fill } from "./strings";

/** Half a body from the waist to below the knee, mirrored: waist, hip, thigh, knee, calf, and back up the inside. */
const BODY =
  "M37 6C36 24 28 36 25 56C22 80 28 112 33 138C34 146 33 152 31 162C29 176 32 188 35 200H50C52 188 54 176 52 162" +
  "C51 152 51 146 52 138C55 118 58 100 60 82C62 100 65 118 68 138C69 146 69 152 68 162C66 176 68 188 70 200H85" +
  "C88 188 91 176 89 162C87 152 86 146 87 138C92 112 98 80 95 56C92 36 84 24 83 6Z";

/** cx, cy, rx, ry, turn. Each is drawn on both sides of the body. */
type Spot = [number, number, number, number, number];

/** Where each place lies on the drawing. A place is known by a word in its label, which the clinic may reword around it. */
const FRONT: Record<string, Spot> = {
  groin: [50, 71, 6, 13, -32],
  outer: [29, 70, 6.5, 15, 4],
  thigh: [43, 106, 10, 20, -4],
  knee: [42.5, 149, 9, 10, 0],
};
const BACK: Record<string, Spot> = {
  back: [50, 28, 10, 13, 0],
  buttock: [46, 65, 13, 15, 0],
  outer: [28, 62, 4.5, 14, 6],
  thigh: [43, 110, 10, 20, -4],
  knee: [42.5, 149, 9, 10, 0],
};

interface Props {
  places: string[];
  pick: (place: string) => void;
}

/**
 * A drawing of the lower body, front and back. A tap on it picks a place and asks to confirm, since a finger may miss.
 * It is for pointers only and hidden from screen readers: the buttons under it are the same choices.
 */
export class BodyMap extends Component<With<Props>, { picked?: string }> {
  override render({ places, pick, setting: { strings } }: With<Props>, { picked }: { picked?: string }) {
    const view = (name: string, spots: Record<string, Spot>, shift: number) => (
      <g transform={`translate(${shift} 0)`}>
        <path d={BODY} class="body" />
        <path d={shift ? "M60 8V48M60 50V80M35 82Q47 90 59 82M61 82Q73 90 85 82" : "M60 30h.01M38 146Q43 141 48 146M72 146Q77 141 82 146M41 58L57 78M79 58L63 78"} class="fold" />
        {Object.entries(spots).map(([key, spot]) => {
          const place = places.find((label) => label.toLowerCase().includes(key));
          return place && (
            <g class={place === picked ? "spot picked" : "spot"} data-place={place} onClick={() => this.setState({ picked: place })}>
              <title>{place}</title>
              <Ellipse spot={spot} />
              <Ellipse spot={[120 - spot[0], spot[1], spot[2], spot[3], -spot[4]]} />
            </g>
          );
        })}
        <text x="60" y="216">{name}</text>
      </g>
    );
    return (
      <div class="map">
        <p class="hint">{strings.bodyMap}</p>
        <svg viewBox="0 0 260 222" aria-hidden="true">
          {view(strings.front, FRONT, 0)}
          {view(strings.back, BACK, 140)}
        </svg>
        {picked && (
          <button type="button" class="main" onClick={() => pick(picked)}>
            {fill(strings.sendPlace, { place: picked })}
          </button>
        )}
      </div>
    );
  }
}

function Ellipse({ spot: [cx, cy, rx, ry, turn] }: { spot: Spot }) {
  return <ellipse cx={cx} cy={cy} rx={rx} ry={ry} transform={`rotate(${turn} ${cx} ${cy})`} />;
}
