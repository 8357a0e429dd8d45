import "@awesome.me/webawesome/dist/components/button/button.js";
import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { InjectedFault, SimulatedNodeView } from "../../ports/simulation.ts";
import { formatPpm } from "../format.ts";
import { shared } from "../styles.ts";
import { halves, sidesOf } from "./split.ts";

const MOST_LOSS_PERCENT = 60;
const PPM_PER_PERCENT = 10_000;

/** What can go wrong with the whole network and with the chain. Fires `inject` with the fault. */
@customElement("parley-sim-faults")
export class Faults extends LitElement {
  static override styles = [
    shared,
    css`
      .stack {
        gap: 0.85rem;
      }
      .group {
        display: grid;
        gap: 0.4rem;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 0.45rem;
      }
      label {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) 3rem;
        align-items: center;
        gap: 0.7rem;
      }
      input {
        width: 100%;
        min-height: 2rem;
        accent-color: var(--p-brand);
      }
      output {
        text-align: end;
      }
    `,
  ];

  @property({ attribute: false }) nodes: readonly SimulatedNodeView[] = [];
  @property({ type: Boolean }) disabled = true;
  @state() private lossPpm = 0;
  @state() private chain: "start" | "stop" = "start";

  /** A new run begins with everything whole. */
  reset(): void {
    this.lossPpm = 0;
    this.chain = "start";
  }

  protected override render() {
    const split = sidesOf(this.nodes).length > 1;
    return html`<section class="panel stack" aria-label="Faults">
      <div>
        <h2>Break it</h2>
        <p class="small quiet">What you do here goes into the list of events.</p>
      </div>
      <div class="group" role="group" aria-label="Network">
        <div class="buttons">
          ${this.button(split ? "Heal the network" : "Split in two", () =>
            split ? { kind: "heal" } : { kind: "partition", groups: halves(this.nodes.length) },
          )}
        </div>
        <label class="small">
          <span>Lost messages</span>
          <input
            type="range"
            min="0"
            max=${MOST_LOSS_PERCENT}
            step="5"
            .value=${`${this.lossPpm / PPM_PER_PERCENT}`}
            ?disabled=${this.disabled}
            @change=${this.changeLoss}
          />
          <output class="number">${formatPpm(this.lossPpm)}</output>
        </label>
      </div>
      <div class="group" role="group" aria-label="Chain">
        <div class="buttons">
          ${this.button(this.chain === "start" ? "Stop the chain" : "Start the chain", () => {
            this.chain = this.chain === "start" ? "stop" : "start";
            return { kind: "chain", state: this.chain };
          })}
          ${this.button("Reorganise the chain", () => ({ kind: "chain", state: "reorganise" }))}
        </div>
      </div>
    </section>`;
  }

  private button(words: string, fault: () => InjectedFault): TemplateResult {
    return html`<wa-button
      size="s"
      appearance="outlined"
      ?disabled=${this.disabled}
      @click=${() => inject(this, fault())}
      >${words}</wa-button
    >`;
  }

  private changeLoss(event: Event): void {
    if (!(event.target instanceof HTMLInputElement)) return;
    this.lossPpm = Number(event.target.value) * PPM_PER_PERCENT;
    inject(this, { kind: "loss", ppm: this.lossPpm });
  }
}

export function inject(from: HTMLElement, fault: InjectedFault): void {
  from.dispatchEvent(new CustomEvent("inject", { detail: fault }));
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-sim-faults": Faults;
  }
}
