import { html, nothing, type TemplateResult } from "lit";
import type { FinishedRun, TrainingWork } from "../../app/parley.ts";
import { formatBytes, formatMicroNats } from "../format.ts";
import { lossCurve } from "./loss-curve.ts";
import { progressBar } from "./progress.ts";

/** A training run under way: how far it is, what it takes, how its loss falls. */
export function trainingProgress(work: TrainingWork): TemplateResult {
  const facts = factsOf(work);
  return html`${progressBar(work)}
  ${facts === "" ? nothing : html`<p class="small quiet number" role="status">${facts}</p>`} ${lossCurve(work.lossesMicroNats)}`;
}

/** The run that ended last. */
export function finishedTraining(run: FinishedRun): TemplateResult {
  const { lossBeforeMicroNats, lossAfterMicroNats, isPrivate } = run;
  const on = isPrivate ? "the benchmark" : "your corrections";
  return html`<div class="stack" style="gap:0.5rem" data-testid="last-run">
    <p class="small number">
      Last run: loss on ${on} ${formatMicroNats(lossBeforeMicroNats)} → ${formatMicroNats(lossAfterMicroNats)} nats
    </p>
    ${lossCurve(run.lossesMicroNats)}
  </div>`;
}

function factsOf({ continuedFromStep, memoryBytes }: TrainingWork): string {
  return [
    continuedFromStep === undefined ? undefined : `Continued from step ${continuedFromStep}`,
    memoryBytes === undefined ? undefined : `About ${formatBytes(memoryBytes)} of memory while it trains`,
  ]
    .filter((fact) => fact !== undefined)
    .join(" · ");
}
