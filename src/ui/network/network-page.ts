import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { icon } from "../icons.ts";
import type { Services } from "../services.ts";
import { pageStyles, shared } from "../styles.ts";
import { Watch } from "../watch.ts";
import "../identity/identity-panel.ts";
import "./anchor-panel.ts";
import "./catching-up.ts";
import "./chain-panel.ts";
import "./disputes.ts";
import "./epoch-card.ts";
import "./epoch-clock.ts";
import "./evidence.ts";
import "./kept.ts";
import "./outbox.ts";
import "./peers.ts";
import "./relays.ts";

const EPOCHS_AT_FIRST = 5;

/** The network as this tab sees it: peers, the running epoch, the epochs before it. */
@customElement("parley-network")
export class NetworkPage extends LitElement {
  static override styles = [
    shared,
    pageStyles,
    css`
      .epochs {
        display: grid;
        gap: 0.8rem;
      }
    `,
  ];

  @property({ attribute: false }) parley: Services | undefined;
  @state() private shown = EPOCHS_AT_FIRST;
  /** The epoch that a dialog asks about. */
  @state() private disputed: number | undefined;
  private readonly disputes = new Watch(this, () => this.parley?.disputes?.state);
  private readonly epochs = new Watch(this, () => this.parley?.node?.epochs);
  private readonly status = new Watch(this, () => this.parley?.node?.status);

  protected override render() {
    return html`<div class="page">
      <div>
        <h1>Network</h1>
        <p class="lead">Every tab is a node. This is what yours sees.</p>
      </div>
      <div class="columns">
        <div class="stack">
          <parley-epoch-clock .node=${this.parley?.node}></parley-epoch-clock>
          <parley-catching-up .node=${this.parley?.node}></parley-catching-up>
          <parley-disputes
            ?hidden=${(this.disputes.value?.disputes.length ?? 0) === 0}
            .disputes=${this.parley?.disputes}
            @open-wallet=${this.openWallet}
          ></parley-disputes>
          <parley-evidence
            ?hidden=${(this.disputes.value?.evidence.length ?? 0) === 0}
            .disputes=${this.parley?.disputes}
            @open-wallet=${this.openWallet}
          ></parley-evidence>
          ${this.pastEpochs()}
        </div>
        <div class="stack">
          <parley-peers .node=${this.parley?.node}></parley-peers>
          <parley-relays .node=${this.parley?.node} .relays=${this.parley?.relays}></parley-relays>
          <parley-identity .parley=${this.parley}></parley-identity>
          <parley-chain .wallet=${this.parley?.wallet}></parley-chain>
          <parley-kept .kept=${this.parley?.kept}></parley-kept>
          <parley-outbox .outbox=${this.parley?.outbox}></parley-outbox>
        </div>
      </div>
      ${
        this.disputed === undefined
          ? nothing
          : html`<parley-dispute-dialog
            .disputes=${this.parley?.disputes}
            .epoch=${this.disputed}
            @open-wallet=${this.openWallet}
            @dispute-closed=${() => {
              this.disputed = undefined;
            }}
          ></parley-dispute-dialog>`
      }
    </div>`;
  }

  private async askDispute(event: CustomEvent<number>): Promise<void> {
    await import("./dispute-dialog.ts");
    this.disputed = event.detail;
  }

  private pastEpochs(): TemplateResult {
    const epochs = [...(this.epochs.value ?? [])].sort((a, b) => b.epoch - a.epoch);
    const waiting = epochs.filter((epoch) => epoch.anchor.state === "waiting").length;
    return html`<section class="stack" aria-label="Past epochs">
      <div class="row spread">
        <h2>Past epochs</h2>
      </div>
      <parley-anchor
        ?hidden=${waiting === 0 && this.status.value?.anchorRewards === undefined}
        .node=${this.parley?.node}
        .waiting=${waiting}
        @open-wallet=${this.openWallet}
      ></parley-anchor>
      ${
        epochs.length === 0
          ? html`<div class="panel empty">
            ${icon("anchor")}
            <p>No finished epoch yet.</p>
            <p class="small">When validators agree on one, its root appears here.</p>
          </div>`
          : html`<div class="epochs">
            ${repeat(
              epochs.slice(0, this.shown),
              (epoch) => epoch.epoch,
              (epoch) =>
                html`<parley-epoch
                  .summary=${epoch}
                  .challenge=${this.disputes.value?.challenges.get(epoch.epoch)}
                  .ownNodeId=${this.status.value?.nodeId}
                  @dispute-epoch=${this.askDispute}
                ></parley-epoch>`,
            )}
          </div>`
      }
      ${
        epochs.length <= this.shown
          ? nothing
          : html`<button
            class="plain"
            @click=${() => {
              this.shown += EPOCHS_AT_FIRST;
            }}
          >
            Show older epochs
          </button>`
      }
    </section>`;
  }

  private openWallet(event: Event): void {
    event.stopPropagation();
    this.dispatchEvent(new CustomEvent("open-wallet"));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-network": NetworkPage;
  }
}
