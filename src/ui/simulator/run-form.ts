import type WaButton from "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/button/button.js";
import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { ScenarioInfo, SimulationSettings } from "../../ports/simulation.ts";
import { shared } from "../styles.ts";
import { BOUNDS, type NumberSetting, USUAL, wholeNumber } from "./settings.ts";

const WORDS: Readonly<Record<NumberSetting, string>> = { seed: "Seed", nodes: "Nodes", epochs: "Epochs" };

/** What to run. Fires `start-run` with the settings, and `choose-run` whenever they change. */
@customElement("parley-sim-form")
export class RunForm extends LitElement {
  static override styles = [
    shared,
    css`
      form {
        display: grid;
        gap: 0.7rem 0.8rem;
        grid-template-columns: repeat(3, minmax(0, 1fr));
        align-items: end;
      }
      .scenario,
      .summary,
      .start {
        grid-column: 1 / -1;
      }
      label {
        display: grid;
        gap: 0.25rem;
        font-size: 0.8rem;
        font-weight: 560;
        color: var(--p-quiet);
        min-width: 0;
      }
      select,
      input {
        width: 100%;
        min-width: 0;
        min-height: 2.5rem;
        padding: 0 0.65rem;
        border: 1px solid var(--wa-color-neutral-border-loud);
        border-radius: var(--p-radius-s);
        background: var(--p-surface);
        color: var(--p-ink);
        font: inherit;
        font-size: 1rem;
        font-weight: 450;
      }
      input:user-invalid {
        border-color: var(--p-red);
      }
      wa-button {
        width: 100%;
      }
      @media (min-width: 60rem) {
        form {
          grid-template-columns: minmax(0, 2.2fr) repeat(3, minmax(0, 0.8fr)) auto;
        }
        .scenario,
        .start {
          grid-column: auto;
        }
        .start {
          min-width: 9rem;
        }
        .summary {
          order: 9;
        }
      }
    `,
  ];

  @property({ attribute: false }) scenarios: readonly ScenarioInfo[] = [];
  @property({ attribute: false }) settings: SimulationSettings = { scenario: "", ...USUAL };
  @property({ type: Boolean }) busy = false;
  @query("form") private form: HTMLFormElement | undefined;

  override focus(): void {
    void this.updateComplete.then(() => focusWhenDrawn(this.renderRoot.querySelector("wa-button")));
  }

  protected override render() {
    const { scenario } = this.settings;
    const info = this.scenarios.find(({ id }) => id === scenario);
    return html`<form @submit=${this.submit} @input=${this.choose}>
      <label class="scenario"
        >Scenario
        <select name="scenario" .value=${scenario} ?disabled=${this.scenarios.length === 0}>
          ${this.scenarios.map(({ id }) => html`<option value=${id} ?selected=${id === scenario}>${scenarioName(id)}</option>`)}
        </select>
      </label>
      <p class="summary small" data-testid="summary">${info?.summary ?? "Reading the list of scenarios…"}</p>
      ${this.number("seed")} ${this.number("nodes")} ${this.number("epochs")}
      <div class="start">
        <wa-button
          type="submit"
          variant="brand"
          ?loading=${this.busy}
          ?disabled=${info === undefined}
          @click=${this.submit}
          >Start</wa-button
        >
      </div>
    </form>`;
  }

  private number(name: NumberSetting): TemplateResult {
    const { least, most } = BOUNDS[name];
    return html`<label
      >${WORDS[name]}
      <input
        type="number"
        name=${name}
        required
        inputmode="numeric"
        min=${least}
        max=${most}
        step="1"
        .value=${`${this.settings[name]}`}
      />
    </label>`;
  }

  /** What stands in the form, or undefined where a number is out of its bounds. */
  private read(): SimulationSettings | undefined {
    if (this.form === undefined) return undefined;
    const data = new FormData(this.form);
    const number = (name: NumberSetting): number | undefined => wholeNumber(name, `${data.get(name) ?? ""}`);
    const [seed, nodes, epochs] = [number("seed"), number("nodes"), number("epochs")];
    if (seed === undefined || nodes === undefined || epochs === undefined) return undefined;
    return { scenario: `${data.get("scenario") ?? ""}`, seed, nodes, epochs };
  }

  private choose(): void {
    const settings = this.read();
    if (settings !== undefined) this.dispatchEvent(new CustomEvent("choose-run", { detail: settings }));
  }

  private submit(event: Event): void {
    event.preventDefault();
    if (this.form?.reportValidity() !== true) return;
    const settings = this.read();
    if (settings !== undefined) this.dispatchEvent(new CustomEvent("start-run", { detail: settings }));
  }
}

/** A button that has just appeared can be focused when it has drawn itself. */
export async function focusWhenDrawn(button: WaButton | null): Promise<void> {
  await button?.updateComplete;
  button?.focus();
}

/** `sign-flip` → `Sign flip`. */
export function scenarioName(id: string): string {
  const words = id.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-sim-form": RunForm;
  }
}
