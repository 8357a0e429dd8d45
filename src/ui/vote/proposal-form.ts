import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/input/input.js";
import "@awesome.me/webawesome/dist/components/textarea/textarea.js";
import { css, html, LitElement, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { GovernanceService } from "../../app/parley.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Parameters } from "../../core/parameters.ts";
import { Action } from "../action.ts";
import { errorNotice } from "../elements/notice.ts";
import { shared } from "../styles.ts";
import { typedIn } from "../typed-in.ts";
import "./change-fields.ts";
import type { TypedChanges } from "./change-fields.ts";
import type { ReadyDraft } from "./drafts.ts";

/** Writes a proposal. Fires `form-closed` when it is made or given up. */
@customElement("parley-proposal-form")
export class ProposalForm extends LitElement {
  static override styles = [
    shared,
    css`
      form {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1rem;
      }
    `,
  ];

  @property({ attribute: false }) governance: GovernanceService | undefined;
  /** What holds now. */
  @property({ attribute: false }) parameters: Parameters | undefined;
  /** What is written already, from a draft. */
  @property({ attribute: false }) begun: ReadyDraft | undefined;
  @state() private typed: TypedChanges = { changes: null, complete: true };
  @state() private heading = "";
  @state() private text = "";
  private readonly proposing = new Action(this);

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("begun") || this.begun === undefined) return;
    this.heading = this.begun.title;
    this.text = this.begun.text.slice(0, LIMITS.proposalTextCharacters);
  }

  protected override firstUpdated(): void {
    const input = this.renderRoot.querySelector("wa-input");
    void input?.updateComplete.then(() => input.focus());
  }

  protected override render() {
    return html`<form class="panel" aria-label="New proposal" @submit=${this.submit}>
      <h2>New proposal</h2>
      <wa-input
        label="Title"
        hint=${`${this.heading.length} of ${LIMITS.proposalTitleCharacters} characters`}
        maxlength=${LIMITS.proposalTitleCharacters}
        .value=${this.heading}
        @input=${(event: Event) => {
          this.heading = typedIn(event);
        }}
      ></wa-input>
      <wa-textarea
        label="What should change, and why"
        hint=${`${this.text.length} of ${LIMITS.proposalTextCharacters} characters`}
        maxlength=${LIMITS.proposalTextCharacters}
        rows="5"
        resize="auto"
        .value=${this.text}
        @input=${(event: Event) => {
          this.text = typedIn(event);
        }}
      ></wa-textarea>
      <parley-change-fields
        .parameters=${this.parameters}
        @changes-typed=${(event: CustomEvent<TypedChanges>) => {
          this.typed = event.detail;
        }}
      ></parley-change-fields>
      ${errorNotice(this.proposing.error, () => this.proposing.clear())}
      <div class="row">
        <wa-button
          variant="brand"
          ?loading=${this.proposing.busy}
          ?disabled=${this.heading.trim() === "" || this.text.trim() === "" || !this.typed.complete}
          @click=${this.submit}
          >Propose</wa-button
        >
        <wa-button appearance="plain" @click=${this.close}>Cancel</wa-button>
      </div>
    </form>`;
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const made = await this.proposing.run(async () =>
      this.governance?.propose(this.heading.trim(), this.text.trim(), this.typed.changes),
    );
    if (made) this.close();
  }

  private close(): void {
    this.dispatchEvent(new CustomEvent("form-closed"));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-proposal-form": ProposalForm;
  }
}
