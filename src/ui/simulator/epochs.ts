import { html, nothing, type TemplateResult } from "lit";
import { formatMicroNats } from "../format.ts";
import { icon } from "../icons.ts";
import { agreementWords, type EpochRoots, type RootShare } from "./roots.ts";
import { rootName } from "./words.ts";

/** One line an epoch: its roots as chips, as wide as many nodes have them, and whether the honest ones agree. */
export function rootRows(rows: readonly EpochRoots[]): TemplateResult {
  if (rows.length === 0) {
    return html`<p class="small quiet">No node has closed an epoch yet.</p>`;
  }
  return html`<ol class="roots" aria-label="Roots of the latest epochs" data-testid="roots">
    ${rows.map(
      (row) => html`<li data-epoch=${row.epoch} data-agreed=${row.agreed}>
        <span class="number epoch">${row.epoch}</span>
        <span class="chips">${row.shares.map((share) => chip(share, row.shares.length))}</span>
        <span class="words small ${row.agreed ? "quiet" : "bad"}">
          ${icon(row.agreed ? "check" : "warning")}<span>${agreementWords(row)}</span>
        </span>
      </li>`,
    )}
  </ol>`;
}

function chip({ root, hue, nodes, label }: RootShare, ofShares: number): TemplateResult {
  return html`<span class="root chip mono" .style=${`--hue:${hue.toFixed(1)};flex-grow:${nodes}`} title=${root}
    >${ofShares > 1 ? html`<b>${label.at(-1)}</b>` : nothing}${rootName(root)}</span
  >`;
}

const WIDTH = 300;
const HEIGHT = 90;
const MARGIN = { top: 10, right: 10, bottom: 10, left: 10 };

/** Points of the chart in its own units, first epoch at the left; the whole height is from the least to the most. */
export function lossPoints(lossMicroNats: readonly number[]): readonly { x: number; y: number }[] {
  const least = Math.min(...lossMicroNats);
  const span = Math.max(1, Math.max(...lossMicroNats) - least);
  const steps = Math.max(1, lossMicroNats.length - 1);
  return lossMicroNats.map((loss, index) => ({
    x: MARGIN.left + ((WIDTH - MARGIN.left - MARGIN.right) * index) / steps,
    y: HEIGHT - MARGIN.bottom - ((HEIGHT - MARGIN.top - MARGIN.bottom) * (loss - least)) / span,
  }));
}

/** The benchmark loss after each epoch, the bare model's first. */
export function lossChart(lossMicroNats: readonly number[]): TemplateResult {
  const [first] = lossMicroNats;
  const last = lossMicroNats.at(-1);
  if (first === undefined || last === undefined || lossMicroNats.length < 2) {
    return html`<p class="small quiet">The curve begins when the first epoch is closed.</p>`;
  }
  const points = lossPoints(lossMicroNats);
  const line = points.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
  const end = points.at(-1) ?? { x: 0, y: 0 };
  const words = `Loss ${formatMicroNats(first)} nats before the first epoch, ${formatMicroNats(last)} now`;
  return html`<figure class="loss">
    <div class="plot">
    <svg role="img" aria-label=${words} viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">
      <polygon class="area" points=${`${points[0]?.x},${HEIGHT} ${line} ${end.x},${HEIGHT}`}></polygon>
      <polyline points=${line}></polyline>
    </svg>
    <i class="end" .style=${`left:${(100 * end.x) / WIDTH}%;top:${(100 * end.y) / HEIGHT}%`}></i>
    </div>
    <figcaption class="row spread small number">
      <span class="quiet">bare ${formatMicroNats(first)}</span>
      <b>${formatMicroNats(last)} nats</b>
    </figcaption>
  </figure>`;
}
