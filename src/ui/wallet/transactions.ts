import "@awesome.me/webawesome/dist/components/button/button.js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { StoredTransaction, WalletService } from "../../app/parley.ts";
import { Action } from "../action.ts";
import "../elements/copy-button.ts";
import { errorNotice } from "../elements/notice.ts";
import { formatAge, formatTokens, plural, shorten } from "../format.ts";
import { ShowAll } from "../show-all.ts";
import { shared } from "../styles.ts";
import { Watch } from "../watch.ts";
import { canForget, canResend, transactionWords } from "./transaction-words.ts";

const SHOWN_AT_FIRST = 5;

/** What was asked of wallets in this browser, and what became of each. */
@customElement("parley-transactions")
export class TransactionList extends LitElement {
  static override styles = [
    shared,
    css`
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.6rem;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.3rem;
        padding-block: 0.65rem;
        border-block-start: 1px solid var(--p-line);
      }
      .what {
        overflow-wrap: anywhere;
        font-weight: 560;
      }
      .facts {
        gap: 0.2rem 0.9rem;
      }
    `,
  ];

  @property({ attribute: false }) wallet: WalletService | undefined;
  private readonly transactions = new Watch(this, () => this.wallet?.transactions);
  private readonly showAll = new ShowAll(this, SHOWN_AT_FIRST);
  private readonly sending = new Action(this);

  protected override render() {
    const all = this.transactions.value ?? [];
    if (all.length === 0) return nothing;
    return html`<section aria-label="Your transactions">
      <h3>Your transactions</h3>
      <p class="small quiet" role="status">${summary(all)}</p>
      ${errorNotice(this.sending.error, () => this.sending.clear())}
      <ul>
        ${repeat(
          this.showAll.shown(all),
          ({ id }) => id,
          (transaction) => this.line(transaction),
        )}
      </ul>
      ${this.showAll.button(all)}
    </section>`;
  }

  private line(transaction: StoredTransaction): TemplateResult {
    const words = transactionWords(transaction);
    return html`<li data-state=${transaction.fate.state}>
      <div class="row spread">
        <span class="what">${transaction.asked.summary}</span>
        <span class="pill ${words.tone}">${words.state}</span>
      </div>
      <p class="small">${words.sentence}</p>
      ${transaction.note === undefined ? nothing : html`<p class="small">${transaction.note}</p>`}
      ${this.facts(transaction)} ${this.actions(transaction)}
    </li>`;
  }

  private facts({ askedAtMs, nonce, hashes, fate }: StoredTransaction): TemplateResult {
    const hash = (fate.state === "mined" ? fate.transaction : undefined) ?? hashes.at(-1);
    const feeWei = fate.state === "mined" ? fate.feeWei : undefined;
    const block = fate.state === "mined" ? fate.block : undefined;
    return html`<p class="row facts small quiet">
      <span>${formatAge(Date.now() - askedAtMs)}</span>
      ${nonce === undefined ? nothing : html`<span class="number">nonce ${nonce}</span>`}
      ${block === undefined ? nothing : html`<span class="number">block ${block.number}</span>`}
      ${feeWei === undefined ? nothing : html`<span class="number">fee ${formatTokens(feeWei)} ETH</span>`}
      ${
        hash === undefined
          ? nothing
          : html`<span class="row"
            ><span class="mono" title=${`0x${hash}`}>${shorten(`0x${hash}`, 8, 6)}</span>
            <parley-copy .text=${`0x${hash}`} label="Copy the transaction's hash"></parley-copy
          ></span>`
      }
    </p>`;
  }

  private actions(transaction: StoredTransaction): TemplateResult | typeof nothing {
    const { id, asked, nonce } = transaction;
    const act = (task: (wallet: WalletService) => Promise<void>) =>
      this.sending.run(async () => this.wallet && task(this.wallet));
    if (canResend(transaction)) {
      return html`<p class="small quiet">
          Your wallet is asked for nonce ${nonce}. If it shows another one, decline and use the wallet's own way.
        </p>
        <div class="row">
          <wa-button
            size="s"
            variant="brand"
            ?loading=${this.sending.busy}
            @click=${() => act((wallet) => wallet.speedUp(id))}
            >Speed up<span class="visually-hidden">: ${asked.summary}</span></wa-button
          >
          <wa-button
            size="s"
            appearance="outlined"
            ?disabled=${this.sending.busy}
            @click=${() => act((wallet) => wallet.cancelTransaction(id))}
            >Cancel<span class="visually-hidden">: ${asked.summary}</span></wa-button
          >
        </div>`;
    }
    if (!canForget(transaction)) return nothing;
    return html`<div>
      <button
        class="plain"
        aria-label=${`Forget: ${asked.summary}`}
        @click=${() => act((wallet) => wallet.forgetTransaction(id))}
      >
        Forget
      </button>
    </div>`;
  }
}

function summary(all: readonly StoredTransaction[]): string {
  const stuck = all.filter(({ fate }) => fate.state === "stuck").length;
  const waiting = all.filter(({ fate }) => fate.state === "pending" || fate.state === "asking").length;
  if (stuck > 0) return `${plural(stuck, "transaction is", "transactions are")} stuck.`;
  if (waiting > 0) return `${plural(waiting, "transaction waits", "transactions wait")}.`;
  return "Nothing waits. They are kept in this browser only.";
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-transactions": TransactionList;
  }
}
