import { css, html, LitElement } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { LIMITS } from "../../core/limits.ts";
import { icon } from "../icons.ts";
import { shared } from "../styles.ts";

/** The count is shown when so few characters are left. */
const SHOW_LEFT_BELOW = 200;

/** Where a message is written. Fires `submit-message` (detail: text) and `stop-answer`. */
@customElement("parley-composer")
export class Composer extends LitElement {
  static override styles = [
    shared,
    css`
      form {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: end;
        gap: 0.25rem;
        padding: 0.35rem 0.35rem 0.35rem 1rem;
        border: 1px solid var(--wa-color-neutral-border-loud);
        border-radius: 1.45rem;
        background: var(--p-surface);
        box-shadow: 0 4px 18px var(--p-shadow);
        transition: border-color 120ms;
      }
      form:focus-within {
        border-color: var(--p-brand);
        box-shadow:
          0 0 0 1px var(--p-brand),
          0 4px 18px var(--p-shadow);
      }
      textarea {
        field-sizing: content;
        width: 100%;
        min-height: 2.6rem;
        max-height: 10rem;
        padding: 0.55rem 0;
        border: 0;
        outline: 0;
        resize: none;
        background: transparent;
        color: inherit;
        font: inherit;
        line-height: 1.5;
      }
      textarea:focus-visible {
        outline: 0;
      }
      textarea::placeholder {
        color: var(--p-quiet);
        opacity: 1;
      }
      .round {
        appearance: none;
        display: grid;
        place-items: center;
        width: 2.6rem;
        height: 2.6rem;
        padding: 0;
        border: 0;
        border-radius: 50%;
        background: var(--p-brand);
        color: var(--p-brand-ink);
        cursor: pointer;
        transition: opacity 120ms;
      }
      .round:disabled {
        background: var(--p-sunken);
        color: var(--p-quiet);
        cursor: default;
      }
      .stop {
        background: var(--p-ink);
        color: var(--p-page);
      }
      .left {
        grid-column: 1 / -1;
        padding: 0 0.6rem 0.2rem 0;
      }
    `,
  ];

  @property({ type: Boolean }) answering = false;
  @state() private text = "";

  override focus(): void {
    this.field?.focus();
  }

  /** Puts a text back, for instance after sending it failed. */
  fill(text: string): void {
    this.text = text;
  }

  protected override render() {
    const left = LIMITS.promptCharacters - this.text.length;
    return html`<form @submit=${this.submit}>
      <textarea
        aria-label="Message"
        placeholder="Ask something"
        rows="1"
        maxlength=${LIMITS.promptCharacters}
        enterkeyhint="send"
        .value=${this.text}
        @input=${this.write}
        @keydown=${this.key}
      ></textarea>
      ${
        this.answering
          ? html`<button type="button" class="round stop" aria-label="Stop" title="Stop" @click=${this.stop}>
            ${icon("stop")}
          </button>`
          : html`<button class="round" aria-label="Send" title="Send" ?disabled=${this.text.trim() === ""}>
            ${icon("send")}
          </button>`
      }
      ${left < SHOW_LEFT_BELOW ? html`<span class="left small quiet number">${left} characters left</span>` : ""}
    </form>`;
  }

  private write(event: InputEvent): void {
    if (event.target instanceof HTMLTextAreaElement) this.text = event.target.value;
  }

  private key(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (!this.answering) this.send();
  }

  private submit(event: Event): void {
    event.preventDefault();
    this.send();
  }

  private send(): void {
    const text = this.text.trim();
    if (text === "") return;
    this.text = "";
    this.dispatchEvent(new CustomEvent("submit-message", { detail: text }));
  }

  private stop(): void {
    this.dispatchEvent(new CustomEvent("stop-answer"));
    this.focus();
  }

  private get field(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector("textarea");
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-composer": Composer;
  }
}
