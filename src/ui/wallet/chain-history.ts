import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { ChainEvent, WalletService } from "../../app/parley.ts";
import { formatAge, formatTokens, plural, shorten } from "../format.ts";
import { ShowAll } from "../show-all.ts";
import { shared } from "../styles.ts";
import { Watch } from "../watch.ts";

const SHOWN_AT_FIRST = 4;

/** What the network's contracts told about the account, as far as the chain has been read. */
@customElement("parley-chain-history")
export class ChainHistoryList extends LitElement {
  static override styles = [
    shared,
    css`
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.5rem;
      }
      li {
        padding-block: 0.35rem;
        border-block-start: 1px solid var(--p-line);
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) wallet: WalletService | undefined;
  private readonly history = new Watch(this, () => this.wallet?.history);
  private readonly showAll = new ShowAll(this, SHOWN_AT_FIRST);

  protected override render() {
    const history = this.history.value;
    if (history === undefined || history.events.length === 0) return nothing;
    const { events, asOf, behindBlocks } = history;
    return html`<section aria-label="On the chain">
      <h3>On the chain</h3>
      <ul>
        ${this.showAll.shown(events).map((event) => this.line(event))}
      </ul>
      <p class="small quiet">
        ${asOf === undefined ? "" : `Read up to block ${asOf.blockNumber}, ${formatAge(Date.now() - asOf.timestampMs)}.`}
        ${behindBlocks === 0 ? "" : `${plural(behindBlocks, "block")} to go.`}
      </p>
      ${this.showAll.button(events)}
    </section>`;
  }

  private line(event: ChainEvent): TemplateResult {
    return html`<li class="row spread small">
      <span>${eventWords(event)}</span>
      <span class="quiet number">block ${event.blockNumber}</span>
    </li>`;
  }
}

function eventWords(event: ChainEvent): string {
  switch (event.kind) {
    case "staked":
      return `Staked ${formatTokens(event.amountWei)} PAR for node ${shorten(event.nodeId, 8, 4)}`;
    case "unstaked":
      return `Took ${formatTokens(event.amountWei)} PAR out of the stake of node ${shorten(event.nodeId, 8, 4)}`;
    case "withdrawn":
      return `Withdrew ${formatTokens(event.amountWei)} PAR`;
    case "operator-changed":
      return `Changed the operator of node ${shorten(event.nodeId, 8, 4)}`;
    case "anchored":
      return `Anchored epoch ${event.epoch}`;
    case "claimed":
      return `Claimed ${formatTokens(event.amountWei)} PAR up to epoch ${event.epoch}`;
    case "dispute-opened":
      return `Disputed the root of epoch ${event.epoch}`;
    case "juror-paid":
      return `Was paid ${formatTokens(event.amountWei)} PAR as a juror of dispute ${event.dispute}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-chain-history": ChainHistoryList;
  }
}
