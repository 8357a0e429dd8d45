import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { NodeService, RelayService } from "../../app/parley.ts";
import type { LinkBudget, RelayInfo } from "../../ports/gossip.ts";
import { Action } from "../action.ts";
import { errorNotice } from "../elements/notice.ts";
import { plural } from "../format.ts";
import { icon } from "../icons.ts";
import { shared } from "../styles.ts";
import { Watch } from "../watch.ts";

const STATES = {
  held: { words: "in use", tone: "good" },
  asking: { words: "asking", tone: "wait" },
  waiting: { words: "no answer", tone: "bad" },
  standby: { words: "in reserve", tone: "" },
} as const;

const SOURCES = { network: "of this network", own: "added by you", learnt: "learnt from peers" } as const;

/** With fewer links left than this a person should know. */
const FEW_LINKS_LEFT = 100;

/** Who introduces this tab to others, with relays of one's own, and how many links the browser still allows. */
@customElement("parley-relays")
export class RelaysPanel extends LitElement {
  static override styles = [
    shared,
    css`
      section > .plain {
        margin-inline-start: -0.5rem;
      }
      ul {
        margin-top: 0.6rem;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: center;
        gap: 0.2rem 0.6rem;
        padding-block: 0.5rem;
        border-block-start: 1px solid var(--p-line);
      }
      .address {
        overflow-wrap: anywhere;
      }
      form {
        display: grid;
        gap: 0.4rem;
        margin-top: 0.6rem;
      }
      .entry {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.5rem;
      }
      input {
        min-width: 0;
        min-height: 2.5rem;
        padding: 0 0.7rem;
        border: 1px solid var(--p-line);
        border-radius: var(--p-radius-s);
        background: var(--p-surface);
        color: var(--p-ink);
        font: inherit;
        font-size: 0.86rem;
      }
      .foot {
        margin-top: 0.6rem;
      }
    `,
  ];

  @property({ attribute: false }) node: NodeService | undefined;
  @property({ attribute: false }) relays: RelayService | undefined;
  @state() private address = "";
  @state() private isOpen = false;
  private readonly network = new Watch(this, () => this.node?.network);
  private readonly changing = new Action(this);

  protected override render() {
    const network = this.network.value;
    const relays = network?.knownRelays ?? [];
    const held = relays.filter((relay) => relay.state === "held").length;
    const peers = network?.relayingPeers?.length ?? 0;
    return html`<section class="panel" aria-label="Relays">
      <div class="row spread">
        <h2>Relays</h2>
        <span class="pill number ${held > 0 ? "good" : peers > 0 ? "wait" : ""}">${relays.length === 0 ? "none" : `${held} of ${relays.length} in use`}</span>
      </div>
      <p class="small quiet" role="status">${introducedBy(held, peers)}</p>
      ${
        relays.length === 0
          ? nothing
          : html`<ul aria-label="Relays">
            ${repeat(
              relays,
              ({ address }) => address,
              (relay) => this.row(relay),
            )}
          </ul>`
      }
      ${errorNotice(this.changing.error, () => this.changing.clear())}
      ${this.relays === undefined ? nothing : this.isOpen ? this.form() : this.opener()}
      ${network?.budget === undefined ? nothing : budgetLine(network.budget)}
    </section>`;
  }

  private row(relay: RelayInfo): TemplateResult {
    const { words, tone } = STATES[relay.state];
    return html`<li>
      <div>
        <span class="mono address">${relay.address}</span>
        <p class="small quiet">${SOURCES[relay.source]}${
          relay.state === "held" || relay.problem === undefined ? nothing : html` · ${relay.problem}`
        }</p>
      </div>
      <div class="row">
        <span class="pill ${tone}">${words}</span>
        ${
          relay.source !== "own" || this.relays === undefined
            ? nothing
            : html`<button
              class="plain"
              aria-label="Remove the relay ${relay.address}"
              ?disabled=${this.changing.busy}
              @click=${() => this.changing.run(async () => this.relays?.remove(relay.address))}
            >
              ${icon("trash")}
            </button>`
        }
      </div>
    </li>`;
  }

  private opener(): TemplateResult {
    return html`<button
      class="plain"
      @click=${() => {
        this.isOpen = true;
      }}
    >
      Add a relay
    </button>`;
  }

  private form(): TemplateResult {
    return html`<form @submit=${this.add}>
      <label class="small" for="relay">Address of a relay, as its operator gave it</label>
      <div class="entry">
        <input
          id="relay"
          name="relay"
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          maxlength="400"
          placeholder="/dns4/relay.example/tcp/443/wss/p2p/12D3Koo…"
          .value=${this.address}
          @input=${this.typed}
        />
        <wa-button type="submit" size="s" variant="brand" ?loading=${this.changing.busy} ?disabled=${this.address.trim() === ""}
          >Add</wa-button
        >
      </div>
      <p class="small quiet">A relay introduces tabs to each other. It sees who asks for whom, not what they say.</p>
    </form>`;
  }

  private typed(event: Event): void {
    if (event.target instanceof HTMLInputElement) this.address = event.target.value;
  }

  private async add(event: Event): Promise<void> {
    event.preventDefault();
    if (this.address.trim() === "") return;
    const isAdded = await this.changing.run(async () => this.relays?.add(this.address));
    if (!isAdded) return;
    this.address = "";
    this.isOpen = false;
  }
}

function introducedBy(held: number, peers: number): string {
  const words = [...(held > 0 ? [plural(held, "relay")] : []), ...(peers > 0 ? [plural(peers, "peer")] : [])];
  if (words.length > 0) return `Others find this tab through ${words.join(" and ")}.`;
  return "Nobody introduces this tab now: links that exist go on, others cannot find it.";
}

function budgetLine({ used, allowed, open }: LinkBudget): TemplateResult {
  const isLow = allowed - used < FEW_LINKS_LEFT;
  return html`<p class="small ${isLow ? "" : "quiet"} foot number" role=${isLow ? "alert" : nothing} data-testid="budget">
    ${used} of ${allowed} links used, ${open} open.
    ${isLow ? "Only needed links are made now. Reload the tab to start anew." : nothing}
  </p>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-relays": RelaysPanel;
  }
}
