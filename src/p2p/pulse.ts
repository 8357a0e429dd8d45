import type { Connection } from "@libp2p/interface";
import { transportOf } from "./addresses.ts";
import type { ParleyLibp2p } from "./libp2p.ts";

const BEAT_MS = 10_000;
/** A relay under load answers late; one that says nothing to three questions is gone. */
const SILENCE_MS = 30_000;

/** A connection that can be asked for a sign of life, as far as this file needs it. */
export type Watched = Pick<Connection, "id" | "abort" | "remotePeer">;

interface Heard {
  lastMs: number;
  asking: boolean;
}

/**
 * Ends connections that nobody answers on any more. A router that restarts, or a provider that fails, tells neither end of a
 * WebSocket: it looks open for minutes, while nobody can reach this node through it and no new one is made. WebRTC watches
 * over its own connections.
 */
export class Pulse {
  readonly #heard = new Map<string, Heard>();
  readonly #connections: () => readonly Watched[];
  readonly #ask: (connection: Watched, signal: AbortSignal) => Promise<unknown>;
  #lastBeatMs: number;

  constructor(
    connections: () => readonly Watched[],
    ask: (connection: Watched, signal: AbortSignal) => Promise<unknown>,
    nowMs: number,
  ) {
    this.#connections = connections;
    this.#ask = ask;
    this.#lastBeatMs = nowMs;
  }

  /** Every BEAT_MS. */
  beat(nowMs: number): void {
    // The machine slept: what was not heard meanwhile says nothing about the other end.
    const slept = nowMs - this.#lastBeatMs > 2 * BEAT_MS;
    this.#lastBeatMs = nowMs;
    const connections = this.#connections();
    const ids = new Set(connections.map(({ id }) => id));
    for (const id of this.#heard.keys()) if (!ids.has(id)) this.#heard.delete(id);
    for (const connection of connections) {
      const heard = this.#heard.get(connection.id) ?? { lastMs: nowMs, asking: false };
      this.#heard.set(connection.id, heard);
      if (slept) heard.lastMs = nowMs;
      if (nowMs - heard.lastMs >= SILENCE_MS) connection.abort(new Error("it does not answer"));
      else if (!heard.asking) this.#askOne(connection, heard);
    }
  }

  #askOne(connection: Watched, heard: Heard): void {
    heard.asking = true;
    this.#ask(connection, AbortSignal.timeout(BEAT_MS))
      .then(() => {
        heard.lastMs = this.#lastBeatMs;
      })
      // Asked again at the next beat.
      .catch(() => undefined)
      .finally(() => {
        heard.asking = false;
      });
  }
}

/** A WebSocket that this node opened. */
export function isOwnSocket({
  direction,
  remoteAddr,
  status,
}: Pick<Connection, "direction" | "remoteAddr" | "status">): boolean {
  const isSocket = transportOf(remoteAddr.toString()) === "websocket";
  return status === "open" && direction === "outbound" && isSocket;
}

/** Watches over the WebSockets that this node opened: whoever accepted many of them must not ask each. Returns the end. */
export function watchSockets(libp2p: ParleyLibp2p): () => void {
  const pulse = new Pulse(
    () => libp2p.getConnections().filter(isOwnSocket),
    ({ remotePeer }, signal) => libp2p.services.ping.ping(remotePeer, { signal }),
    Date.now(),
  );
  const timer = setInterval(() => pulse.beat(Date.now()), BEAT_MS);
  return () => clearInterval(timer);
}
