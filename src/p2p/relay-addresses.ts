import { peerIdFromString } from "@libp2p/peer-id";
import { type DNS, RecordType } from "@multiformats/dns";
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";
import { failure } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";

/** A relay at an address that names its peer id. */
export interface RelayAt {
  readonly kind: "relay";
  readonly address: Multiaddr;
  /** Peer id, base58. */
  readonly peer: string;
}

/** Relays by DNS: TXT records of _dnsaddr.<host>, each `dnsaddr=<multiaddr>` (https://github.com/multiformats/multiaddr/blob/master/protocols/DNSADDR.md). */
export interface RelaysByName {
  readonly kind: "name";
  readonly host: string;
  /** Only the relay with this peer id, when the address names one. */
  readonly peer: string | undefined;
}

/** Names that lead to names are followed so far. */
const DEPTH = 3;
const EXAMPLES = "/dns4/relay.example/tcp/443/wss/p2p/12D3Koo… or /dnsaddr/relays.example";

/**
 * A relay's address as an operator or a person wrote it. `secureOnly`: what a page served over HTTPS can dial. Errors:
 * relay-address, relay-peer-id, relay-insecure, each with what was expected.
 */
export function parseRelay(text: string, secureOnly = false): RelayAt | RelaysByName {
  const trimmed = text.trim();
  const parts = componentsOf(trimmed);
  const [first] = parts;
  const names = parts.map(({ name }) => name);
  if (names.includes("p2p-circuit")) {
    throw failure(
      "relay-address",
      "This leads through a relay; give the relay's own address",
      EXAMPLES,
      trimmed,
    );
  }
  const peer = parts.findLast(({ name }) => name === "p2p")?.value;
  if (first?.name === "dnsaddr" && first.value !== undefined) {
    return { kind: "name", host: first.value, peer: peer === undefined ? undefined : checkedPeer(peer) };
  }
  if (!names.some((name) => name === "ws" || name === "wss" || name === "webrtc-direct")) {
    throw failure("relay-address", "Tabs reach relays by WebSocket or WebRTC-direct only", EXAMPLES, trimmed);
  }
  if (peer === undefined || names.at(-1) !== "p2p") {
    throw failure("relay-peer-id", "The address must end in the relay's peer id", "…/p2p/12D3Koo…", trimmed);
  }
  if (secureOnly && names.includes("ws") && !names.includes("tls")) {
    throw failure(
      "relay-insecure",
      "This page came over HTTPS and can reach secure relays only",
      "…/wss/p2p/…",
      trimmed,
    );
  }
  return { kind: "relay", address: multiaddr(trimmed), peer: checkedPeer(peer) };
}

function componentsOf(text: string) {
  try {
    if (text.length > 0 && text.length <= LIMITS.addressCharacters) return multiaddr(text).getComponents();
  } catch {
    // Said below, in words of our own.
  }
  throw failure("relay-address", "This is not the address of a relay", EXAMPLES, text.slice(0, 80));
}

function checkedPeer(text: string): string {
  try {
    return peerIdFromString(text).toString();
  } catch {
    throw failure("relay-peer-id", "What follows /p2p/ is not a peer id", "/p2p/12D3Koo…", text.slice(0, 80));
  }
}

/** The relays that a name leads to now, each once. What cannot be read is left out. Errors: those of the resolver. */
export async function resolveRelays(
  { host, peer }: Pick<RelaysByName, "host" | "peer">,
  dns: DNS,
  signal: AbortSignal,
  depth = 1,
): Promise<RelayAt[]> {
  const { Answer } = await dns.query(`_dnsaddr.${host}`, { signal, types: RecordType.TXT });
  const found = new Map<string, RelayAt>();
  for (const { data } of Answer.slice(0, LIMITS.relaysPerName)) {
    const named = readAnswer(data);
    if (named === undefined) continue;
    const relays =
      named.kind === "relay"
        ? [named]
        : depth < DEPTH
          ? await resolveRelays(named, dns, signal, depth + 1).catch(() => [])
          : [];
    for (const relay of relays) {
      if (peer === undefined || relay.peer === peer) found.set(relay.address.toString(), relay);
    }
  }
  return [...found.values()].slice(0, LIMITS.relaysPerName);
}

function readAnswer(data: string): RelayAt | RelaysByName | undefined {
  const [, text] = /^"?dnsaddr=([^"]+)"?$/.exec(data.trim()) ?? [];
  if (text === undefined) return undefined;
  try {
    return parseRelay(text);
  } catch {
    return undefined;
  }
}
