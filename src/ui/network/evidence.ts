import "@awesome.me/webawesome/dist/components/button/button.js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { DisputeService, ShownEvidence } from "../../app/parley.ts";
import { Action } from "../action.ts";
import { errorNotice } from "../elements/notice.ts";
import { shorten } from "../format.ts";
import { shared } from "../styles.ts";
import { Watch } from "../watch.ts";
import { offenceWords, sentenceWords } from "./dispute-words.ts";

/** Evidence that this node holds against others, each with a button that reports it. Fires `open-wallet`. */
@customElement("parley-evidence")
export class EvidenceList extends LitElement {
  static override styles = [
    shared,
    css`
      ul {
        margin-block-start: 0.5rem;
      }
      li {
        display: grid;
        gap: 0.35rem;
        border-block-start: 1px solid var(--p-line);
        padding-block: 0.7rem;
      }
    `,
  ];

  @property({ attribute: false }) disputes: DisputeService | undefined;
  private readonly state = new Watch(this, () => this.disputes?.state);
  private readonly reporting = new Action(this);

  protected override render() {
    const evidence = this.state.value?.evidence ?? [];
    if (evidence.length === 0) return nothing;
    return html`<section class="panel" aria-label="Evidence">
      <h2>Evidence against others</h2>
      ${errorNotice(this.reporting.error, () => this.reporting.clear())}
      <ul>
        ${evidence.map((one) => this.line(one))}
      </ul>
    </section>`;
  }

  private line(evidence: ShownEvidence): TemplateResult {
    const { id, nodeId, epoch } = evidence;
    return html`<li data-evidence=${id}>
      <h3>Epoch ${epoch}</h3>
      <p class="small">
        Node <span class="mono" title=${nodeId}>${shorten(nodeId)}</span> ${offenceWords(evidence)}.
      </p>
      <p class="small quiet">${sentenceWords(evidence)}</p>
      <div class="row">
        <wa-button
          size="s"
          appearance="outlined"
          ?loading=${this.reporting.busy}
          @click=${() => this.report(id)}
          >Report node ${shorten(nodeId)}</wa-button
        >
      </div>
    </li>`;
  }

  private async report(evidence: string): Promise<void> {
    await this.reporting.run(async () => this.disputes?.act({ act: "report", evidence }));
    if (this.reporting.error?.code === "wallet-needed") {
      this.dispatchEvent(new CustomEvent("open-wallet", { bubbles: true, composed: true }));
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-evidence": EvidenceList;
  }
}
