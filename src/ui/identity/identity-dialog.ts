import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/dialog/dialog.js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { DevicesService, IdentityService, IdentityStatus, WalletService } from "../../app/parley.ts";
import { Action } from "../action.ts";
import "../elements/copy-button.ts";
import { dialogStyles } from "../dialogs/dialog-styles.ts";
import { errorNotice } from "../elements/notice.ts";
import { shorten } from "../format.ts";
import { shared } from "../styles.ts";
import { Watch } from "../watch.ts";
import "./devices-section.ts";
import "./file-section.ts";
import { identityStyles } from "./identity-styles.ts";
import { ownLogNotice } from "./own-log.ts";
import "./phrase-section.ts";

/** Who this profile is, and what a person can do about it. Fires `identity-closed`. */
@customElement("parley-identity-dialog")
export class IdentityDialog extends LitElement {
  static override styles = [
    shared,
    identityStyles,
    dialogStyles,
    css`
      wa-dialog {
        --width: 36rem;
      }
      .sections {
        display: grid;
        gap: 1.8rem;
        grid-template-columns: minmax(0, 1fr);
      }
    `,
  ];

  @property({ attribute: false }) identity: IdentityService | undefined;
  @property({ attribute: false }) devices: DevicesService | undefined;
  @property({ attribute: false }) wallet: WalletService | undefined;
  @state() private open = false;
  private readonly status = new Watch<IdentityStatus>(this, () => this.identity?.status);
  private readonly account = new Watch(this, () => this.wallet?.status);
  private readonly linking = new Action(this);
  private readonly settling = new Action(this);

  protected override firstUpdated(): void {
    const dialog = this.renderRoot.querySelector("wa-dialog");
    void dialog?.updateComplete.then(() => {
      this.open = true;
    });
  }

  protected override render() {
    const status = this.status.value;
    return html`<wa-dialog label="Identity and devices" ?open=${this.open} @wa-after-hide=${this.closed}>
      <div class="sections">
        ${status === undefined ? html`<p class="quiet">Starting.</p>` : this.who(status)}
        <parley-devices-section .devices=${this.devices}></parley-devices-section>
        ${status === undefined ? nothing : this.link(status)}
        <parley-phrase-section .identity=${this.identity}></parley-phrase-section>
        <parley-file-section .identity=${this.identity}></parley-file-section>
      </div>
    </wa-dialog>`;
  }

  private who(status: IdentityStatus): TemplateResult {
    const { nodeId, problem, isSealed } = status;
    return html`<section aria-label="Node">
      ${errorNotice(problem)}
      ${
        nodeId === undefined
          ? nothing
          : html`<p class="row" .style=${"gap:0.2rem;flex-wrap:nowrap"}>
            <span class="mono id" data-testid="own-node-id">${nodeId}</span>
            <parley-copy .text=${nodeId} label="Copy the node's id"></parley-copy>
          </p>`
      }
      <p class="small quiet">
        ${
          isSealed
            ? "The key lies sealed in this browser. Whoever controls this browser, or a script in this page, can still use it."
            : "This browser keeps the key unsealed: it has no place for keys of its own."
        }
      </p>
      ${ownLogNotice(status, this.settling, {
        confirm: () => this.settling.run(async () => this.identity?.confirmAlone()),
        takeBack: () => this.settling.run(async () => this.identity?.takeBack()),
      })}
    </section>`;
  }

  private link({ link, isNodeHere }: IdentityStatus): TemplateResult {
    const account = this.account.value?.account;
    return html`<section aria-label="Linked wallet">
      <h3>Linked wallet</h3>
      <p class="small quiet">Wallet and node sign that they belong to one person. It costs nothing.</p>
      ${
        link === undefined
          ? html`<p class="small">No wallet is linked.</p>`
          : html`<p class="row small" .style=${"gap:0.2rem"}>
            <span class="mono id" data-testid="linked-wallet" title=${link.account}>${shorten(link.account, 10, 8)}</span>
            <span class="pill good">both signed</span>
          </p>`
      }
      ${errorNotice(this.linking.error, () => this.linking.clear())}
      <div class="row">
        <wa-button
          size="s"
          appearance="outlined"
          ?disabled=${!isNodeHere}
          ?loading=${this.linking.busy}
          @click=${() => this.linking.run(async () => this.identity?.linkWallet())}
          >${link === undefined ? "Link" : "Link again with"} ${account === undefined ? "the wallet" : shorten(account, 6, 4)}</wa-button
        >
        ${
          link === undefined
            ? nothing
            : html`<wa-button
              size="s"
              appearance="plain"
              @click=${() => this.linking.run(async () => this.identity?.unlinkWallet())}
              >Unlink</wa-button
            >`
        }
      </div>
    </section>`;
  }

  private closed(event: Event): void {
    if (event.target !== event.currentTarget) return;
    this.dispatchEvent(new CustomEvent("identity-closed"));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-identity-dialog": IdentityDialog;
  }
}
