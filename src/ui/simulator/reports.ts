import { html, nothing, type TemplateResult } from "lit";
import type { SimulationFrame, SimulationSettings } from "../../ports/simulation.ts";
import "../elements/copy-button.ts";
import { icon } from "../icons.ts";
import { replayCommand } from "./settings.ts";
import { shortCount, virtualTime } from "./words.ts";

/** What happened, latest first. */
export function eventList(frame: SimulationFrame | undefined): TemplateResult {
  const events = frame?.events ?? [];
  return html`<section class="panel" aria-label="Events">
    <h2>Events</h2>
    ${
      events.length === 0
        ? html`<p class="small quiet" .style=${"margin-top:0.4rem"}>Nothing has happened yet.</p>`
        : html`<ol class="events" data-testid="events" tabindex="0" aria-label="Events, latest first">
          ${events.map(
            ({ atMs, text, tone }) => html`<li class=${tone}>
              <span class="mono quiet">${virtualTime(atMs - (frame?.startMs ?? 0))}</span><span>${text}</span>
            </li>`,
          )}
        </ol>`
    }
  </section>`;
}

/** Promises that did not hold, in full, and how to see the same again. */
export function failureReport(
  frame: SimulationFrame | undefined,
  settings: SimulationSettings,
  injected: number,
): TemplateResult | typeof nothing {
  const failures = frame?.failures ?? [];
  if (frame === undefined || failures.length === 0) return nothing;
  const command = replayCommand(settings);
  return html`<section class="panel failure stack" role="alert" aria-label="Failed checks" data-testid="failures">
    <h2>${icon("warning")} ${failures.length === 1 ? "A check failed" : `${failures.length} checks failed`}</h2>
    ${failures.map(
      ({ atMs, checker, error }) => html`<div>
        <h3>${checker}, at ${virtualTime(atMs - frame.startMs)}</h3>
        <p>${error.message} <span class="mono">(${error.code})</span></p>
        ${error.expected === undefined ? nothing : html`<p class="small">Expected: <span class="mono">${error.expected}</span></p>`}
        ${error.received === undefined ? nothing : html`<p class="small">Got: <span class="mono">${error.received}</span></p>`}
      </div>`,
    )}
    <div>
      <p class="small quiet">The same run in a terminal:</p>
      <div class="command"><code class="mono">${command}</code><parley-copy .text=${command} label="Copy the command"></parley-copy></div>
      ${
        injected === 0
          ? nothing
          : html`<p class="small quiet">
            The faults that you injected are not part of the command; they stand in the events.
          </p>`
      }
    </div>
  </section>`;
}

/** How many messages came, were lost and refused. */
export function counters(frame: SimulationFrame | undefined): TemplateResult {
  const figures = [
    ["Delivered", frame?.delivered],
    ["Lost", frame?.lost],
    ["Refused", frame?.refused],
  ] as const;
  return html`<dl class="counters">
    ${figures.map(
      ([words, count]) => html`<div>
        <dt class="small quiet">${words}</dt>
        <dd class="number" data-testid=${words.toLowerCase()}>${count === undefined ? "–" : shortCount(count)}</dd>
      </div>`,
    )}
  </dl>`;
}
