import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Parameters } from "../../core/parameters.ts";
import { shared } from "../styles.ts";
import { formatParameter } from "./parameter-values.ts";
import { PARAMETER_GROUPS, PARAMETER_WORDS } from "./parameter-words.ts";

/** The parameters that hold now, for whoever opens it. */
@customElement("parley-rules")
export class NetworkRules extends LitElement {
  static override styles = [
    shared,
    css`
      summary {
        cursor: pointer;
        font-weight: 600;
        min-height: 1.75rem;
      }
      summary:focus-visible {
        outline: 2px solid var(--p-brand);
        outline-offset: 3px;
        border-radius: var(--p-radius-s);
      }
      h3 {
        margin: 1.1rem 0 0.4rem;
      }
      dl > div {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0 1rem;
        padding: 0.35rem 0;
        border-top: 1px solid var(--p-line);
        font-size: 0.9rem;
      }
      dd {
        margin-inline-start: auto;
        text-align: end;
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) parameters: Parameters | undefined;

  protected override render() {
    const { parameters } = this;
    if (parameters === undefined) return nothing;
    return html`<details class="panel" data-testid="rules">
      <summary>Rules of this network</summary>
      ${PARAMETER_GROUPS.map(
        ({ title, names }) =>
          html`<h3>${title}</h3>
            <dl>
              ${names.map(
                (name) =>
                  html`<div>
                    <dt>${PARAMETER_WORDS[name]}</dt>
                    <dd class="number" data-parameter=${name}>${formatParameter(name, parameters[name])}</dd>
                  </div>`,
              )}
            </dl>`,
      )}
    </details>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-rules": NetworkRules;
  }
}
