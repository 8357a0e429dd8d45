import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { GovernanceService, StakesView, WalletService, WalletStatus } from "../../app/parley.ts";
import { errorNotice } from "../elements/notice.ts";
import { formatAge } from "../format.ts";
import { shared } from "../styles.ts";
import { Watch } from "../watch.ts";
import "./delegate-form.ts";
import "./delegations.ts";
import "./lock-form.ts";

/** What the connected account has delegated and locked, and the forms for more. */
@customElement("parley-stakes")
export class StakesSection extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1.5rem;
      }
      /* Its word stands in line with those above it where there is no room beside them. */
      .plain {
        margin-inline-start: -0.5rem;
      }
    `,
  ];

  @property({ attribute: false }) wallet: WalletService | undefined;
  @property({ attribute: false }) status: WalletStatus | undefined;
  @property({ attribute: false }) governance: GovernanceService | undefined;
  /** The account that was looked at last. */
  #lookedAt: string | undefined;
  private readonly stakes = new Watch(this, () => this.wallet?.stakes);
  private readonly rules = new Watch(this, () => this.governance?.parameters);

  protected override updated(_changed: PropertyValues): void {
    const account = this.status?.account;
    if (account === this.#lookedAt) return;
    this.#lookedAt = account;
    if (account !== undefined) void this.wallet?.lookAtStakes();
  }

  protected override render() {
    const account = this.status?.account;
    const view = this.stakes.value;
    if (account === undefined || view === undefined) return nothing;
    return html`${this.content(view, account)} ${errorNotice(view.error)} ${this.age(view)}`;
  }

  private content({ account: of, terms, holdings }: StakesView, account: string): unknown {
    if (of !== account || terms === undefined || holdings === undefined) return nothing;
    return html`<parley-delegations
        .wallet=${this.wallet}
        .delegations=${holdings.delegations}
      ></parley-delegations>
      <parley-delegate
        .wallet=${this.wallet}
        .terms=${terms}
        .nodes=${holdings.nodes}
        .balanceWei=${this.status?.balanceWei ?? 0n}
      ></parley-delegate>
      <parley-lock
        .wallet=${this.wallet}
        .terms=${terms}
        .rules=${this.rules.value}
        .blockMs=${holdings.block.timestampMs}
        .nodes=${holdings.nodes.filter((node) => node.account === account)}
      ></parley-lock>`;
  }

  private age({ holdings }: StakesView): TemplateResult {
    const read =
      holdings === undefined
        ? "Stakes and delegations have not been read yet."
        : `Stakes and delegations as of block ${holdings.block.number}, ${formatAge(Date.now() - holdings.block.timestampMs)}.`;
    return html`<p class="row small quiet">
      <span>${read}</span>
      <button class="plain" @click=${() => this.wallet?.lookAtStakes()}>Read again</button>
    </p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-stakes": StakesSection;
  }
}
