import { html, LitElement } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { icon } from "../icons.ts";
import { shared } from "../styles.ts";

const CONFIRMATION_MS = 1_600;

/** Copies `text`; says so for a moment. `label` is its accessible name. */
@customElement("parley-copy")
export class CopyButton extends LitElement {
  static override styles = shared;

  @property() text = "";
  @property() label = "Copy";
  @state() private outcome: "none" | "copied" | "failed" = "none";
  private timer: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  override focus(): void {
    this.renderRoot.querySelector("button")?.focus();
  }

  protected override render() {
    const said = { none: "", copied: "Copied", failed: "Copying was refused by the browser" }[this.outcome];
    return html`<button class="plain" aria-label=${this.label} title=${this.label} @click=${this.copy}>
        ${icon(this.outcome === "copied" ? "check" : "copy")}
      </button>
      <span class="visually-hidden" role="status">${said}</span>`;
  }

  private async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.text);
      this.outcome = "copied";
    } catch {
      this.outcome = "failed";
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.outcome = "none";
    }, CONFIRMATION_MS);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-copy": CopyButton;
  }
}
