import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { DisputeAct, DisputeService, ShownDispute } from "../../app/parley.ts";
import { Action } from "../action.ts";
import { formatRemaining, plural, shorten } from "../format.ts";
import { shared } from "../styles.ts";
import { Ticker } from "../ticker.ts";
import { Watch } from "../watch.ts";
import { actOrOpenWallet } from "./act-or-wallet.ts";
import { caseButton, casePanel, caseStyles } from "./case-panel.ts";
import { actWords, FINDING_WORDS, isOpen, seatsWords, stateWords } from "./dispute-words.ts";

/** Disputes about anchored roots, open and lately closed, with what this node can do. Fires `open-wallet`. */
@customElement("parley-disputes")
export class DisputeList extends LitElement {
  static override styles = [
    shared,
    caseStyles,
    css`
      .reason {
        overflow-wrap: anywhere;
      }
      .text {
        white-space: pre-wrap;
      }
    `,
  ];

  @property({ attribute: false }) disputes: DisputeService | undefined;
  private readonly state = new Watch(this, () => this.disputes?.state);
  private readonly acting = new Action(this);
  protected readonly ticker = new Ticker(this);

  protected override render() {
    const disputes = this.state.value?.disputes ?? [];
    if (disputes.length === 0) return nothing;
    return casePanel({
      label: "Disputes",
      title: "Disputes",
      acting: this.acting,
      cases: disputes.map((dispute) => this.line(dispute)),
    });
  }

  private line(dispute: ShownDispute): TemplateResult {
    const { epoch, status, deadlineMs, disputer, ownSeats, acts, finding, reason, reasonText } = dispute;
    return html`<li data-dispute=${dispute.dispute}>
      <div class="row spread">
        <h3>Epoch ${epoch}</h3>
        <span class="pill ${isOpen(status) ? "wait" : ""}" data-testid="dispute-state">${stateWords(dispute)}</span>
      </div>
      <p class="small quiet">
        Dispute ${dispute.dispute} by <span class="mono" title=${disputer}>${shorten(disputer)}</span>.
        ${seatsWords(dispute)}
        ${isOpen(status) ? this.left(deadlineMs) : nothing}
      </p>
      <p class="small reason">
        ${
          reasonText === undefined
            ? html`The reason is not in reach; its digest is <span class="mono" title=${reason}>${shorten(reason)}</span>.`
            : html`<span class="text">${reasonText}</span>`
        }
      </p>
      ${
        isOpen(status)
          ? html`<p class="small" role="status">${ownSeats === 0 ? nothing : html`Your node has ${plural(ownSeats, "seat")} on the jury${dispute.hasRuled ? ", and has ruled" : ""}.`}
            ${FINDING_WORDS[finding]}</p>`
          : nothing
      }
      ${
        acts.length === 0
          ? nothing
          : html`<div class="row">${acts.map((act) => this.button(act, dispute))}</div>`
      }
    </li>`;
  }

  private left(deadlineMs: number): string {
    const leftMs = deadlineMs - Date.now();
    return leftMs > 0 ? `Its time ends ${formatRemaining(leftMs)}.` : "Its time is over.";
  }

  private button(act: DisputeAct, dispute: ShownDispute): TemplateResult {
    return caseButton(actWords(act, dispute), this.acting, () => this.act(act, dispute));
  }

  private async act(act: DisputeAct, { dispute }: ShownDispute): Promise<void> {
    await actOrOpenWallet(this, this.acting, async () => this.disputes?.act({ act, dispute }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-disputes": DisputeList;
  }
}
