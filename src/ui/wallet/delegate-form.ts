import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/input/input.js";
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { StakeHoldings, StakingTerms, WalletService } from "../../app/parley.ts";
import { LIMITS } from "../../core/limits.ts";
import { parseNodeId } from "../../core/node-id.ts";
import { Action } from "../action.ts";
import { errorNotice } from "../elements/notice.ts";
import { formatTokens, parseTokens, shorten } from "../format.ts";
import { shared } from "../styles.ts";
import { typedIn } from "../typed-in.ts";
import { amountField } from "./amount-field.ts";
import { stakeStyles } from "./stake-styles.ts";
import { durationWords } from "./stake-words.ts";

/** The nodes with the most stake; any other is named by its ID. */
const SHOWN_NODES = 24;
const BY_ID = "by-id";

type Nodes = StakeHoldings["nodes"];

/** Adds the account's tokens to the weight of a node. */
@customElement("parley-delegate")
export class DelegateForm extends LitElement {
  static override styles = [shared, stakeStyles];

  @property({ attribute: false }) wallet: WalletService | undefined;
  @property({ attribute: false }) terms: StakingTerms | undefined;
  @property({ attribute: false }) nodes: Nodes = [];
  @property({ attribute: false }) balanceWei = 0n;
  /** A node ID, or BY_ID. */
  @state() private picked = "";
  @state() private pasted = "";
  @state() private typed = "";
  private readonly delegating = new Action(this);

  protected override render() {
    const { terms } = this;
    if (terms === undefined) return nothing;
    return html`<section aria-label="Delegate to a node">
      <h3>Delegate to a node</h3>
      <p class="small quiet">
        Your tokens add to the weight of the node's signatures. They earn nothing by themselves: rewards go to the
        node's account. If the node is slashed, they are slashed with it. What you take back is paid out after
        ${durationWords(terms.unbondingMs)}, or a little later.
      </p>
      ${this.nodes.length === 0 ? html`<p class="small">Nobody has staked for a node yet.</p>` : this.form(terms)}
    </section>`;
  }

  private form(terms: StakingTerms): TemplateResult {
    const problems = [this.nodeProblem(), this.amountProblem(terms)].filter((one) => one !== undefined);
    const isReady = problems.length === 0 && this.picked !== "" && this.typed !== "";
    return html`<form @submit=${(event: Event) => this.delegate(event, isReady)}>
      <label>
        Node
        <select
          @change=${(event: Event) => {
            this.picked = typedIn(event);
          }}
        >
          <option value="" ?selected=${this.picked === ""}>Pick a node</option>
          ${biggest(this.nodes).map(
            ({ nodeId, stakeWei, delegatedWei }) =>
              html`<option value=${nodeId} ?selected=${this.picked === nodeId}>
                ${shorten(nodeId, 8, 4)}: ${formatTokens(stakeWei)} staked, ${formatTokens(delegatedWei)} delegated
              </option>`,
          )}
          <option value=${BY_ID} ?selected=${this.picked === BY_ID}>Another one, by its ID</option>
        </select>
      </label>
      ${this.picked === BY_ID ? this.idField() : nothing}
      ${amountField({
        label: "Tokens to delegate",
        placeholder: `At least ${formatTokens(terms.minimumDelegationWei)}`,
        typed: this.typed,
        onTyped: (text) => {
          this.typed = text;
        },
      })}
      <p class="small" role="status">${problems.join(" ")}</p>
      ${errorNotice(this.delegating.error, () => this.delegating.clear())}
      <div>
        <wa-button
          size="s"
          variant="brand"
          ?disabled=${!isReady}
          ?loading=${this.delegating.busy}
          @click=${(event: Event) => this.delegate(event, isReady)}
          >Delegate</wa-button
        >
      </div>
    </form>`;
  }

  private idField(): TemplateResult {
    return html`<wa-input
      label="Node ID"
      size="s"
      autocomplete="off"
      spellcheck="false"
      maxlength=${LIMITS.typedNodeIdCharacters}
      placeholder="64 hexadecimal digits"
      .value=${this.pasted}
      @input=${(event: Event) => {
        this.pasted = typedIn(event);
      }}
    ></wa-input>`;
  }

  private nodeProblem(): string | undefined {
    if (this.picked !== BY_ID) return undefined;
    const nodeId = parseNodeId(this.pasted);
    if (nodeId === undefined)
      return this.pasted === "" ? "Paste the node's ID." : "A node ID has 64 hexadecimal digits.";
    return this.nodes.some((node) => node.nodeId === nodeId)
      ? undefined
      : "Nobody stakes for this node: nothing can be delegated to it.";
  }

  private amountProblem({ minimumDelegationWei }: StakingTerms): string | undefined {
    if (this.typed === "") return undefined;
    const amountWei = parseTokens(this.typed);
    if (amountWei === undefined) return "An amount of tokens, like 12.5.";
    if (amountWei < minimumDelegationWei || amountWei === 0n)
      return `At least ${formatTokens(minimumDelegationWei)} tokens.`;
    return amountWei > this.balanceWei ? `You have ${formatTokens(this.balanceWei)} tokens.` : undefined;
  }

  private async delegate(event: Event, isReady: boolean): Promise<void> {
    event.preventDefault();
    const amountWei = parseTokens(this.typed);
    if (!isReady || amountWei === undefined) return;
    const node = this.picked === BY_ID ? this.pasted : this.picked;
    if (!(await this.delegating.run(async () => this.wallet?.delegate(node, amountWei)))) return;
    this.typed = "";
    this.pasted = "";
    this.picked = "";
  }
}

function biggest(nodes: Nodes): Nodes {
  const weight = ({ stakeWei, delegatedWei }: Nodes[number]) => stakeWei + delegatedWei;
  return nodes.toSorted((a, b) => (weight(a) < weight(b) ? 1 : -1)).slice(0, SHOWN_NODES);
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-delegate": DelegateForm;
  }
}
