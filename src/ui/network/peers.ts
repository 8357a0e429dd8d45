import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { NodeService } from "../../app/parley.ts";
import type { LinkTransport, PeerInfo } from "../../ports/gossip.ts";
import { formatAge, plural, shorten } from "../format.ts";
import { icon } from "../icons.ts";
import { shared } from "../styles.ts";
import { Ticker } from "../ticker.ts";
import { Watch } from "../watch.ts";

const TRANSPORTS: Readonly<Record<LinkTransport, string>> = {
  webrtc: "WebRTC",
  "webrtc-direct": "WebRTC to a server",
  websocket: "WebSocket",
  "in-process": "this page",
  relay: "somebody in between carries it",
  turn: "WebRTC through a TURN server",
};

const NO_PEERS = {
  offline: "This device is offline.",
  connecting: "Looking for peers.",
  online: "No peers yet.",
} as const;

/** Who this tab is connected to, directly or through a relay, and what was refused from whom. */
@customElement("parley-peers")
export class Peers extends LitElement {
  static override styles = [
    shared,
    css`
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: center;
        gap: 0.5rem;
        padding: 0.5rem 0;
        border-top: 1px solid var(--p-line);
      }
      ul {
        margin-top: 0.6rem;
        max-height: 22rem;
        overflow-y: auto;
      }
      .foot {
        margin-top: 0.6rem;
      }
    `,
  ];

  @property({ attribute: false }) node: NodeService | undefined;
  private readonly network = new Watch(this, () => this.node?.network);
  private readonly status = new Watch(this, () => this.node?.status);
  protected readonly ticker = new Ticker(this);

  protected override render() {
    const network = this.network.value;
    const peers = network?.peers ?? [];
    const direct = peers.filter((peer) => peer.link === "direct").length;
    const nodeId = this.status.value?.nodeId;
    const refusedTotal = Object.values(network?.refused ?? {})
      .flatMap((counts) => Object.values(counts))
      .reduce((sum, count) => sum + count, 0);
    return html`<section class="panel" aria-label="Peers">
      <div class="row spread">
        <h2>Peers</h2>
        <span class="pill number ${peers.length > 0 ? "good" : ""}">${direct} direct, ${peers.length - direct} relayed</span>
      </div>
      ${
        peers.length === 0
          ? html`<div class="empty">
            ${icon("network")}
            <p>${NO_PEERS[network?.state ?? "connecting"]}</p>
            <p class="small">The chat works without them. Open this page in another tab or device to see one.</p>
          </div>`
          : html`<ul aria-label="Peers">
            ${peers.map((peer) => this.row(peer, network?.refused[peer.peerId]))}
          </ul>`
      }
      <p class="small quiet foot">
        ${refusedTotal === 0 ? nothing : html`<span data-testid="refused">Refused so far: ${plural(refusedTotal, "message")}.</span> `}
        ${nodeId === undefined ? nothing : html`You are <span class="mono" title=${nodeId}>${shorten(nodeId, 8, 4)}</span>.`}
      </p>
    </section>`;
  }

  private row(peer: PeerInfo, refused: Readonly<Record<string, number>> | undefined) {
    const reasons = Object.entries(refused ?? {});
    return html`<li>
      <div>
        <span class="mono" title=${peer.nodeId}>${shorten(peer.nodeId, 10, 4)}</span>
        <span class="small quiet"> · ${formatAge(Date.now() - peer.connectedAtMs)}${
          peer.transport === undefined ? nothing : html` · ${TRANSPORTS[peer.transport]}`
        }${peer.roundTripMs === undefined ? nothing : html` · <span class="number">${peer.roundTripMs} ms</span>`}</span>
        ${
          reasons.length === 0
            ? nothing
            : html`<p class="small" .style=${"color:var(--p-red)"}>
              Refused: ${reasons.map(([code, count]) => `${code} × ${count}`).join(", ")}
            </p>`
        }
      </div>
      <span class="pill ${peer.link === "direct" ? "good" : "wait"}">${icon(peer.link)}${peer.link}</span>
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-peers": Peers;
  }
}
