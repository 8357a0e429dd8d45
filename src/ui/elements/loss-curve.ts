import { html, nothing, svg, type TemplateResult } from "lit";
import { formatMicroNats } from "../format.ts";

const WIDTH = 240;
const HEIGHT = 56;
const MARGIN = 3;
/** Fewer points make no curve. */
const LEAST_POINTS = 2;

/** Points of the curve in the picture's units: steps evenly from left to right, the highest loss on top. */
export function curvePoints(lossesMicroNats: readonly number[]): string {
  const highest = Math.max(...lossesMicroNats, 1);
  const last = Math.max(1, lossesMicroNats.length - 1);
  return lossesMicroNats
    .map((loss, index) => {
      const x = MARGIN + ((WIDTH - 2 * MARGIN) * index) / last;
      const y = HEIGHT - MARGIN - ((HEIGHT - 2 * MARGIN) * Math.max(0, loss)) / highest;
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(" ");
}

/** How the loss fell, step by step; `caption` says it in words, by default its first and last value. */
export function lossCurve(
  lossesMicroNats: readonly number[],
  caption?: string,
): TemplateResult | typeof nothing {
  const [first] = lossesMicroNats;
  const last = lossesMicroNats.at(-1);
  if (first === undefined || last === undefined || lossesMicroNats.length < LEAST_POINTS) return nothing;
  const words = caption ?? `Loss from ${formatMicroNats(first)} to ${formatMicroNats(last)} nats`;
  return html`<figure .style=${"display:grid;gap:0.3rem;margin:0"} data-testid="loss-curve">
    <svg
      role="img"
      aria-label=${words}
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      preserveAspectRatio="none"
      .style=${"width:100%;height:3.5rem;display:block"}
    >
      ${svg`<line x1="0" x2=${WIDTH} y1=${HEIGHT - MARGIN} y2=${HEIGHT - MARGIN}
        stroke="var(--p-line)" vector-effect="non-scaling-stroke" />
      <polyline points=${curvePoints(lossesMicroNats)} fill="none" stroke="var(--p-brand)" stroke-width="2"
        stroke-linejoin="round" vector-effect="non-scaling-stroke" />`}
    </svg>
    <figcaption class="small quiet number">${words}</figcaption>
  </figure>`;
}
