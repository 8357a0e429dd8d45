import "@awesome.me/webawesome/dist/components/callout/callout.js";
import { html, nothing, type TemplateResult } from "lit";
import type { ErrorData } from "../../core/errors.ts";
import { icon } from "../icons.ts";
import { inWords } from "../words.ts";

/** A failure where it happened, announced at once; nothing when there is none. */
export function errorNotice(error: ErrorData | undefined, onDismiss?: () => void): unknown {
  if (error === undefined) return nothing;
  return html`<wa-callout variant="danger" size="s" role="alert" data-code=${error.code}>
    ${icon("warning", "icon")}
    <div .style=${"display:flex;gap:0.75rem;align-items:center;justify-content:space-between"}>
      <span>${inWords(error)}</span>
      ${
        onDismiss === undefined
          ? nothing
          : html`<button class="plain" aria-label="Dismiss" @click=${onDismiss}>${icon("xmark")}</button>`
      }
    </div>
  </wa-callout>`;
}

export function hintNotice(content: TemplateResult): TemplateResult {
  return html`<wa-callout variant="brand" size="s">${icon("info", "icon")} ${content}</wa-callout>`;
}
