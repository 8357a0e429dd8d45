import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { CorrectionService } from "../../app/parley.ts";
import type { StoredTurn } from "../../ports/store.ts";
import { Action } from "../action.ts";
import { errorNotice } from "../elements/notice.ts";
import { icon } from "../icons.ts";
import { shared } from "../styles.ts";
import "../elements/copy-button.ts";
import "./correction-editor.ts";

/** One question or answer. Everything in it is shown as text, never as markup. */
@customElement("parley-turn")
export class TurnView extends LitElement {
  static override styles = [
    shared,
    css`
      .turn {
        display: grid;
        gap: 0.25rem;
      }
      .text {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .user {
        justify-self: end;
        max-width: min(85%, 34rem);
        padding: 0.55rem 0.95rem;
        border-radius: 1.15rem 1.15rem 0.35rem 1.15rem;
        background: var(--p-brand-soft);
        color: var(--p-brand-soft-ink);
      }
      .answer {
        display: grid;
        grid-template-columns: 1.75rem minmax(0, 1fr);
        gap: 0 0.75rem;
      }
      .mark {
        width: 1.75rem;
        height: 1.75rem;
        border-radius: 0.55rem;
      }
      .corrected {
        margin-top: 0.6rem;
        padding: 0.65rem 0.85rem;
        border-inline-start: 3px solid var(--p-amber);
        border-radius: 0 var(--p-radius-s) var(--p-radius-s) 0;
        background: var(--p-amber-soft);
      }
      .before {
        color: var(--p-quiet);
        text-decoration: line-through;
        text-decoration-thickness: 1px;
      }
      .actions {
        grid-column: 2;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        margin-inline-start: -0.55rem;
        min-height: 2.25rem;
      }
      .thumb[aria-pressed="true"] {
        background: var(--p-brand-soft);
        color: var(--p-brand-soft-ink);
      }
      .asked {
        justify-self: end;
      }
      .pen {
        animation: blink 1s steps(2) infinite;
        display: inline-block;
        width: 0.5em;
        height: 1em;
        margin-inline-start: 1px;
        vertical-align: -0.12em;
        border-radius: 2px;
        background: var(--p-brand);
      }
      @keyframes blink {
        to {
          opacity: 0.15;
        }
      }
    `,
  ];

  @property({ attribute: false }) turn: StoredTurn | undefined;
  /** Text so far of an answer being written; then `turn` is absent. */
  @property({ attribute: false }) live: string | undefined;
  @property({ attribute: false }) corrections: CorrectionService | undefined;
  @property({ type: Boolean }) retryable = false;
  @state() private editing = false;
  private readonly judging = new Action(this);

  protected override render() {
    if (this.turn?.role === "user") {
      return html`<div class="turn">
        <span class="visually-hidden">You:</span>
        <div class="user text">${this.turn.content}</div>
        ${this.retryable ? html`<div class="asked">${this.retryButton()}</div>` : nothing}
      </div>`;
    }
    const text = this.turn === undefined ? (this.live ?? "") : this.turn.content;
    const correctedTo = this.turn?.correctedTo;
    return html`<div class="answer">
      <img class="mark" src="/icons/parley.svg" alt="" width="28" height="28" decoding="sync" />
      <div>
        <span class="visually-hidden">Parley:</span>
        <div class="text ${correctedTo === undefined ? "" : "before"}">${text}${this.pen()}</div>
        ${correctedTo === undefined ? nothing : html`<div class="corrected text">${correctedTo}</div>`}
        ${this.turn?.stoppedBy === "abort" ? html`<p class="small quiet">Stopped.</p>` : nothing}
        ${
          this.turn?.stoppedBy === "length"
            ? html`<p class="small quiet">The answer reached its length limit.</p>`
            : nothing
        }
      </div>
      ${this.turn === undefined ? nothing : this.actions(this.turn)}
    </div>`;
  }

  private pen() {
    return this.turn === undefined ? html`<span class="pen" aria-hidden="true"></span>` : nothing;
  }

  private actions(turn: StoredTurn) {
    if (this.editing) {
      return html`<parley-correction-editor
        .style=${"grid-column:2"}
        .turn=${turn}
        .corrections=${this.corrections}
        @editor-closed=${this.closeEditor}
      ></parley-correction-editor>`;
    }
    return html`<div class="actions">
      <parley-copy .text=${turn.correctedTo ?? turn.content} label="Copy"></parley-copy>
      ${this.thumb(turn, "up")} ${this.thumb(turn, "down")}
      ${this.retryable ? this.retryButton() : nothing}
      <button class="plain" data-action="correct" @click=${this.openEditor}>
        ${icon("pencil")}<span>Correct this answer</span>
      </button>
      ${turn.correctedTo === undefined ? nothing : html`<span class="pill wait">corrected</span>`}
      ${errorNotice(this.judging.error, () => this.judging.clear())}
    </div>`;
  }

  /** Pressed again, a thumb is taken back. */
  private thumb(turn: StoredTurn, which: "up" | "down") {
    const pressed = turn.thumb === which;
    const label = which === "up" ? "Good answer" : "Bad answer";
    return html`<button
      class="plain thumb"
      aria-label=${label}
      title=${label}
      aria-pressed=${pressed ? "true" : "false"}
      @click=${() => this.judging.run(async () => this.corrections?.judge(turn.id, pressed ? undefined : which))}
    >
      ${icon(which === "up" ? "thumb-up" : "thumb-down")}
    </button>`;
  }

  private retryButton() {
    return html`<button class="plain" aria-label="Retry" title="Retry" @click=${this.retry}>
      ${icon("retry")}
    </button>`;
  }

  private retry(): void {
    this.dispatchEvent(new CustomEvent("retry-answer"));
  }

  private openEditor(): void {
    this.editing = true;
  }

  private closeEditor(): void {
    this.editing = false;
    void this.updateComplete.then(() => {
      this.renderRoot.querySelector<HTMLElement>("[data-action=correct]")?.focus();
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-turn": TurnView;
  }
}
