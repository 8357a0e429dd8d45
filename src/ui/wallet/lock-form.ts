import "@awesome.me/webawesome/dist/components/button/button.js";
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { StakeHoldings, StakingTerms, WalletService } from "../../app/parley.ts";
import type { Parameters } from "../../core/parameters.ts";
import { Action } from "../action.ts";
import { errorNotice } from "../elements/notice.ts";
import { formatPpm, formatTokens, shorten } from "../format.ts";
import { shared } from "../styles.ts";
import { typedIn } from "../typed-in.ts";
import { stakeStyles } from "./stake-styles.ts";
import { dayWords, type LockTerm, lockGainPpm, lockTerms } from "./stake-words.ts";

type Node = StakeHoldings["nodes"][number];

/** Locks the account's own stake of a node for a term. */
@customElement("parley-lock")
export class LockForm extends LitElement {
  static override styles = [shared, stakeStyles];

  @property({ attribute: false }) wallet: WalletService | undefined;
  @property({ attribute: false }) terms: StakingTerms | undefined;
  /** What the network counts with now, by which a lock pays; absent until the node has its state. */
  @property({ attribute: false }) rules: Parameters | undefined;
  /** Time of the newest block, in Unix ms. */
  @property({ attribute: false }) blockMs = 0;
  /** Those that the account has staked for. */
  @property({ attribute: false }) nodes: readonly Node[] = [];
  @state() private picked = "";
  /** In days; zero until one is picked. */
  @state() private days = 0;
  private readonly locking = new Action(this);

  protected override render() {
    const node = this.nodes.find(({ nodeId }) => nodeId === this.picked) ?? this.nodes[0];
    if (this.terms === undefined || node === undefined) return nothing;
    const all = lockTerms(Date.now(), this.blockMs, this.terms.maximumLockMs, node.lockedUntilMs);
    return html`<section aria-label="Lock stake">
      <h3>Lock stake</h3>
      <p class="small quiet">
        A locked stake weighs more in rewards: most at first, and less each day until the lock ends. It does not
        sign or vote with more weight, and can be slashed like any other.
        <strong>A lock cannot be undone or shortened by anybody: until it ends, none of this stake can be taken back.</strong>
        What you stake for the node later is locked with it; delegations are not.
      </p>
      <ul aria-label="Your stakes">
        ${this.nodes.map(stakeLine)}
      </ul>
      ${all.length === 0 ? html`<p class="small">It is locked for as long as the network allows.</p>` : this.form(node, all)}
    </section>`;
  }

  private form(node: Node, all: readonly LockTerm[]): TemplateResult {
    const term = all.find(({ days }) => days === this.days);
    return html`<form @submit=${(event: Event) => this.lock(event, node, term)}>
      ${this.nodes.length === 1 ? nothing : this.nodeField(node)}
      <label>
        Lock for
        <select
          @change=${(event: Event) => {
            this.days = Number(typedIn(event));
          }}
        >
          <option value="0" ?selected=${term === undefined}>Pick a term</option>
          ${all.map(
            ({ days }) =>
              html`<option value=${days} ?selected=${days === term?.days}>
                ${days} days
              </option>`,
          )}
        </select>
      </label>
      <p class="small" role="status">${term === undefined ? nothing : this.gainWords(term)}</p>
      ${errorNotice(this.locking.error, () => this.locking.clear())}
      <div>
        <wa-button
          size="s"
          variant="brand"
          ?disabled=${term === undefined}
          ?loading=${this.locking.busy}
          @click=${(event: Event) => this.lock(event, node, term)}
          >${term === undefined ? "Lock" : `Lock until ${dayWords(term.untilMs)}`}</wa-button
        >
      </div>
    </form>`;
  }

  private nodeField(node: Node): TemplateResult {
    return html`<label>
      Node
      <select
        @change=${(event: Event) => {
          this.picked = typedIn(event);
          this.days = 0;
        }}
      >
        ${this.nodes.map(
          ({ nodeId }) =>
            html`<option value=${nodeId} ?selected=${nodeId === node.nodeId}>${shorten(nodeId, 8, 4)}</option>`,
        )}
      </select>
    </label>`;
  }

  private gainWords({ untilMs }: LockTerm): string {
    if (this.rules === undefined) return "What it adds to rewards is not known yet: this node has no state.";
    const gain = formatPpm(lockGainPpm(untilMs - Date.now(), this.rules));
    return `By the rules of now it adds ${gain} to the stake's weight in rewards at first. The rules can be changed by vote.`;
  }

  private async lock(event: Event, { nodeId }: Node, term: LockTerm | undefined): Promise<void> {
    event.preventDefault();
    if (term === undefined) return;
    if (await this.locking.run(async () => this.wallet?.lock(nodeId, term.untilMs))) this.days = 0;
  }
}

function stakeLine({ nodeId, stakeWei, lockedUntilMs }: Node): TemplateResult {
  const isLocked = lockedUntilMs > Date.now();
  return html`<li>
    <div class="row spread">
      <span class="number">${formatTokens(stakeWei)} tokens</span>
      <span class="pill ${isLocked ? "wait" : ""}">${isLocked ? `locked until ${dayWords(lockedUntilMs)}` : "not locked"}</span>
    </div>
    <span class="small">for node <span class="mono" title=${nodeId}>${shorten(nodeId, 8, 4)}</span></span>
  </li>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-lock": LockForm;
  }
}
