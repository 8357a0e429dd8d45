import { html, type TemplateResult } from "lit";
import { FAMILIES, type RecentFlights } from "./families.ts";

const ROUND = "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11z";
const CORNER = "M8 1.5L14.5 8 8 14.5 1.5 8z";

/** What shapes and colours mean, in words; with how many messages were drawn in the last second. */
export function legend(recent: RecentFlights, nowMs: number, isStill: boolean): TemplateResult {
  return html`<div class="legend small" aria-label="Legend" role="group">
    <ul aria-label="Kinds of messages">
      ${FAMILIES.map(
        ({ id, words, detail }) => html`<li title=${detail}>
          <i class="swatch" .style=${`background:var(--f-${id})`}></i><span>${words}</span>
          <span class="number quiet" data-family=${id}>${recent.count(id, nowMs)}</span>
        </li>`,
      )}
    </ul>
    <p class="quiet">
      ${isStill ? "Motion is off: numbers say how many messages moved in the last second." : "Dots are messages; numbers say how many were drawn in the last second. A red cross was lost."}
    </p>
    <ul aria-label="Shapes">
      ${shape(ROUND, "Honest", "solid")} ${shape(CORNER, "Cheats", "solid red")}
      ${shape(ROUND, "Asleep", "dashed")} ${shape(`${ROUND}M6 6l4 4M10 6l-4 4`, "Dead", "dashed hollow")}
    </ul>
    <p class="quiet">One colour is one root: nodes that agree look the same. The number is the last epoch closed; a, b where roots differ.</p>
  </div>`;
}

function shape(path: string, words: string, look: string): TemplateResult {
  return html`<li>
    <svg class="shape ${look}" viewBox="0 0 16 16" width="15" height="15" aria-hidden="true"><path d=${path}></path></svg>
    <span>${words}</span>
  </li>`;
}
