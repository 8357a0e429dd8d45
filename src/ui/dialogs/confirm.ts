import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/dialog/dialog.js";
import { html, render } from "lit";

export interface ConfirmRequest {
  readonly title: string;
  /** One paragraph each, shown as text. */
  readonly lines: readonly string[];
  readonly confirmLabel: string;
  readonly danger?: boolean;
}

/**
 * Asks in a modal dialog. The focus is on Cancel, so that a key pressed out of habit agrees to nothing.
 * Resolves true only for the confirming button; Escape, Cancel and closing are false.
 */
export function confirmInDialog(request: ConfirmRequest): Promise<boolean> {
  return new Promise((resolve) => {
    const host = document.createElement("div");
    let confirmed = false;
    const dialog = (): HTMLElementTagNameMap["wa-dialog"] | null => host.querySelector("wa-dialog");
    const close = (answer: boolean): void => {
      confirmed = answer;
      const element = dialog();
      if (element !== null) element.open = false;
    };
    const closed = (event: Event): void => {
      if (event.target !== dialog()) return;
      host.remove();
      resolve(confirmed);
    };
    render(
      html`<wa-dialog label=${request.title} @wa-after-hide=${closed}>
        ${request.lines.map((line) => html`<p .style=${"margin:0 0 0.6rem;overflow-wrap:anywhere"}>${line}</p>`)}
        <wa-button slot="footer" appearance="outlined" autofocus @click=${() => close(false)}>Cancel</wa-button>
        <wa-button
          slot="footer"
          variant=${request.danger === true ? "danger" : "brand"}
          @click=${() => close(true)}
          >${request.confirmLabel}</wa-button
        >
      </wa-dialog>`,
      host,
    );
    document.body.append(host);
    const element = dialog();
    if (element !== null) void element.updateComplete.then(() => (element.open = true));
  });
}
