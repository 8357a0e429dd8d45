import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { OutboxEntry, OutboxService } from "../../app/parley.ts";
import { Action } from "../action.ts";
import { errorNotice } from "../elements/notice.ts";
import { formatTime, plural, shorten } from "../format.ts";
import { icon } from "../icons.ts";
import { ShowAll } from "../show-all.ts";
import { shared } from "../styles.ts";
import { Watch } from "../watch.ts";

const SHOWN_AT_FIRST = 6;

const KIND_WORDS: Readonly<Record<string, string>> = {
  ballot: "Ballot",
  proposal: "Proposal",
  commit: "Sealed delta",
  submission: "Delta",
  attestation: "Check of a delta",
  receipt: "Receipt",
  evidence: "Proof of a contradiction",
  dispute: "Dispute",
  ruling: "Ruling",
  "held-out-commit": "Sealed tasks",
  "held-out-reveal": "Tasks",
};

const STATES = {
  waiting: { words: "waiting", tone: "wait", hint: "Signed and kept here until somebody can take it." },
  delivered: { words: "delivered", tone: "wait", hint: "" },
  counted: { words: "counted", tone: "good", hint: "" },
  refused: { words: "refused", tone: "bad", hint: "" },
} as const;

/** What this node signed and sent, newest first, and what became of each. */
@customElement("parley-outbox")
export class OutboxPanel extends LitElement {
  static override styles = [
    shared,
    css`
      ul {
        margin-top: 0.6rem;
        display: grid;
        gap: 0.1rem;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: start;
        gap: 0.2rem 0.8rem;
        padding-block: 0.55rem;
        border-block-start: 1px solid var(--p-line);
      }
      li:first-child {
        border: 0;
      }
      .what {
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) outbox: OutboxService | undefined;
  private readonly entries = new Watch(this, () => this.outbox?.entries);
  private readonly showAll = new ShowAll(this, SHOWN_AT_FIRST);
  private readonly delivering = new Action(this);

  protected override render() {
    const entries = (this.entries.value ?? []).toReversed();
    const waiting = entries.filter((entry) => entry.state === "waiting").length;
    return html`<section class="panel" aria-label="Sent by you">
      <div class="row spread">
        <h2>Sent by you</h2>
        ${waiting === 0 ? nothing : this.retryButton()}
      </div>
      ${errorNotice(this.delivering.error, () => this.delivering.clear())}
      <p class="small quiet" role="status">
        ${
          entries.length === 0
            ? "Ballots, deltas and checks that this node signs appear here, with what became of each."
            : waiting === 0
              ? "Nothing waits."
              : `${plural(waiting, "message")} waiting for a peer. Nothing is lost: they go out when there is one.`
        }
      </p>
      <ul>
        ${repeat(
          this.showAll.shown(entries),
          ({ cid }) => cid,
          (entry) => this.line(entry),
        )}
      </ul>
      ${this.showAll.button(entries)}
    </section>`;
  }

  private retryButton(): TemplateResult {
    return html`<button
      class="plain"
      ?disabled=${this.delivering.busy}
      @click=${() => this.delivering.run(async () => this.outbox?.deliver())}
    >
      ${icon("retry")}Try now
    </button>`;
  }

  private line({ cid, kind, createdAtMs, state, detail, confirmedBy = [] }: OutboxEntry): TemplateResult {
    const { words, tone, hint } = STATES[state];
    const held =
      confirmedBy.length === 0 || state === "counted" || state === "refused"
        ? ""
        : `Held by ${confirmedBy.map((nodeId) => shorten(nodeId, 6, 4)).join(", ")}`;
    const more = [detail ?? hint, held].filter((text) => text !== "").join(" · ");
    return html`<li data-kind=${kind} data-state=${state}>
      <div class="what">
        <span title=${cid}>${KIND_WORDS[kind] ?? kind}</span>
        <span class="small quiet number"> · ${formatTime(createdAtMs)}</span>
        ${more === "" ? nothing : html`<p class="small quiet">${more}</p>`}
      </div>
      <span class="pill ${tone}">${words}</span>
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-outbox": OutboxPanel;
  }
}
