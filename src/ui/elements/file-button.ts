import "@awesome.me/webawesome/dist/components/button/button.js";
import { html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { shared } from "../styles.ts";

/** A button that lets a person pick files, or a folder. Fires `files-picked` with them, `File[]`. */
@customElement("parley-file-button")
export class FileButton extends LitElement {
  static override styles = shared;

  @property() label = "Pick files";
  @property() accept = "";
  @property({ type: Boolean }) folder = false;
  @property({ type: Boolean }) disabled = false;

  protected override render() {
    return html`<wa-button
        size="s"
        appearance="outlined"
        ?disabled=${this.disabled}
        @click=${() => this.input?.click()}
        >${this.label}</wa-button
      >
      <input
        type="file"
        multiple
        hidden
        aria-label=${this.label}
        accept=${this.accept === "" ? nothing : this.accept}
        ?webkitdirectory=${this.folder}
        ?disabled=${this.disabled}
        @change=${this.picked}
      />`;
  }

  private picked(): void {
    const { input } = this;
    const files = [...(input?.files ?? [])];
    if (files.length > 0) this.dispatchEvent(new CustomEvent("files-picked", { detail: files }));
    // The same files may be picked again.
    if (input !== null) input.value = "";
  }

  private get input(): HTMLInputElement | null {
    return this.renderRoot.querySelector("input");
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-file-button": FileButton;
  }
}
