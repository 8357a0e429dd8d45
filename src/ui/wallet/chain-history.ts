import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { ChainEvent, WalletService } from "../../app/parley.ts";
import { formatAge, plural } from "../format.ts";
import { ShowAll } from "../show-all.ts";
import { shared } from "../styles.ts";
import { Watch } from "../watch.ts";
import { eventWords, placeWords } from "./event-words.ts";

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
    return html`<li class="small">
      <p>${eventWords(event)}</p>
      <p class="quiet number">${placeWords(event, Date.now())}</p>
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-chain-history": ChainHistoryList;
  }
}
