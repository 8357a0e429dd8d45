import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { WalletService } from "../../app/parley.ts";
import { shared } from "../styles.ts";
import { Ticker } from "../ticker.ts";
import { Watch } from "../watch.ts";
import { chainWords, type EndpointLine, endpointLines } from "./endpoint-words.ts";

const TONES = { none: "", connecting: "wait", reachable: "good", unreachable: "bad" } as const;

/** Whether the chain is in reach, and how each place is at which it is reached. */
@customElement("parley-chain")
export class ChainPanel extends LitElement {
  static override styles = [
    shared,
    css`
      p {
        margin-block-start: 0.4rem;
      }
      ol {
        margin-block-start: 0.6rem;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: center;
        gap: 0.2rem 0.6rem;
        padding-block: 0.5rem;
        border-block-start: 1px solid var(--p-line);
      }
      .name {
        overflow-wrap: anywhere;
      }
      .facts {
        grid-column: 1 / -1;
        margin: 0;
      }
    `,
  ];

  @property({ attribute: false }) wallet: WalletService | undefined;
  private readonly status = new Watch(this, () => this.wallet?.status);
  /** Ages grow, and pauses end, while nothing else changes. */
  protected readonly ticker = new Ticker(this);

  protected override render() {
    const { chain = "connecting", endpoints = [] } = this.status.value ?? {};
    const nowMs = Date.now();
    const lines = chain === "none" ? [] : endpointLines(endpoints, nowMs);
    return html`<section class="panel" aria-label="Chain">
      <div class="row spread">
        <h2>Chain</h2>
        <span class="pill ${TONES[chain]}" data-testid="chain-state"><i class="dot"></i>${chain}</span>
      </div>
      <p class="small quiet" role="status">${chainWords(chain, endpoints)}</p>
      ${
        lines.length === 0
          ? nothing
          : html`<ol aria-label="Endpoints of the chain, in the order in which they are asked">
            ${lines.map((line) => endpointRow(line))}
          </ol>`
      }
    </section>`;
  }
}

function endpointRow({ name, state, tone, detail }: EndpointLine): TemplateResult {
  return html`<li>
    <span class="mono name">${name}</span>
    <span class="pill ${tone}">${state}</span>
    <p class="small quiet number facts">${detail}</p>
  </li>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-chain": ChainPanel;
  }
}
