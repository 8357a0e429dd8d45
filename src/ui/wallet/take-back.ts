import "@awesome.me/webawesome/dist/components/button/button.js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { WalletService, WalletStatus } from "../../app/parley.ts";
import type { Unbonding } from "../../ports/chain.ts";
import { Action } from "../action.ts";
import { errorNotice } from "../elements/notice.ts";
import { formatRemaining, formatTokens, shorten } from "../format.ts";
import { shared } from "../styles.ts";
import { Ticker } from "../ticker.ts";
import { takeBackForm } from "./amount-field.ts";
import { dayWords } from "./stake-words.ts";

const WORDS =
  "What you take back stops counting at once. It is paid out after a waiting time, in which it still answers for what this node has signed. All of it, or leave at least the minimum.";

/** The way out: stake of this node taken back by the account that staked it; what waits, delegations too, and can be withdrawn when. */
@customElement("parley-take-back")
export class TakeBack extends LitElement {
  static override styles = [
    shared,
    css`
      section,
      form {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.6rem;
      }
      li {
        border-block-start: 1px solid var(--p-line);
        padding-block: 0.35rem;
      }
    `,
  ];

  @property({ attribute: false }) wallet: WalletService | undefined;
  @property({ attribute: false }) status: WalletStatus | undefined;
  @state() private typed = "";
  private readonly taking = new Action(this);
  private readonly withdrawing = new Action(this);

  constructor() {
    super();
    new Ticker(this);
  }

  protected override render() {
    const { status } = this;
    if (status?.account === undefined) return nothing;
    const stakedWei = status.staker === status.account ? (status.stakeWei ?? 0n) : 0n;
    if (stakedWei === 0n && status.unbonding.length === 0) return nothing;
    return html`<section aria-label="Take stake back">
      <h3>Take stake back</h3>
      ${stakedWei === 0n ? nothing : this.own(stakedWei, status.lockedUntilMs ?? 0)}
      ${status.unbonding.length === 0 ? nothing : this.waiting(status.unbonding)}
      ${errorNotice(this.withdrawing.error, () => this.withdrawing.clear())}
    </section>`;
  }

  private own(stakedWei: bigint, lockedUntilMs: number): TemplateResult {
    return lockedUntilMs > this.nowMs()
      ? html`<p class="small">Locked until ${dayWords(lockedUntilMs)}: nothing can be taken back before.</p>`
      : this.form(stakedWei);
  }

  /** The chain's clock counts; its newest block may be old, and this device's clock slow. */
  private nowMs(): number {
    return Math.max(Date.now(), this.status?.asOf?.timestampMs ?? 0);
  }

  private form(stakedWei: bigint): TemplateResult {
    return takeBackForm({
      words: WORDS,
      label: "Tokens",
      heldWei: stakedWei,
      typed: this.typed,
      onTyped: (text) => {
        this.typed = text;
      },
      taking: this.taking,
      take: (amountWei) => void this.take(amountWei),
    });
  }

  private waiting(parts: readonly Unbonding[]): TemplateResult {
    const nowMs = this.nowMs();
    const isDue = ({ withdrawableAtMs }: Unbonding) => withdrawableAtMs <= nowMs;
    const dueWei = parts.filter(isDue).reduce((sum, { amountWei }) => sum + amountWei, 0n);
    return html`<ul aria-label="Waiting to be paid out">
        ${parts.map(
          (part) => html`<li class="row spread">
            <span
              ><span class="number">${formatTokens(part.amountWei)} tokens</span>
              <span class="small quiet"
                >from node <span class="mono" title=${part.nodeId}>${shorten(part.nodeId, 8, 4)}</span></span
              ></span
            >
            <span class="small quiet"
              >${isDue(part) ? "can be withdrawn" : formatRemaining(part.withdrawableAtMs - nowMs)}</span
            >
          </li>`,
        )}
      </ul>
      <div>
        <wa-button
          size="s"
          variant="brand"
          ?disabled=${dueWei === 0n}
          ?loading=${this.withdrawing.busy}
          @click=${() => this.withdrawing.run(async () => this.wallet?.withdraw())}
          >${dueWei === 0n ? "Withdraw" : `Withdraw ${formatTokens(dueWei)} tokens`}</wa-button
        >
      </div>`;
  }

  private async take(amountWei: bigint): Promise<void> {
    if (await this.taking.run(async () => this.wallet?.takeBack(amountWei))) this.typed = "";
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-take-back": TakeBack;
  }
}
