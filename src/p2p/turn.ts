import type { Connection } from "@libp2p/interface";

/** A part of https://www.w3.org/TR/webrtc-stats/, as far as it says where bytes go. */
type Stats = ReadonlyMap<string, object>;

interface StatsSource {
  getStats(): Promise<Stats>;
}

/**
 * Which WebRTC links a TURN server carries. Their addresses do not tell: the browser chooses among the ways that it found,
 * and may change its mind, so it is asked again.
 */
export class TurnLinks {
  readonly #carried = new WeakSet<Connection>();

  has(connection: Connection): boolean {
    return this.#carried.has(connection);
  }

  /** Whether what is known of a link has changed. A connection without WebRTC, or one that has ended, tells nothing. */
  async look(connection: Connection): Promise<boolean> {
    const source = statsSourceOf(connection);
    if (source === undefined) return false;
    const carried = usesTurn(await source.getStats());
    if (carried === undefined || carried === this.has(connection)) return false;
    if (carried) this.#carried.add(connection);
    else this.#carried.delete(connection);
    return true;
  }
}

/**
 * Whether either end of the chosen way is a TURN server's address; undefined while none is chosen. Browsers name the chosen
 * pair in the transport's entry; Firefox marks the pair itself.
 */
export function usesTurn(stats: Stats): boolean | undefined {
  const entries = [...stats.values()];
  const transport = entries.find((entry) => textOf(entry, "type") === "transport");
  const named = transport === undefined ? undefined : textOf(transport, "selectedCandidatePairId");
  const pair =
    stats.get(named ?? "") ??
    entries.find(
      (entry) => textOf(entry, "type") === "candidate-pair" && Reflect.get(entry, "selected") === true,
    );
  if (pair === undefined) return undefined;
  return ["localCandidateId", "remoteCandidateId"]
    .map((end) => stats.get(textOf(pair, end) ?? ""))
    .some((candidate) => candidate !== undefined && textOf(candidate, "candidateType") === "relay");
}

function textOf(entry: object, name: string): string | undefined {
  const value: unknown = Reflect.get(entry, name);
  return typeof value === "string" ? value : undefined;
}

/** js-libp2p hands out no RTCPeerConnection: it is asked of the connection underneath (@libp2p/webrtc 6, libp2p 3). */
export function statsSourceOf(connection: Connection): StatsSource | undefined {
  const underneath: unknown = Reflect.get(connection, "maConn");
  const source: unknown = isObject(underneath) ? Reflect.get(underneath, "peerConnection") : undefined;
  return isStatsSource(source) ? source : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isStatsSource(value: unknown): value is StatsSource {
  return isObject(value) && typeof Reflect.get(value, "getStats") === "function";
}
