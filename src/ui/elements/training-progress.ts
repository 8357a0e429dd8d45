import { html, nothing, type TemplateResult } from "lit";
import type { FinishedRun, TrainingWork } from "../../app/parley.ts";
import { formatMicroNats } from "../format.ts";
import { lossCurve } from "./loss-curve.ts";
import { progressBar } from "./progress.ts";

const MEBIBYTE = 2 ** 20;

/** A training run under way: how far it is, what it takes, how its loss falls. */
export function trainingProgress(work: TrainingWork): TemplateResult {
  const facts = factsOf(work);
  return html`${progressBar(work)}
  ${facts === "" ? nothing : html`<p class="small quiet number" role="status">${facts}</p>`} ${lossCurve(work.lossesMicroNats)}`;
}

/** The run that ended last. */
export function finishedTraining(run: FinishedRun): TemplateResult {
  const { lossBeforeMicroNats, lossAfterMicroNats, lossesMicroNats, isPrivate } = run;
  const on = isPrivate ? "the benchmark" : "your corrections";
  const words = `Loss on ${on}: ${formatMicroNats(lossBeforeMicroNats)} nats before, ${formatMicroNats(lossAfterMicroNats)} after`;
  const curve = lossCurve(lossesMicroNats, words);
  return html`<div .style=${"display:grid;gap:0.4rem"} data-testid="last-run">
    <h3>Last run</h3>
    ${curve === nothing ? html`<p class="small quiet number">${words}</p>` : curve}
  </div>`;
}

function factsOf({ continuedFromStep, memoryBytes }: TrainingWork): string {
  return [
    continuedFromStep === undefined ? undefined : `Continued from step ${continuedFromStep}`,
    memoryBytes === undefined
      ? undefined
      : `About ${Math.ceil(memoryBytes / MEBIBYTE)} MiB of memory while it trains`,
  ]
    .filter((fact) => fact !== undefined)
    .join(" · ");
}
