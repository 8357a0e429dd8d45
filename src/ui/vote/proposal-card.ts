import "@awesome.me/webawesome/dist/components/button/button.js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { BallotChoice, DocumentService, GovernanceService, ProposalSummary } from "../../app/parley.ts";
import type { Parameters } from "../../core/parameters.ts";
import { Action } from "../action.ts";
import { errorNotice } from "../elements/notice.ts";
import { formatRemaining, formatTokens } from "../format.ts";
import { nodeLabel } from "../node-name.ts";
import { shared } from "../styles.ts";
import { changeLines, effectWords } from "./changes.ts";
import "./discussion.ts";
import { castWei, quorumPercent, tally } from "./tally.ts";

const CHOICES: readonly { readonly choice: BallotChoice; readonly label: string }[] = [
  { choice: "for", label: "For" },
  { choice: "against", label: "Against" },
  { choice: "abstain", label: "Abstain" },
];

const DELIVERY_WORDS = {
  waiting: "signed and kept here, waiting for a network",
  delivered: "delivered to peers, counted when the epoch ends",
  counted: "counted",
  refused: "refused",
} as const;

/** One proposal: what it says, how the votes stand, this voter's ballot and where it is. */
@customElement("parley-proposal")
export class ProposalCard extends LitElement {
  static override styles = [
    shared,
    css`
      article {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.9rem;
      }
      .text {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      h2 {
        overflow-wrap: anywhere;
        font-size: 1.12rem;
      }
      .bars {
        display: grid;
        gap: 0.5rem;
      }
      .bars li {
        display: grid;
        grid-template-columns: 4.2rem minmax(0, 1fr) minmax(2.5rem, auto);
        align-items: center;
        gap: 0.6rem;
        font-size: 0.88rem;
      }
      .track {
        height: 0.6rem;
        border-radius: 1rem;
        background: var(--p-sunken);
        overflow: hidden;
      }
      .fill {
        height: 100%;
        border-radius: inherit;
        background: var(--p-brand);
        transition: width 300ms;
      }
      .against .fill {
        background: var(--p-red);
      }
      .abstain .fill {
        background: var(--p-quiet);
      }
      .weight {
        text-align: end;
      }
      .quorum {
        position: relative;
        height: 0.3rem;
      }
      .quorum .fill {
        background: var(--p-amber);
      }
      .ballot .pill {
        white-space: normal;
        border-radius: 0.7rem;
      }
      .changes {
        display: grid;
        gap: 0.35rem;
        padding: 0.6rem 0.8rem;
        border-inline-start: 3px solid var(--p-brand);
        overflow-wrap: anywhere;
        font-size: 0.93rem;
      }
      .changes ul {
        display: grid;
        gap: 0.25rem;
      }
      .ballot {
        padding: 0.6rem 0.8rem;
        border-radius: var(--p-radius-s);
        background: var(--p-sunken);
        font-size: 0.9rem;
      }
    `,
  ];

  @property({ attribute: false }) proposal: ProposalSummary | undefined;
  @property({ attribute: false }) ownNodeId: string | undefined;
  /** What holds now. */
  @property({ attribute: false }) parameters: Parameters | undefined;
  @property({ attribute: false }) governance: GovernanceService | undefined;
  @property({ attribute: false }) documents: DocumentService | undefined;
  private readonly voting = new Action(this);

  protected override render() {
    const { proposal } = this;
    if (proposal === undefined) return nothing;
    return html`<article class="panel" aria-label=${proposal.title} data-cid=${proposal.cid}>
      <div>
        <div class="row spread">
          <h2>${proposal.title}</h2>
          ${this.statePill(proposal)}
        </div>
        <p class="small quiet">
          by ${nodeLabel(proposal.author, this.ownNodeId)}${this.closing(proposal)}
        </p>
      </div>
      <p class="text">${proposal.text}</p>
      ${this.changes(proposal)}
      ${this.bars(proposal)} ${this.ballot(proposal)} ${errorNotice(this.voting.error, () => this.voting.clear())}
      ${proposal.state === "open" || proposal.state === "pending" ? this.buttons(proposal) : nothing}
      <parley-discussion
        .documents=${this.documents}
        .proposal=${proposal.cid}
        .ownNodeId=${this.ownNodeId}
      ></parley-discussion>
    </article>`;
  }

