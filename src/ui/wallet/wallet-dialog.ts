import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/dialog/dialog.js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { AddressBookService, GovernanceService, WalletService, WalletStatus } from "../../app/parley.ts";
import type { WalletInfo } from "../../ports/chain.ts";
import { Action } from "../action.ts";
import { dialogStyles } from "../dialogs/dialog-styles.ts";
import "../elements/copy-button.ts";
import { errorNotice, hintNotice } from "../elements/notice.ts";
import { formatAge, formatTokens, shorten } from "../format.ts";
import { icon } from "../icons.ts";
import { shared } from "../styles.ts";
import { Watch } from "../watch.ts";
import "./address-book.ts";
import "./chain-history.ts";
import "./stakes.ts";
import "./take-back.ts";
import "./transactions.ts";

/** The wallet: pick one, or see account, balance, stake and the transaction under way. Fires `wallet-closed`. */
@customElement("parley-wallet-dialog")
export class WalletDialog extends LitElement {
  static override styles = [
    shared,
    dialogStyles,
    css`
      .stack {
        gap: 1.5rem;
      }
      .choice {
        appearance: none;
        width: 100%;
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        align-items: center;
        gap: 0.8rem;
        padding: 0.75rem 0.9rem;
        border: 1px solid var(--p-line);
        border-radius: var(--p-radius);
        background: var(--p-page);
        color: inherit;
        font: inherit;
        font-weight: 580;
        text-align: start;
        cursor: pointer;
      }
      /* On a phone there is no room for both beside the picture. */
      @media (max-width: 30rem) {
        .choice {
          grid-template-columns: auto minmax(0, 1fr);
        }
        .choice .pill {
          grid-column: 2;
          justify-self: start;
        }
      }
      .choice:hover {
        border-color: var(--p-brand);
      }
      .choice img {
        border-radius: 0.5rem;
      }
      dl {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 1rem;
      }
      dt {
        font-size: 0.8rem;
        color: var(--p-quiet);
      }
      dd {
        font-size: 1.3rem;
        font-weight: 620;
        letter-spacing: -0.02em;
      }
    `,
  ];

  @property({ attribute: false }) wallet: WalletService | undefined;
  @property({ attribute: false }) book: AddressBookService | undefined;
  @property({ attribute: false }) governance: GovernanceService | undefined;
  @state() private open = false;
  private readonly status = new Watch(this, () => this.wallet?.status);
  private readonly connecting = new Action(this);

  protected override firstUpdated(): void {
    const dialog = this.renderRoot.querySelector("wa-dialog");
    void dialog?.updateComplete.then(() => {
      this.open = true;
    });
  }

  protected override render() {
    const status = this.status.value;
    return html`<wa-dialog label="Wallet" light-dismiss ?open=${this.open} @wa-after-hide=${this.closed}>
      <div class="stack">
        ${status === undefined ? html`<p class="quiet">Starting.</p>` : this.content(status)}
        ${errorNotice(this.connecting.error, () => this.connecting.clear())}
        <parley-transactions .wallet=${this.wallet}></parley-transactions>
        <parley-chain-history .wallet=${this.wallet}></parley-chain-history>
        <parley-address-book .book=${this.book}></parley-address-book>
      </div>
    </wa-dialog>`;
  }

  private content(status: WalletStatus): TemplateResult {
    return status.account === undefined ? this.choices(status) : this.account(status, status.account);
  }

  private choices(status: WalletStatus): TemplateResult {
    if (status.wallets.length === 0) {
      return hintNotice(
        html`<span>No wallet was found in this browser. Install a wallet extension, then open this again.</span>`,
      );
    }
    return html`<p class="quiet">
        Chatting needs no wallet. Staking, anchoring and claiming do. Parley never sees your key.
      </p>
      <ul class="stack" .style=${"gap:0.6rem"} aria-label="Wallets">
        ${status.wallets.map((wallet) => html`<li>${this.choice(wallet)}</li>`)}
      </ul>`;
  }

  private choice(wallet: WalletInfo): TemplateResult {
    return html`<button
      class="choice"
      aria-label=${`Connect ${wallet.name}`}
      ?disabled=${this.connecting.busy}
      @click=${() => this.connecting.run(async () => this.wallet?.connect(wallet.id))}
    >
      ${
        wallet.icon.startsWith("data:image/")
          ? html`<img src=${wallet.icon} alt="" width="32" height="32" />`
          : icon("wallet")
      }
      <span>${wallet.name}</span>
      ${wallet.demo ? html`<span class="pill wait">demo, no real money</span>` : nothing}
    </button>`;
  }

  private account(status: WalletStatus, account: string): TemplateResult {
    return html`<div class="row spread">
        <div>
          <p>
            <strong>${status.walletName ?? "Wallet"}</strong>
            ${status.demo ? html`<span class="pill wait">demo, no real money</span>` : nothing}
          </p>
          <p class="row" .style=${"gap:0"}>
            <span class="mono" data-testid="account" title=${account}>${shorten(account, 10, 8)}</span>
            <parley-copy .text=${account} label="Copy address"></parley-copy>
          </p>
        </div>
      </div>
      <dl>
        <div>
          <dt>Balance</dt>
          <dd class="number" data-testid="balance">${amount(status.balanceWei)}</dd>
        </div>
        <div>
          <dt>Staked</dt>
          <dd class="number" data-testid="stake">${amount(status.stakeWei)}</dd>
        </div>
      </dl>
      ${status.pending === undefined ? nothing : hintNotice(html`<span role="status">${status.pending}</span>`)}
      <p class="small quiet" data-testid="as-of">${asOfWords(status)}</p>
      <parley-stakes
        .wallet=${this.wallet}
        .status=${status}
        .governance=${this.governance}
      ></parley-stakes>
      <parley-take-back .wallet=${this.wallet} .status=${status}></parley-take-back>
      <div>
        <wa-button size="s" appearance="outlined" @click=${() => this.wallet?.disconnect()}
          >Disconnect</wa-button
        >
      </div>`;
  }

  private closed(event: Event): void {
    if (event.target !== event.currentTarget) return;
    this.dispatchEvent(new CustomEvent("wallet-closed"));
  }
}

/** Which block the amounts are of, and how old it is. */
function asOfWords({ chain, asOf }: WalletStatus): string {
  const away = chain === "unreachable" ? "The chain is out of reach. " : "";
  if (asOf === undefined) return `${away}Nothing has been read from the chain yet.`;
  return `${away}As of block ${asOf.blockNumber}, ${formatAge(Date.now() - asOf.timestampMs)}.`;
}

function amount(amountWei: bigint | undefined): string {
  return amountWei === undefined ? "…" : formatTokens(amountWei);
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-wallet-dialog": WalletDialog;
  }
}
