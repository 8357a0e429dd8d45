import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Limits, SchedulerService, SchedulerState, WorkGroup } from "../../app/parley.ts";
import { Action } from "../action.ts";
import { choiceStyles } from "../choice-styles.ts";
import { errorNotice } from "../elements/notice.ts";
import { shared } from "../styles.ts";
import { Watch } from "../watch.ts";
import { inWords } from "../words.ts";

const PERCENT_PPM = 10_000;
const MINUTES = 60;
const GIBIBYTE = 2 ** 30;
const MEMORIES = [1, 2, 3, 4] as const;
const GROUPS: readonly { readonly group: WorkGroup; readonly words: string }[] = [
  { group: "training", words: "Train on my corrections" },
  { group: "duties", words: "Check the work of others" },
  { group: "housekeeping", words: "Keep and copy for the network" },
];
const USUAL_HOURS = { fromMinute: 22 * MINUTES, toMinute: 7 * MINUTES };

/** What the owner allows: how much, when, on what power and connection, and which kinds of work. */
@customElement("parley-limits")
export class LimitsPanel extends LitElement {
  static override styles = [
    shared,
    choiceStyles,
    css`
      input {
        accent-color: var(--p-brand);
      }
      input[type="range"] {
        width: 100%;
        min-width: 0;
      }
      .slide {
        display: grid;
        gap: 0.2rem;
      }
      .hours {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.4rem 0.6rem;
        padding-inline-start: 1.7rem;
      }
      input[type="time"],
      select {
        font: inherit;
        font-size: 0.9rem;
        color: var(--p-ink);
        background: var(--p-surface);
        border: 1px solid var(--p-line);
        border-radius: var(--p-radius-s);
        padding: 0.3rem 0.5rem;
      }
      .note {
        padding-inline-start: 1.7rem;
      }
    `,
  ];

  @property({ attribute: false }) scheduler: SchedulerService | undefined;
  private readonly state = new Watch(this, () => this.scheduler?.state);
  private readonly setting = new Action(this);

  protected override render() {
    const state = this.state.value;
    if (state === undefined) return nothing;
    return html`<section class="panel stack" aria-label="Limits">
      <h2>Limits</h2>
      ${this.amounts(state.limits)} ${this.times(state.limits)} ${this.kinds(state.limits)}
      ${this.screen(state)}
      ${errorNotice(this.setting.error, () => this.setting.clear())}
    </section>`;
  }

  private amounts(limits: Limits): TemplateResult {
    const { cpuSharePpm, maxMemoryBytes } = limits;
    return html`<fieldset>
      <legend>How much</legend>
      ${this.slider("Share of the processor", cpuSharePpm, { from: 10, to: 100 }, (cpuSharePpm) => ({ cpuSharePpm }))}
      <label class="row spread small"
        ><span>Memory for training</span>
        <select
          @change=${(event: Event) => {
            if (event.target instanceof HTMLSelectElement)
              this.change({ maxMemoryBytes: Number(event.target.value) * GIBIBYTE });
          }}
        >
          ${MEMORIES.map(
            (size) =>
              html`<option value=${size} ?selected=${maxMemoryBytes === size * GIBIBYTE}>up to ${size} GiB</option>`,
          )}
        </select>
      </label>
      ${this.check("Ease off when the machine is under strain", limits.heedPressure, (heedPressure) => ({ heedPressure }))}
    </fieldset>`;
  }

