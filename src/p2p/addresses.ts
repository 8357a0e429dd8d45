import type { LinkTransport } from "../ports/gossip.ts";

const CIRCUIT = "/p2p-circuit";

/** Relayed: what follows the last relay is no introduction to a WebRTC connection but the way of the bytes. */
export function isRelayedAddress(address: string): boolean {
  const at = address.lastIndexOf(CIRCUIT);
  return at >= 0 && !isWebRtcAddress(address.slice(at));
}

export function isWebRtcAddress(address: string): boolean {
  return /\/webrtc(\/|$)/.test(address);
}

/** What the connection at this address runs over. */
export function transportOf(address: string): LinkTransport {
  if (isRelayedAddress(address)) return "relay";
  if (isWebRtcAddress(address)) return "webrtc";
  if (address.startsWith("/memory/")) return "in-process";
  return address.includes("/webrtc-direct") ? "webrtc-direct" : "websocket";
}

/** Peer id of the relay that is asked last on the way to an address; undefined when no relay is on it. */
export function lastRelayOf(address: string): string | undefined {
  const at = address.lastIndexOf(CIRCUIT);
  return at < 0 ? undefined : /\/p2p\/([^/]+)$/.exec(address.slice(0, at))?.[1];
}

/** Address of the first relay on the way, without what follows; undefined when it cannot be dialled by itself. */
export function firstRelayAddress(address: string): string | undefined {
  const at = address.indexOf(CIRCUIT);
  const relay = address.slice(0, Math.max(0, at));
  return isPlainAddress(relay) ? relay : undefined;
}

/** Whether an address leads over one relay that is itself reached through another one. */
export function isNested(address: string): boolean {
  return address.indexOf(CIRCUIT) !== address.lastIndexOf(CIRCUIT);
}

/** Reached without a relay's help: WebSockets or WebRTC-direct, with the peer's id at the end. */
export function isPlainAddress(address: string): boolean {
  if (address.includes(CIRCUIT) || isWebRtcAddress(address)) return false;
  return /\/(ws|wss|webrtc-direct)(\/|$)/.test(address) && /\/p2p\/[^/]+$/.test(address);
}