  private statePill(proposal: ProposalSummary) {
    const tone = { pending: "wait", open: "good", passed: "good", failed: "bad", void: "bad" }[
      proposal.state
    ];
    return html`<span class="pill ${tone}" data-testid="proposal-state">${proposal.state}</span>`;
  }

  private closing(proposal: ProposalSummary) {
    if (proposal.closesAtMs === undefined || proposal.state !== "open") return nothing;
    return html` · closes ${formatRemaining(proposal.closesAtMs - Date.now())}`;
  }

  private changes(proposal: ProposalSummary) {
    const lines = changeLines(proposal, this.parameters);
    if (lines.length === 0) return nothing;
    return html`<div class="changes" data-testid="changes">
      <ul aria-label="What it changes">
        ${lines.map(
          ({ words, before, after }) =>
            html`<li>${words}: from <strong>${before}</strong> to <strong>${after}</strong></li>`,
        )}
      </ul>
      <p class="small quiet" data-testid="effect">${effectWords(proposal)}</p>
    </div>`;
  }

  private bars(proposal: ProposalSummary) {
    const quorum = quorumPercent(proposal);
    return html`<div class="bars">
      <ul class="bars" aria-label="Votes">
        ${tally(proposal).map(
          (bar) =>
            html`<li class=${bar.choice} data-testid=${`tally-${bar.choice}`} data-wei=${bar.weightWei.toString()}>
              <span>${CHOICES.find((choice) => choice.choice === bar.choice)?.label}</span>
              <span class="track"><span class="fill" .style=${`display:block;width:${bar.percent}%`}></span></span>
              <span class="weight number quiet">${formatTokens(bar.weightWei)}</span>
            </li>`,
        )}
      </ul>
      <div class="small quiet row spread">
        <span>Quorum ${quorum >= 100 ? "reached" : "not reached"}</span>
        <span class="number">${formatTokens(castWei(proposal))} of ${formatTokens(proposal.quorumWei)} tokens</span>
      </div>
      <div class="track quorum" role="img" aria-label=${`Quorum ${Math.floor(quorum)} per cent`}>
        <div class="fill" .style=${`width:${quorum}%`}></div>
      </div>
    </div>`;
  }

  private ballot(proposal: ProposalSummary) {
    const ballot = proposal.myBallot;
    if (ballot === undefined) return nothing;
    const tone = { waiting: "wait", delivered: "wait", counted: "good", refused: "bad" }[ballot.delivery];
    return html`<p class="ballot row" role="status">
      <span>You voted <strong>${ballot.choice}</strong>:</span>
      <span class="pill ${tone}" data-testid="ballot-state" data-state=${ballot.delivery}
        >${DELIVERY_WORDS[ballot.delivery]}</span
      >
      ${ballot.detail === undefined ? nothing : html`<span class="small">${ballot.detail}</span>`}
    </p>`;
  }

  private buttons(proposal: ProposalSummary) {
    const chosen = proposal.myBallot?.choice;
    return html`<div class="row" role="group" aria-label="Your vote">
      ${CHOICES.map(
        ({ choice, label }) =>
          html`<wa-button
            size="s"
            variant=${chosen === choice ? "brand" : "neutral"}
            appearance=${chosen === choice ? "accent" : "outlined"}
            ?disabled=${this.voting.busy || proposal.state === "pending"}
            @click=${() => this.voting.run(async () => this.governance?.vote(proposal.cid, choice))}
            >${label}</wa-button
          >`,
      )}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-proposal": ProposalCard;
  }
}
