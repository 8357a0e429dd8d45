import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { LearningService, LearningState, PrivacyPlan } from "../../app/parley.ts";
import { Action } from "../action.ts";
import { choiceStyles } from "../choice-styles.ts";
import { errorNotice } from "../elements/notice.ts";
import { shared } from "../styles.ts";
import { Watch } from "../watch.ts";

/** Choices of a budget, from strict to loose: what a person picks instead of four numbers. */
const BUDGETS = [
  { name: "Strict", epsilonMicro: 1_000_000 },
  { name: "Usual", epsilonMicro: 4_000_000 },
  { name: "Loose", epsilonMicro: 8_000_000 },
] as const;

const plan = (epsilonMicro: number): PrivacyPlan => ({
  clipNormMicro: 1_000_000,
  noiseMultiplierMilli: 1_500,
  batchSize: 4,
  budget: { epsilonMicro, deltaBillionths: 10_000 },
});

/** How this device learns: from thumbs too or not, and with how much noise for privacy. */
@customElement("parley-learning")
export class LearningPanel extends LitElement {
  static override styles = [shared, choiceStyles];

  @property({ attribute: false }) learning: LearningService | undefined;
  private readonly state = new Watch(this, () => this.learning?.state);
  private readonly setting = new Action(this);

  protected override render() {
    const state = this.state.value;
    if (state === undefined) return nothing;
    return html`<section class="panel stack" aria-label="How it learns">
      <h2>How it learns</h2>
      <fieldset>
        <legend>From what</legend>
        ${this.objective(state, "answers", "Corrected answers")}
        ${this.objective(state, "preferences", "Corrections and thumbs, as preferences")}
      </fieldset>
      <fieldset>
        <legend>Privacy noise</legend>
        ${this.privacy(state, undefined)} ${BUDGETS.map((budget) => this.privacy(state, budget))}
      </fieldset>
      ${spending(state)} ${errorNotice(this.setting.error, () => this.setting.clear())}
    </section>`;
  }

  private objective(
    state: LearningState,
    objective: LearningState["objective"],
    words: string,
  ): TemplateResult {
    return html`<label class="check">
      <input
        type="radio"
        name="objective"
        .checked=${state.objective === objective}
        @change=${() => this.setting.run(async () => this.learning?.setObjective(objective))}
      />
      <span>${words}</span>
    </label>`;
  }

  private privacy(state: LearningState, budget: (typeof BUDGETS)[number] | undefined): TemplateResult {
    const chosen = state.privacy?.budget.epsilonMicro === budget?.epsilonMicro;
    return html`<label class="check">
      <input
        type="radio"
        name="privacy"
        .checked=${chosen}
        @change=${() =>
          this.setting.run(async () =>
            this.learning?.setPrivacy(budget === undefined ? undefined : plan(budget.epsilonMicro)),
          )}
      />
      <span
        >${
          budget === undefined
            ? html`None: only numbers leave this tab, without noise`
            : html`${budget.name}: at most ε = ${epsilon(budget.epsilonMicro)} ever`
        }</span
      >
    </label>`;
  }
}

function spending({ privacy, spentMicro, leftMicro }: LearningState): TemplateResult | typeof nothing {
  if (privacy === undefined && spentMicro === 0) return nothing;
  return html`<p class="small quiet number" role="status">
    Spent so far: ε = ${epsilon(spentMicro)}${leftMicro === undefined ? "" : html`, left: ${epsilon(leftMicro)}`}. A run that
    would go over the budget does not start. Noise needs many corrections to learn through.
  </p>`;
}

function epsilon(micro: number): string {
  return (micro / 1_000_000).toFixed(2);
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-learning": LearningPanel;
  }
}
