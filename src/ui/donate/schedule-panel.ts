import "@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { LaneState, SchedulerService, SchedulerState, ShownWork } from "../../app/parley.ts";
import { percentOf } from "../elements/progress.ts";
import { formatCountdown } from "../format.ts";
import { type IconName, icon } from "../icons.ts";
import { shared } from "../styles.ts";
import { Ticker } from "../ticker.ts";
import { Watch } from "../watch.ts";
import { deviceLines, LANE_WORDS, stateWords } from "./schedule-words.ts";

const ICONS: Readonly<Record<LaneState["lane"], IconName>> = {
  job: "chat",
  training: "spark",
  management: "network",
};

/** What runs now, what waits and why, and how the machine does. */
@customElement("parley-schedule")
export class SchedulePanel extends LitElement {
  static override styles = [
    shared,
    css`
      .lanes {
        display: grid;
        margin-top: 0.5rem;
      }
      .lane {
        display: grid;
        grid-template-columns: 2.1rem minmax(0, 1fr);
        gap: 0.2rem 0.75rem;
        padding: 0.8rem 0;
        border-top: 1px solid var(--p-line);
      }
      .lane:first-child {
        border-top: 0;
      }
      .symbol {
        display: grid;
        place-items: center;
        width: 2.1rem;
        height: 2.1rem;
        border-radius: 50%;
        background: var(--p-sunken);
        color: var(--p-quiet);
      }
      .lane.on .symbol {
        background: var(--p-brand-soft);
        color: var(--p-brand);
      }
      .works {
        display: grid;
        gap: 0.75rem;
        margin-top: 0.3rem;
      }
      .work {
        display: grid;
        gap: 0.3rem;
      }
      .title {
        font-size: 0.93rem;
        overflow-wrap: anywhere;
      }
      .word {
        color: var(--p-quiet);
      }
      .running .word {
        color: var(--p-brand);
        font-weight: 560;
      }
      .held .word,
      .waiting .word {
        color: var(--p-amber);
      }
      wa-progress-bar {
        --track-height: 0.35rem;
      }
      dl {
        display: grid;
        gap: 0.35rem 0.9rem;
        grid-template-columns: auto minmax(0, 1fr);
        margin-top: 0.4rem;
        padding-top: 0.9rem;
        border-top: 1px solid var(--p-line);
        font-size: 0.86rem;
      }
      dt {
        color: var(--p-quiet);
      }
      dd {
        display: flex;
        align-items: center;
        gap: 0.45em;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      dd.bad {
        color: var(--p-amber);
      }
    `,
  ];

  @property({ attribute: false }) scheduler: SchedulerService | undefined;
  private readonly state = new Watch(this, () => this.scheduler?.state);

  constructor() {
    super();
    new Ticker(this);
  }

  protected override render() {
    const state = this.state.value;
    if (state === undefined) return nothing;
    return html`<section class="panel" aria-label="Right now">
      <h2>Right now</h2>
      <div class="lanes">${state.lanes.map((lane) => this.lane(lane))}</div>
      ${machine(state)}
    </section>`;
  }

  private lane({ lane, works }: LaneState): TemplateResult {
    const { title, idle } = LANE_WORDS[lane];
    const isOn = works.some(({ state }) => state === "running");
    return html`<div class="lane ${isOn ? "on" : ""}" role="group" aria-label=${title} data-lane=${lane}>
      <span class="symbol">${icon(ICONS[lane])}</span>
      <div>
        <h3>${title}</h3>
        ${
          works.length === 0
            ? html`<p class="small quiet">${idle}</p>`
            : html`<ul class="works">
              ${repeat(
                works,
                ({ id }) => id,
                (work) => this.work(work),
              )}
            </ul>`
        }
      </div>
    </div>`;
  }

  private work(work: ShownWork): TemplateResult {
    const percent = work.progress === undefined ? undefined : percentOf(work.progress);
    return html`<li class="work ${work.state}" data-state=${work.state}>
      <p class="title">${work.title}</p>
      <p class="small number"><span class="word">${stateWords(work)}</span>${times(work)}</p>
      ${
        percent === undefined
          ? nothing
          : html`<wa-progress-bar label=${work.title} value=${percent}></wa-progress-bar>`
      }
    </li>`;
  }
}

/** ` · 42 % · done in 0:12 · due in 1:03` */
function times({ progress, endsAtMs, deadlineMs, state }: ShownWork): TemplateResult {
  const nowMs = Date.now();
  const percent = progress === undefined ? undefined : percentOf(progress);
  const parts = [
    percent === undefined ? undefined : `${percent} %`,
    state === "running" && endsAtMs !== undefined
      ? `about ${formatCountdown(endsAtMs - nowMs)} left`
      : undefined,
    deadlineMs === undefined ? undefined : `due in ${formatCountdown(deadlineMs - nowMs)}`,
  ].filter((part) => part !== undefined);
  return html`${parts.map((part) => html`<span class="quiet"> · ${part}</span>`)}`;
}

function machine(state: SchedulerState): TemplateResult {
  return html`<dl aria-label="This machine" data-testid="machine">
    ${deviceLines(state).map(
      ({ name, value, isBad }) =>
        html`<dt>${name}</dt>
          <dd class=${isBad ? "bad" : ""}>${isBad ? html`<i class="dot"></i>` : nothing}${value}</dd>`,
    )}
  </dl>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-schedule": SchedulePanel;
  }
}
