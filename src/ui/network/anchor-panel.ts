import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/input/input.js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { AnchorAdvice, NodeService, NodeStatus } from "../../app/parley.ts";
import { Action } from "../action.ts";
import { errorNotice } from "../elements/notice.ts";
import { formatCountdown, formatTokens, plural } from "../format.ts";
import { icon } from "../icons.ts";
import { shared } from "../styles.ts";
import { Ticker } from "../ticker.ts";
import { typedIn } from "../typed-in.ts";
import { Watch } from "../watch.ts";
import { actOrOpenWallet } from "./act-or-wallet.ts";
import { anchorWords, gweiText, parseGwei } from "./anchor-words.ts";

type Rewards = NonNullable<NodeStatus["anchorRewards"]>;

/** What can be collected for anchoring; roots that are not on the chain, whose turn it is to send them, and what that costs. Fires `open-wallet`. */
@customElement("parley-anchor")
export class AnchorPanel extends LitElement {
  static override styles = [
    shared,
    css`
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.5rem;
      }
      summary {
        cursor: pointer;
      }
      form {
        display: grid;
        gap: 0.5rem;
        margin-block-start: 0.5rem;
        max-width: 18rem;
      }
    `,
  ];

  @property({ attribute: false }) node: NodeService | undefined;
  /** Roots that wait, as the page counts them. */
  @property({ attribute: false }) waiting = 0;
  @state() private limit: string | undefined;
  private readonly status = new Watch(this, () => this.node?.status);
  private readonly anchoring = new Action(this);
  private readonly limiting = new Action(this);
  private readonly collecting = new Action(this);
  protected readonly ticker = new Ticker(this);

  protected override render() {
    const rewards = this.status.value?.anchorRewards;
    if (this.waiting === 0 && rewards === undefined) return nothing;
    return html`<section aria-label="Anchoring">
      ${this.waiting === 0 ? nothing : this.roots()}
      ${rewards === undefined ? nothing : this.rewards(rewards)}
    </section>`;
  }

  private roots(): TemplateResult {
    const advice = this.status.value?.anchoring;
    const isTurn = advice?.state === "your-turn";
    return html`<div class="row spread">
        <span class="small quiet">${plural(this.waiting, "root")} not on the chain</span>
        <wa-button
          size="s"
          variant=${isTurn ? "brand" : "neutral"}
          appearance=${isTurn ? "accent" : "outlined"}
          ?loading=${this.anchoring.busy}
          @click=${this.anchor}
          >${icon("anchor", "start")}Anchor</wa-button
        >
      </div>
      ${errorNotice(this.anchoring.error, () => this.anchoring.clear())}
      ${advice === undefined ? nothing : this.advice(advice)}`;
  }

  private rewards({ epochs, rewardWei, poolWei }: Rewards): TemplateResult {
    const dueWei = BigInt(epochs) * rewardWei;
    return html`<div class="row spread">
        <span class="small quiet number"
          >${formatTokens(dueWei)} PAR for anchoring ${plural(epochs, "epoch")}</span
        >
        <wa-button size="s" appearance="outlined" ?loading=${this.collecting.busy} @click=${this.collect}
          >Collect</wa-button
        >
      </div>
      ${
        poolWei < dueWei
          ? html`<p class="small quiet">
              The pool has ${formatTokens(poolWei)} PAR. What it cannot pay now can be collected later.
            </p>`
          : nothing
      }
      ${errorNotice(this.collecting.error, () => this.collecting.clear())}`;
  }

  private advice(advice: AnchorAdvice): TemplateResult {
    const { costWei, gasPriceWei } = advice;
    const leftMs = (advice.turnAtMs ?? 0) - Date.now();
    return html`<p class="small" role="status">${anchorWords(advice)}</p>
      ${
        advice.state === "others-first" && leftMs > 0
          ? html`<p class="small quiet number" aria-hidden="true">Your turn in ${formatCountdown(leftMs)}</p>`
          : nothing
      }
      ${
        costWei === undefined || gasPriceWei === undefined
          ? nothing
          : html`<details class="small">
            <summary>About ${formatTokens(costWei)} ETH at ${gweiText(gasPriceWei)} gwei</summary>
            ${this.limitForm(advice)}
          </details>`
      }`;
  }

  private limitForm({ gasLimitWei }: AnchorAdvice): TemplateResult {
    const text = this.limit ?? (gasLimitWei === undefined ? "" : gweiText(gasLimitWei));
    return html`<form @submit=${this.keepLimit}>
      <wa-input
        label="Ask me up to this gas price (gwei)"
        hint="Empty: at any price. Above it your turn passes, and several epochs wait together."
        size="s"
        inputmode="decimal"
        .value=${text}
        @input=${(event: Event) => {
          this.limit = typedIn(event);
        }}
      ></wa-input>
      ${errorNotice(this.limiting.error, () => this.limiting.clear())}
      <div>
        <wa-button size="s" ?loading=${this.limiting.busy} @click=${this.keepLimit}>Keep</wa-button>
      </div>
    </form>`;
  }

  private async keepLimit(event: Event): Promise<void> {
    event.preventDefault();
    const typed = this.limit;
    if (typed === undefined) return;
    await this.limiting.run(async () => this.node?.setAnchorGasLimit(parseGwei(typed)));
  }

  private async anchor(): Promise<void> {
    await actOrOpenWallet(this, this.anchoring, async () => this.node?.anchor());
  }

  private async collect(): Promise<void> {
    await actOrOpenWallet(this, this.collecting, async () => this.node?.collectAnchorRewards());
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-anchor": AnchorPanel;
  }
}
