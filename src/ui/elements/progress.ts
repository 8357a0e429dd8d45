import "@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js";
import { html, type TemplateResult } from "lit";
import type { Progress } from "../../ports/progress.ts";

/** Whole per cent; undefined when the total is not known. */
export function percentOf(progress: Progress): number | undefined {
  if (progress.total <= 0) return undefined;
  return Math.max(0, Math.min(100, Math.round((100 * progress.done) / progress.total)));
}

export function progressBar(progress: Progress): TemplateResult {
  const percent = percentOf(progress);
  return html`<div .style=${"display:grid;gap:0.4rem"}>
    <div class="row spread small">
      <span>${progress.step}</span>
      <span class="number quiet">${percent === undefined ? "" : `${percent} %`}</span>
    </div>
    <wa-progress-bar
      label=${progress.step}
      value=${percent ?? 0}
      ?indeterminate=${percent === undefined}
    ></wa-progress-bar>
  </div>`;
}
