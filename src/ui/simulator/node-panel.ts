import "@awesome.me/webawesome/dist/components/button/button.js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { InjectedFault, SimulatedNodeView } from "../../ports/simulation.ts";
import { formatPpm, shorten } from "../format.ts";
import { icon } from "../icons.ts";
import { shared } from "../styles.ts";
import { inject } from "./faults.ts";
import { simulatorColours } from "./palette.ts";
import { cutOff } from "./split.ts";
import { driftWords, earnedWords, roleWords, STATE_WORDS } from "./words.ts";

const DRIFT_STEP_MS = 10_000;
const MOST_DRIFT_MS = 60_000;

/** One node: what it is and holds, and what can go wrong with it. Fires `inject`, and `close-node` when it is put away. */
@customElement("parley-sim-node")
export class NodePanel extends LitElement {
  static override styles = [
    shared,
    simulatorColours,
    css`
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 0.2rem 1rem;
        font-size: 0.9rem;
      }
      dt {
        color: var(--p-quiet);
      }
      dd {
        text-align: end;
        overflow-wrap: anywhere;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 0.45rem;
      }
      .root {
        padding: 0.05rem 0.4rem;
        border-radius: 5px;
      }
      .drift {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        align-items: center;
        gap: 0.7rem;
      }
      input {
        width: 100%;
        min-height: 2rem;
        accent-color: var(--p-brand);
      }
      output {
        min-width: 3rem;
        text-align: end;
      }
    `,
  ];

  @property({ attribute: false }) node: SimulatedNodeView | undefined;
  @property({ type: Number }) count = 0;
  @property({ type: Number }) hue = 0;
  @property({ type: Boolean }) disabled = true;
  /** What the viewer did to each node, for the words on the buttons. */
  @state() private full: ReadonlySet<number> = new Set<number>();
  @state() private driftMs: ReadonlyMap<number, number> = new Map<number, number>();

  reset(): void {
    this.full = new Set();
    this.driftMs = new Map();
  }

  protected override render() {
    const { node } = this;
    if (node === undefined) return nothing;
    return html`<section class="panel stack" aria-label=${`Node ${node.name}`} data-testid="node-panel">
      <div class="row spread">
        <h2>${node.name}</h2>
        <button class="plain" aria-label="Close" @click=${() => this.dispatchEvent(new CustomEvent("close-node"))}>
          ${icon("xmark")}
        </button>
      </div>
      <dl class="number">
        <dt>Role</dt>
        <dd>${roleWords(node.role)}</dd>
        <dt>State</dt>
        <dd>${STATE_WORDS[node.state]}</dd>
        <dt>Last epoch closed</dt>
        <dd>${node.epoch < 0 ? "none yet" : node.epoch}</dd>
        <dt>Root</dt>
        <dd><span class="root mono" .style=${`--hue:${this.hue.toFixed(1)}`} title=${node.root}>${shorten(node.root, 6, 4)}</span></dd>
        <dt>Reputation</dt>
        <dd>${formatPpm(node.reputationPpm)}</dd>
        <dt>Earned, tokens</dt>
        <dd>${earnedWords(node)}</dd>
      </dl>
      ${this.faults(node)}
    </section>`;
  }

  private faults(node: SimulatedNodeView): TemplateResult {
    const { index } = node;
    const isFull = this.full.has(index);
    const driftMs = this.driftMs.get(index) ?? 0;
    return html`<div class="buttons" role="group" aria-label=${`Faults of ${node.name}`}>
        ${
          node.state === "awake"
            ? html`${this.button("Sleep", { kind: "sleep", node: index })} ${this.button("Kill", { kind: "kill", node: index })}`
            : this.button("Wake", { kind: "wake", node: index })
        }
        ${this.button("Cut off", { kind: "partition", groups: cutOff(this.count, index) })}
        ${this.button(
          isFull ? "Empty its disk" : "Fill its disk",
          { kind: "disk-full", node: index, full: !isFull },
          () => {
            this.full = toggled(this.full, index);
          },
        )}
      </div>
      <label class="drift small">
        <span>Its clock</span>
        <input
          type="range"
          min=${-MOST_DRIFT_MS}
          max=${MOST_DRIFT_MS}
          step=${DRIFT_STEP_MS}
          .value=${`${driftMs}`}
          ?disabled=${this.disabled}
          @change=${(event: Event) => this.drift(event, index)}
        />
        <output class="number">${driftWords(driftMs)}</output>
      </label>`;
  }

  private button(words: string, fault: InjectedFault, then?: () => void): TemplateResult {
    return html`<wa-button
      size="s"
      appearance="outlined"
      ?disabled=${this.disabled}
      @click=${() => {
        inject(this, fault);
        then?.();
      }}
      >${words}</wa-button
    >`;
  }

  private drift(event: Event, node: number): void {
    if (!(event.target instanceof HTMLInputElement)) return;
    const offsetMs = Number(event.target.value);
    this.driftMs = new Map(this.driftMs).set(node, offsetMs);
    inject(this, { kind: "drift", node, offsetMs });
  }
}

function toggled(set: ReadonlySet<number>, value: number): ReadonlySet<number> {
  const next = new Set(set);
  if (!next.delete(value)) next.add(value);
  return next;
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-sim-node": NodePanel;
  }
}
