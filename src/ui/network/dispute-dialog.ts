import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/dialog/dialog.js";
import "@awesome.me/webawesome/dist/components/textarea/textarea.js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { DisputeService } from "../../app/parley.ts";
import { LIMITS } from "../../core/limits.ts";
import { Action } from "../action.ts";
import { dialogStyles } from "../dialogs/dialog-styles.ts";
import { errorNotice } from "../elements/notice.ts";
import { formatTokens } from "../format.ts";
import { shared } from "../styles.ts";
import { typedIn } from "../typed-in.ts";
import { actOrOpenWallet } from "./act-or-wallet.ts";
import { costWords } from "./dispute-words.ts";

/** Asks for the reason of a dispute, after saying what it costs. Fires `dispute-closed`, and `open-wallet`. */
@customElement("parley-dispute-dialog")
export class DisputeDialog extends LitElement {
  static override styles = [
    shared,
    dialogStyles,
    css`
      .stack {
        gap: 0.7rem;
      }
    `,
  ];

  @property({ attribute: false }) disputes: DisputeService | undefined;
  @property({ attribute: false }) epoch = 0;
  @state() private open = false;
  @state() private reason = "";
  private readonly opening = new Action(this);

  protected override firstUpdated(): void {
    const dialog = this.renderRoot.querySelector("wa-dialog");
    void dialog?.updateComplete.then(() => {
      this.open = true;
    });
  }

  protected override render() {
    const { terms, challenges } = this.disputes?.state.value ?? {};
    if (terms === undefined) return nothing;
    const finding = challenges?.get(this.epoch)?.finding ?? "unknown";
    return html`<wa-dialog label=${`Dispute epoch ${this.epoch}`} ?open=${this.open} @wa-after-hide=${this.closed}>
      <div class="stack">
        ${costWords(terms, finding).map((line) => html`<p class="small">${line}</p>`)}
        <wa-textarea
          label="What did you find?"
          hint="Its digest goes on the chain. The text stays with your node, which gives it to jurors who ask."
          rows="3"
          maxlength=${LIMITS.disputeReasonCharacters}
          .value=${this.reason}
          @input=${(event: Event) => {
            this.reason = typedIn(event);
          }}
        ></wa-textarea>
        ${errorNotice(this.opening.error, () => this.opening.clear())}
      </div>
      <wa-button slot="footer" appearance="outlined" @click=${() => this.hide()}>Cancel</wa-button>
      <wa-button
        slot="footer"
        variant="danger"
        ?disabled=${this.reason.trim() === ""}
        ?loading=${this.opening.busy}
        @click=${this.dispute}
        >Put down ${formatTokens(terms.bondWei)} PAR</wa-button
      >
    </wa-dialog>`;
  }

  private hide(): void {
    this.open = false;
  }

  private async dispute(): Promise<void> {
    const { epoch, reason } = this;
    const act = async () => this.disputes?.act({ act: "open", epoch, reason });
    if (await actOrOpenWallet(this, this.opening, act)) this.hide();
  }

  private closed(event: Event): void {
    if (event.target !== event.currentTarget) return;
    this.dispatchEvent(new CustomEvent("dispute-closed"));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-dispute-dialog": DisputeDialog;
  }
}
