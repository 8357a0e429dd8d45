import "@awesome.me/webawesome/dist/components/button/button.js";
import { css, html, type TemplateResult } from "lit";
import type { Action } from "../action.ts";
import { errorNotice } from "../elements/notice.ts";

/** Panels of evidence and of disputes: a column of cases with lines between them. */
export const caseStyles = css`
  ul {
    margin-block-start: 0.5rem;
  }
  li {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.45rem;
    border-block-start: 1px solid var(--p-line);
    padding-block: 0.7rem;
  }
  li:last-child {
    padding-block-end: 0;
  }
`;

export interface CasePanel {
  /** For who cannot see it. */
  readonly label: string;
  readonly title: string;
  /** What the buttons of its cases run. */
  readonly acting: Action;
  /** List items. */
  readonly cases: readonly TemplateResult[];
}

export function casePanel({ label, title, acting, cases }: CasePanel): TemplateResult {
  return html`<section class="panel" aria-label=${label}>
    <h2>${title}</h2>
    ${errorNotice(acting.error, () => acting.clear())}
    <ul>
      ${cases}
    </ul>
  </section>`;
}

/** What can be done about a case. */
export function caseButton(words: string, acting: Action, act: () => unknown): TemplateResult {
  return html`<wa-button size="s" appearance="outlined" ?loading=${acting.busy} @click=${act}>${words}</wa-button>`;
}
