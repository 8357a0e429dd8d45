import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Delegation, WalletService } from "../../app/parley.ts";
import type { NodeId } from "../../core/primitives.ts";
import { Action } from "../action.ts";
import "../elements/copy-button.ts";
import { formatTokens, shorten } from "../format.ts";
import { shared } from "../styles.ts";
import { takeBackForm } from "./amount-field.ts";
import { stakeStyles } from "./stake-styles.ts";
import { delegationWords } from "./stake-words.ts";

const WORDS =
  "It stops counting at once, and is paid out after a waiting time, in which it still answers for what the node has signed. Once taken back, this cannot be undone; it can be delegated anew when it is paid out.";

/** The account's delegations, each with its state and the way out. */
@customElement("parley-delegations")
export class DelegationList extends LitElement {
  static override styles = [shared, stakeStyles];

  @property({ attribute: false }) wallet: WalletService | undefined;
  @property({ attribute: false }) delegations: readonly Delegation[] = [];
  /** The delegation whose form is open. */
  @state() private open: NodeId | undefined;
  @state() private typed = "";
  private readonly taking = new Action(this);

  protected override render() {
    if (this.delegations.length === 0) return nothing;
    return html`<section aria-label="Your delegations">
      <h3>Your delegations</h3>
      <ul>
        ${repeat(
          this.delegations,
          ({ nodeId }) => nodeId,
          (delegation) => this.line(delegation),
        )}
      </ul>
    </section>`;
  }

  private line(delegation: Delegation): TemplateResult {
    const { nodeId, amountWei } = delegation;
    const words = delegationWords(delegation.state);
    const isOpen = this.open === nodeId;
    return html`<li data-state=${delegation.state}>
      <div class="row spread">
        <span class="number">${formatTokens(amountWei)} tokens</span>
        <span class="pill ${words.tone}">${words.state}</span>
      </div>
      <div class="row spread">
        <span class="row small">
          <span>to node</span>
          <span class="mono" title=${nodeId}>${shorten(nodeId, 8, 4)}</span>
          <parley-copy .text=${nodeId} label=${`Copy the ID of node ${shorten(nodeId, 8, 4)}`}></parley-copy>
        </span>
        <button
          class="plain"
          aria-expanded=${isOpen ? "true" : "false"}
          aria-label=${`Take back from node ${shorten(nodeId, 8, 4)}`}
          @click=${() => this.toggle(nodeId)}
        >
          Take back
        </button>
      </div>
      <p class="small quiet">${words.sentence}</p>
      ${isOpen ? this.form(delegation) : nothing}
    </li>`;
  }

  private form({ nodeId, amountWei: heldWei }: Delegation): TemplateResult {
    return takeBackForm({
      words: WORDS,
      label: "Tokens to take back",
      heldWei,
      typed: this.typed,
      onTyped: (text) => {
        this.typed = text;
      },
      taking: this.taking,
      take: (amountWei) => void this.take(nodeId, amountWei),
    });
  }

  private toggle(nodeId: NodeId): void {
    if (this.taking.busy) return;
    this.open = this.open === nodeId ? undefined : nodeId;
    this.typed = "";
    this.taking.clear();
  }

  private async take(nodeId: NodeId, amountWei: bigint): Promise<void> {
    if (!(await this.taking.run(async () => this.wallet?.undelegate(nodeId, amountWei)))) return;
    this.typed = "";
    this.open = undefined;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-delegations": DelegationList;
  }
}
