import { css, html, LitElement, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { EpochClock, NodeService } from "../../app/parley.ts";
import { formatCountdown } from "../format.ts";
import { shared } from "../styles.ts";
import { Ticker } from "../ticker.ts";
import { Watch } from "../watch.ts";
import { arcs, PHASE_WORDS, PHASES } from "./phases.ts";

const RADIUS = 52;
const CIRCUMFERENCE = 2 * Math.PI * RADIUS;
/** Length of one phase's arc with its gap, and of the gap. */
const SLOT = CIRCUMFERENCE / PHASES.length;
const GAP = 9;

/** The running epoch as a ring of its four phases, with the time left in this one. */
@customElement("parley-epoch-clock")
export class EpochClockView extends LitElement {
  static override styles = [
    shared,
    css`
      .panel {
        display: grid;
        gap: 1rem 1.5rem;
        grid-template-columns: auto minmax(0, 1fr);
        align-items: center;
      }
      .ring {
        width: 9rem;
        height: 9rem;
      }
      circle {
        fill: none;
        stroke-width: 9;
        stroke-linecap: round;
      }
      .track {
        stroke: var(--p-sunken);
      }
      .fill {
        stroke: var(--p-brand);
        transition: stroke-dasharray 900ms linear;
      }
      text {
        fill: var(--p-ink);
        text-anchor: middle;
        font-weight: 640;
        font-variant-numeric: tabular-nums;
      }
      .left {
        font-size: 25px;
        letter-spacing: -0.03em;
      }
      .label {
        font-size: 10.5px;
        font-weight: 540;
        fill: var(--p-quiet);
      }
      ol {
        display: grid;
        gap: 0.2rem;
        margin-top: 0.7rem;
      }
      li {
        display: flex;
        align-items: center;
        gap: 0.55rem;
        color: var(--p-quiet);
        text-transform: capitalize;
        font-size: 0.9rem;
      }
      li .dot {
        opacity: 0.35;
      }
      li.past .dot {
        opacity: 1;
        color: var(--p-brand);
      }
      li[aria-current] {
        color: var(--p-ink);
        font-weight: 620;
      }
      li[aria-current] .dot {
        opacity: 1;
        color: var(--p-amber);
        box-shadow: 0 0 0 4px var(--p-amber-soft);
      }
      @media (max-width: 26rem) {
        .panel {
          gap: 0.9rem;
        }
        .ring {
          width: 7.4rem;
          height: 7.4rem;
        }
      }
    `,
  ];

  @property({ attribute: false }) node: NodeService | undefined;
  private readonly clock = new Watch(this, () => this.node?.clock);
  protected readonly ticker = new Ticker(this);

  protected override render() {
    const clock = this.clock.value;
    if (clock === undefined) {
      return html`<section class="panel" aria-label="Epoch">
        <p class="quiet" role="status">No epoch is running here yet.</p>
      </section>`;
    }
    const nowMs = Date.now();
    const running = PHASES.indexOf(clock.phase);
    return html`<section class="panel" aria-label="Epoch">
      ${this.ring(clock, nowMs)}
      <div>
        <h2>Epoch <span data-testid="epoch">${clock.epoch}</span></h2>
        <p class="small quiet">${PHASE_WORDS[clock.phase]}</p>
        <ol aria-label="Phases">
          ${PHASES.map(
            (phase, index) =>
              html`<li
                class=${index < running ? "past" : ""}
                aria-current=${index === running ? "step" : nothing}
              >
                <i class="dot"></i>${phase}
              </li>`,
          )}
        </ol>
      </div>
    </section>`;
  }

  private ring(clock: EpochClock, nowMs: number) {
    const left = formatCountdown(clock.phaseEndMs - nowMs);
    return html`<svg
      class="ring"
      viewBox="0 0 120 120"
      role="timer"
      aria-label=${`${left} left in the ${clock.phase} phase of epoch ${clock.epoch}`}
    >
      ${arcs(clock, nowMs).map((share, index) => this.arc(share, index))}
      <text class="left" x="60" y="65">${left}</text>
      <text class="label" x="60" y="82">${clock.phase}</text>
    </svg>`;
  }

  private arc(share: number, index: number) {
    const length = SLOT - 2 * GAP;
    const turn = `rotate(${-90 + (360 / PHASES.length) * index + (360 * GAP) / CIRCUMFERENCE} 60 60)`;
    const dashes = (filled: number): string => `${filled} ${CIRCUMFERENCE}`;
    return svg`<circle class="track" cx="60" cy="60" r=${RADIUS} transform=${turn} stroke-dasharray=${dashes(length)} />
      ${
        share === 0
          ? nothing
          : svg`<circle class="fill" cx="60" cy="60" r=${RADIUS} transform=${turn} stroke-dasharray=${dashes(length * share)} />`
      }`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-epoch-clock": EpochClockView;
  }
}
