import "@awesome.me/webawesome/dist/components/button/button.js";
import { html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { icon } from "../icons.ts";
import type { Services } from "../services.ts";
import { pageStyles, shared } from "../styles.ts";
import { Watch } from "../watch.ts";
import "./drafts.ts";
import type { ReadyDraft } from "./drafts.ts";
import "./proposal-card.ts";
import "./network-rules.ts";
import "./proposal-form.ts";

/** What the network decides together: proposals, their votes, a form for another. */
@customElement("parley-vote")
export class VotePage extends LitElement {
  static override styles = [shared, pageStyles];

  @property({ attribute: false }) parley: Services | undefined;
  @state() private writing = false;
  @state() private begun: ReadyDraft | undefined;
  private readonly status = new Watch(this, () => this.parley?.node?.status);
  private readonly parameters = new Watch(this, () => this.parley?.governance?.parameters);
  private readonly proposals = new Watch(this, () => this.parley?.governance?.proposals);

  protected override render() {
    const proposals = this.proposals.value ?? [];
    return html`<div class="page" .style=${"max-width:48rem"}>
      <div class="row spread">
        <div>
          <h1>Vote</h1>
          <p class="lead">One staked token, one vote. Ballots are signed here and count even when made offline.</p>
        </div>
        ${
          this.writing
            ? nothing
            : html`<wa-button
              variant="brand"
              size="s"
              ?disabled=${this.parley?.governance === undefined}
              @click=${() => {
                this.writing = true;
              }}
              >${icon("plus", "start")}New proposal</wa-button
            >`
        }
      </div>
      ${
        this.writing
          ? html`<parley-proposal-form
            .governance=${this.parley?.governance}
            .parameters=${this.parameters.value}
            .begun=${this.begun}
            @form-closed=${() => {
              this.writing = false;
              this.begun = undefined;
            }}
          ></parley-proposal-form>`
          : nothing
      }
      ${
        proposals.length === 0
          ? html`<div class="panel empty">
            ${icon("vote")}
            <p>No proposals yet.</p>
            <p class="small">Anyone with a stake can make one.</p>
          </div>`
          : repeat(
              proposals,
              (proposal) => proposal.cid,
              (proposal) =>
                html`<parley-proposal
                  .proposal=${proposal}
                  .ownNodeId=${this.status.value?.nodeId}
                  .parameters=${this.parameters.value}
                  .governance=${this.parley?.governance}
                  .documents=${this.parley?.documents}
                ></parley-proposal>`,
            )
      }
      <parley-drafts
        .documents=${this.parley?.documents}
        .ownNodeId=${this.status.value?.nodeId}
        @draft-ready=${(event: CustomEvent<ReadyDraft>) => {
          this.begun = event.detail;
          this.writing = true;
          this.renderRoot.querySelector("h1")?.scrollIntoView({ behavior: "smooth" });
        }}
      ></parley-drafts>
      <parley-rules .parameters=${this.parameters.value}></parley-rules>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-vote": VotePage;
  }
}