  private times(limits: Limits): TemplateResult {
    const { hours, batteryFloorPpm, onlyCharging } = limits;
    return html`<fieldset>
      <legend>When</legend>
      ${this.check("Only while charging", onlyCharging, (onlyCharging) => ({ onlyCharging }))}
      ${
        onlyCharging
          ? nothing
          : this.slider("On battery, down to", batteryFloorPpm, { from: 0, to: 100 }, (batteryFloorPpm) => ({
              batteryFloorPpm,
            }))
      }
      ${this.check("Large transfers on metered connections", limits.bulkOnMetered, (bulkOnMetered) => ({ bulkOnMetered }))}
      ${this.check("Also while this tab is hidden", limits.whenHidden, (whenHidden) => ({ whenHidden }))}
      ${this.check("Only at certain hours", hours !== null, (wanted) => ({ hours: wanted ? USUAL_HOURS : null }))}
      ${
        hours === null
          ? nothing
          : html`<div class="hours small">
            <label>from ${this.time(hours.fromMinute, (fromMinute) => ({ hours: { ...hours, fromMinute } }))}</label>
            <label>to ${this.time(hours.toMinute, (toMinute) => ({ hours: { ...hours, toMinute } }))}</label>
          </div>`
      }
    </fieldset>`;
  }

  private kinds(limits: Limits): TemplateResult {
    return html`<fieldset>
      <legend>What</legend>
      ${GROUPS.map(({ group, words }) =>
        this.check(words, limits.kinds[group], (isOn) => ({ kinds: { ...limits.kinds, [group]: isOn } })),
      )}
      <p class="small quiet note">What was promised is finished first.</p>
    </fieldset>`;
  }

  private screen({ awake }: SchedulerState): TemplateResult {
    const words =
      awake.problem !== undefined
        ? inWords(awake.problem)
        : awake.isHeld
          ? "The screen stays on now."
          : awake.isWanted
            ? "The screen stays on while this tab donates and you see it."
            : undefined;
    return html`<fieldset>
      <legend>Screen</legend>
      <label class="check">
        <input
          type="checkbox"
          .checked=${awake.isWanted}
          @change=${(event: Event) => {
            if (!(event.target instanceof HTMLInputElement)) return;
            const { checked } = event.target;
            void this.setting.run(async () => this.scheduler?.setKeepAwake(checked));
          }}
        />
        <span>Keep the screen awake while donating</span>
      </label>
      <p class="small quiet note" role="status" data-testid="awake">${words}</p>
    </fieldset>`;
  }

  private check(words: string, checked: boolean, part: (isOn: boolean) => Partial<Limits>): TemplateResult {
    return html`<label class="check">
      <input
        type="checkbox"
        .checked=${checked}
        @change=${(event: Event) => {
          if (event.target instanceof HTMLInputElement) this.change(part(event.target.checked));
        }}
      />
      <span>${words}</span>
    </label>`;
  }

  private slider(
    words: string,
    ppm: number,
    { from, to }: { readonly from: number; readonly to: number },
    part: (ppm: number) => Partial<Limits>,
  ): TemplateResult {
    const percent = Math.round(ppm / PERCENT_PPM);
    return html`<label class="slide small">
      <span class="row spread"><span>${words}</span><span class="number quiet">${percent} %</span></span>
      <input
        type="range"
        min=${from}
        max=${to}
        step="5"
        aria-label=${words}
        aria-valuetext="${percent} %"
        .value=${String(percent)}
        @change=${(event: Event) => {
          if (event.target instanceof HTMLInputElement)
            this.change(part(Number(event.target.value) * PERCENT_PPM));
        }}
      />
    </label>`;
  }

  private time(minute: number, part: (minute: number) => Partial<Limits>): TemplateResult {
    const two = (value: number): string => String(value).padStart(2, "0");
    return html`<input
      type="time"
      .value=${`${two(Math.floor(minute / MINUTES))}:${two(minute % MINUTES)}`}
      @change=${(event: Event) => {
        if (!(event.target instanceof HTMLInputElement)) return;
        const [hour = 0, minutes = 0] = event.target.value.split(":").map(Number);
        this.change(part(hour * MINUTES + minutes));
      }}
    />`;
  }

  private change(part: Partial<Limits>): void {
    const limits = this.state.value?.limits;
    if (limits === undefined) return;
    void this.setting.run(async () => this.scheduler?.setLimits({ ...limits, ...part }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-limits": LimitsPanel;
  }
}
