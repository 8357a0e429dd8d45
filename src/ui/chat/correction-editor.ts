import "@awesome.me/webawesome/dist/components/button/button.js";
import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { CorrectionService } from "../../app/parley.ts";
import { LIMITS } from "../../core/limits.ts";
import type { StoredTurn } from "../../ports/store.ts";
import { Action } from "../action.ts";
import { errorNotice } from "../elements/notice.ts";
import { shared } from "../styles.ts";

/** Writes what an answer should have been. Fires `editor-closed` after saving or cancelling. */
@customElement("parley-correction-editor")
export class CorrectionEditor extends LitElement {
  static override styles = [
    shared,
    css`
      form {
        display: grid;
        gap: 0.6rem;
        margin-top: 0.5rem;
        padding: 0.85rem;
        border: 1px solid var(--p-line);
        border-radius: var(--p-radius);
        background: var(--p-surface);
      }
      textarea {
        field-sizing: content;
        width: 100%;
        min-height: 4.5rem;
        max-height: 16rem;
        padding: 0.6rem 0.75rem;
        border: 1px solid var(--wa-color-neutral-border-loud);
        border-radius: var(--p-radius-s);
        background: var(--p-page);
        color: inherit;
        font: inherit;
        resize: vertical;
      }
      label {
        font-weight: 580;
        font-size: 0.92rem;
      }
    `,
  ];

  @property({ attribute: false }) turn: StoredTurn | undefined;
  @property({ attribute: false }) corrections: CorrectionService | undefined;
  private readonly saving = new Action(this);

  protected override firstUpdated(): void {
    const { field } = this;
    field?.focus();
    field?.setSelectionRange(field.value.length, field.value.length);
    this.scrollIntoView({ block: "nearest" });
  }

  protected override render() {
    return html`<form @submit=${this.save} @keydown=${this.key}>
      <label for="answer">Corrected answer</label>
      <textarea
        id="answer"
        maxlength=${LIMITS.correctionCharacters}
        .value=${this.turn?.correctedTo ?? this.turn?.content ?? ""}
      ></textarea>
      <p class="small quiet">
        Kept on this device as training data. The text never leaves it; only what the model learns from it does,
        if you donate.
      </p>
      ${errorNotice(this.saving.error)}
      <div class="row">
        <wa-button size="s" variant="brand" ?loading=${this.saving.busy} @click=${this.save}
          >Save correction</wa-button
        >
        <wa-button size="s" appearance="plain" @click=${this.close}>Cancel</wa-button>
      </div>
    </form>`;
  }

  private key(event: KeyboardEvent): void {
    if (event.key === "Escape") this.close();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void this.save(event);
  }

  private async save(event: Event): Promise<void> {
    event.preventDefault();
    const { turn, corrections, field } = this;
    if (turn === undefined || corrections === undefined || field === null) return;
    const saved = await this.saving.run(() => corrections.correct(turn.id, field.value.trim()));
    if (saved) this.close();
  }

  private close(): void {
    this.dispatchEvent(new CustomEvent("editor-closed"));
  }

  private get field(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector("textarea");
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-correction-editor": CorrectionEditor;
  }
}
