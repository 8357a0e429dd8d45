import type { Connection, Startable, Stream, StreamHandler } from "@libp2p/interface";
import type { ConnectionManager, Registrar } from "@libp2p/interface-internal";
import { LIMITS } from "../core/limits.ts";
import { isDirect } from "./peers.ts";
import type { RtcBudget } from "./rtc-budget.ts";

/** https://github.com/libp2p/specs/blob/master/webrtc/webrtc.md */
const SIGNALLING = "/webrtc-signaling/0.0.1";
const REMEMBERED_PEERS = 512;

interface Components {
  readonly connectionManager: ConnectionManager;
  readonly registrar: Registrar;
}

/**
 * Every peer that opens a signalling stream makes this page spend a WebRTC connection: it is asked here first whether
 * there is one to spend, and no peer gets many.
 */
export class RtcGuard implements Startable {
  readonly #components: Components;
  readonly #budget: RtcBudget | undefined;
  readonly #begun = new Map<string, number[]>();
  refused = 0;

  constructor(components: Components, budget: RtcBudget | undefined) {
    this.#components = components;
    this.#budget = budget;
  }

  start(): void {
    // The transport registers its handler while it starts.
  }

  async afterStart(): Promise<void> {
    const { registrar } = this.#components;
    if (!registrar.getProtocols().includes(SIGNALLING)) return;
    const { handler, options } = registrar.getHandler(SIGNALLING);
    await registrar.unhandle(SIGNALLING);
    await registrar.handle(SIGNALLING, this.#guarded(handler), options);
  }

  stop(): void {
    this.#begun.clear();
  }

  #guarded(handler: StreamHandler): StreamHandler {
    return (stream: Stream, connection: Connection) => {
      if (this.mayBegin(connection.remotePeer.toString(), Date.now())) return handler(stream, connection);
      this.refused += 1;
      stream.abort(new Error("no more WebRTC connections now"));
    };
  }

  /** Counts when it may. */
  mayBegin(peer: string, nowMs: number): boolean {
    const recent = (this.#begun.get(peer) ?? []).filter(
      (atMs) => nowMs - atMs < LIMITS.rtcConnectionsPerPeerMs,
    );
    if (recent.length >= LIMITS.rtcConnectionsPerPeer) return false;
    if (this.#budget?.mayAccept(this.#links()) === false) return false;
    this.#begun.delete(peer);
    this.#begun.set(peer, [...recent, nowMs]);
    const [oldest] = this.#begun.keys();
    if (this.#begun.size > REMEMBERED_PEERS && oldest !== undefined) this.#begun.delete(oldest);
    return true;
  }

  /** Whether this peer began a connection with us so lately that it may still come. */
  isBeginning(peer: string, withinMs: number, nowMs: number): boolean {
    return nowMs - (this.#begun.get(peer)?.at(-1) ?? Number.NEGATIVE_INFINITY) < withinMs;
  }

  #links(): number {
    return new Set(
      this.#components.connectionManager
        .getConnections()
        .filter(isDirect)
        .map(({ remotePeer }) => remotePeer.toString()),
    ).size;
  }
}

export function rtcGuard(budget: RtcBudget | undefined): (components: Components) => RtcGuard {
  return (components) => new RtcGuard(components, budget);
}
