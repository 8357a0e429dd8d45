import "@awesome.me/webawesome/dist/components/button/button.js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { EpochContribution, EpochSummary, ShownChallenge } from "../../app/parley.ts";
import "../elements/copy-button.ts";
import { formatMicroNats, formatPpm, formatRemaining, formatTokens, plural, shorten } from "../format.ts";
import { icon } from "../icons.ts";
import { nodeLabel } from "../node-name.ts";
import { shared } from "../styles.ts";
import { FINDING_WORDS } from "./dispute-words.ts";

/**
 * One past epoch: root, quality, who contributed and with what weight, where it is anchored, until when it can be disputed.
 * Fires `dispute-epoch`.
 */
@customElement("parley-epoch")
export class EpochCard extends LitElement {
  static override styles = [
    shared,
    css`
      .facts {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(7.6rem, 1fr));
        gap: 0.7rem 1rem;
        margin-top: 0.8rem;
      }
      dt {
        font-size: 0.78rem;
        color: var(--p-quiet);
      }
      dd {
        white-space: nowrap;
        display: flex;
        align-items: center;
        min-height: 2.1rem;
        font-weight: 560;
      }
      .contributions {
        margin-top: 0.5rem;
      }
      .contributions li {
        display: grid;
        gap: 0.15rem;
        padding: 0.55rem 0;
        border-top: 1px solid var(--p-line);
      }
      .reason {
        color: var(--p-red);
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) summary: EpochSummary | undefined;
  /** Absent when its root is final, or not on the chain. */
  @property({ attribute: false }) challenge: ShownChallenge | undefined;
  @property({ attribute: false }) ownNodeId: string | undefined;

  protected override render() {
    const { summary } = this;
    if (summary === undefined) return nothing;
    return html`<article class="panel" aria-label=${`Epoch ${summary.epoch}`} data-epoch=${summary.epoch}>
      <div class="row spread">
        <h3>Epoch ${summary.epoch}</h3>
        ${this.anchorPill(summary)}
      </div>
      <dl class="facts">
        ${this.identifier("State root", summary.stateRoot, "state-root")}
        ${this.identifier("Manifest", summary.manifestCid, "manifest")}
        ${this.identifier("Model version", summary.modelVersion, "model-version")}
        <div>
          <dt>Benchmark loss</dt>
          <dd class="number" data-testid="loss" title=${`${summary.metrics.lossMicroNats} micro-nats`}>
            ${formatMicroNats(summary.metrics.lossMicroNats)}
          </dd>
        </div>
        <div>
          <dt>Accuracy</dt>
          <dd class="number">${formatPpm(summary.metrics.accuracyPpm)}</dd>
        </div>
        <div>
          <dt>Signed by</dt>
          <dd class="number">${plural(summary.signerCount, "validator")}</dd>
        </div>
        ${this.anchorFacts(summary)}
      </dl>
      ${
        summary.anchor.state === "waiting" && summary.anchor.reason !== undefined
          ? html`<p class="small quiet">${summary.anchor.reason}</p>`
          : nothing
      }
      ${this.challenge === undefined ? nothing : this.disputable(this.challenge, summary.epoch)}
      ${
        summary.contributions.length === 0
          ? html`<p class="small quiet" .style=${"margin-top:0.6rem"}>Nobody contributed in this epoch.</p>`
          : html`<ul class="contributions" aria-label="Contributions">
            ${summary.contributions.map((contribution) => this.contribution(contribution))}
          </ul>`
      }
    </article>`;
  }

  private identifier(name: string, value: string, testId: string) {
    return html`<div>
      <dt>${name}</dt>
      <dd>
        <span class="mono" data-testid=${testId} data-value=${value} title=${value}>${shorten(value)}</span>
        <parley-copy .text=${value} label=${`Copy ${name.toLowerCase()}`}></parley-copy>
      </dd>
    </div>`;
  }

  private anchorPill(summary: EpochSummary) {
    return summary.anchor.state === "anchored"
      ? html`<span class="pill good" data-testid="anchor-state">${icon("anchor")}anchored</span>`
      : html`<span class="pill wait" data-testid="anchor-state">waiting for the chain</span>`;
  }

  private anchorFacts(summary: EpochSummary) {
    if (summary.anchor.state === "waiting") return nothing;
    return html`${this.identifier("Transaction", summary.anchor.transaction, "anchor-transaction")}
      <div>
        <dt>Block</dt>
        <dd class="number">${summary.anchor.blockNumber}</dd>
      </div>`;
  }

  private disputable({ untilMs, isHeldUp, finding }: ShownChallenge, epoch: number) {
    const leftMs = untilMs - Date.now();
    return html`<div class="row spread" data-testid="challenge">
      <p class="small quiet">
        ${
          leftMs > 0
            ? html`Can be disputed until <time datetime=${new Date(untilMs).toISOString()}>${formatDateTime(untilMs)}</time>,
                ${formatRemaining(leftMs)}.`
            : "Its time to be disputed is over."
        }
        ${isHeldUp ? "A dispute holds it up." : nothing} ${FINDING_WORDS[finding]}
      </p>
      ${
        leftMs > 0
          ? html`<wa-button
            size="s"
            appearance="outlined"
            @click=${() => this.dispatchEvent(new CustomEvent("dispute-epoch", { detail: epoch }))}
            >Dispute…</wa-button
          >`
          : nothing
      }
    </div>`;
  }

  private contribution(contribution: EpochContribution) {
    const included = contribution.outcome === "included";
    return html`<li>
      <div class="row spread">
        ${nodeLabel(contribution.nodeId, this.ownNodeId)}
        ${
          included
            ? html`<span class="pill good number">weight ${formatPpm(contribution.weightPpm)}</span>`
            : html`<span class="pill bad">refused</span>`
        }
      </div>
      ${contribution.reason === undefined ? nothing : html`<p class="reason small">${contribution.reason}</p>`}
      <p class="small quiet number">
        ${contribution.metrics === undefined ? nothing : html`loss ${formatMicroNats(contribution.metrics.lossMicroNats)} · `}checked
        by ${contribution.validators.length}${contribution.rewardWei === 0n ? nothing : html` · earned ${formatTokens(contribution.rewardWei)} tokens`}
      </p>
    </li>`;
  }
}

function formatDateTime(atMs: number): string {
  return new Date(atMs).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-epoch": EpochCard;
  }
}
