import "@awesome.me/webawesome/dist/components/button/button.js";
import { html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { IdentityStatus } from "../../app/parley.ts";
import { Action } from "../action.ts";
import { errorNotice } from "../elements/notice.ts";
import { shorten } from "../format.ts";
import type { Services } from "../services.ts";
import { shared } from "../styles.ts";
import { Watch } from "../watch.ts";

/** Who this profile is, in a line, and the way to everything about it. */
@customElement("parley-identity")
export class IdentityPanel extends LitElement {
  static override styles = shared;

  @property({ attribute: false }) parley: Services | undefined;
  @state() private isOpen = false;
  private readonly status = new Watch<IdentityStatus>(this, () => this.parley?.identity?.status);
  private readonly opening = new Action(this);

  protected override render() {
    const status = this.status.value;
    const state = status?.ownLog?.state;
    return html`<section class="panel stack" .style=${"gap:0.6rem"} aria-label="Identity">
      <div class="row spread">
        <h2>You</h2>
        ${
          status?.problem !== undefined
            ? html`<span class="pill bad">cannot be read</span>`
            : state === "recovering"
              ? html`<span class="pill wait">recovering</span>`
              : state === "moved-away"
                ? html`<span class="pill">moved away</span>`
                : nothing
        }
      </div>
      <p class="small quiet">
        Node <span class="mono" title=${status?.nodeId ?? ""}>${shorten(status?.nodeId ?? "…", 8, 8)}</span>
      </p>
      ${errorNotice(this.opening.error)}
      <div>
        <wa-button
          size="s"
          appearance="outlined"
          ?disabled=${this.parley?.identity === undefined}
          ?loading=${this.opening.busy}
          @click=${this.open}
          >Identity and devices</wa-button
        >
      </div>
      ${
        this.isOpen
          ? html`<parley-identity-dialog
            .identity=${this.parley?.identity}
            .devices=${this.parley?.devices}
            .wallet=${this.parley?.wallet}
            @identity-closed=${() => {
              this.isOpen = false;
            }}
          ></parley-identity-dialog>`
          : nothing
      }
    </section>`;
  }

  private async open(): Promise<void> {
    this.isOpen = await this.opening.run(() => import("./identity-dialog.ts"));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-identity": IdentityPanel;
  }
}
