import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { DisputeService, ShownEvidence } from "../../app/parley.ts";
import { Action } from "../action.ts";
import { shorten } from "../format.ts";
import { shared } from "../styles.ts";
import { Watch } from "../watch.ts";
import { actOrOpenWallet } from "./act-or-wallet.ts";
import { caseButton, casePanel, caseStyles } from "./case-panel.ts";
import { offenceWords, sentenceWords } from "./dispute-words.ts";

/** Evidence that this node holds against others, each with a button that reports it. Fires `open-wallet`. */
@customElement("parley-evidence")
export class EvidenceList extends LitElement {
  static override styles = [shared, caseStyles];

  @property({ attribute: false }) disputes: DisputeService | undefined;
  private readonly state = new Watch(this, () => this.disputes?.state);
  private readonly reporting = new Action(this);

  protected override render() {
    const evidence = this.state.value?.evidence ?? [];
    if (evidence.length === 0) return nothing;
    return casePanel({
      label: "Evidence",
      title: "Evidence against others",
      acting: this.reporting,
      cases: evidence.map((one) => this.line(one)),
    });
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
        ${caseButton(`Report node ${shorten(nodeId)}`, this.reporting, () => this.report(id))}
      </div>
    </li>`;
  }

  private async report(evidence: string): Promise<void> {
    await actOrOpenWallet(this, this.reporting, async () => this.disputes?.act({ act: "report", evidence }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-evidence": EvidenceList;
  }
}
