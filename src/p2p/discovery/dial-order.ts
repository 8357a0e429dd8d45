import { isPlainAddress, isRelayedAddress, isWebRtcAddress, transportOf } from "../addresses.ts";

/** After so many failed direct dials of a round the relayed addresses are dialled. */
export const DIRECT_ATTEMPTS = 2;
/** Ways to one peer that are tried in one attempt: each may spend a WebRTC connection. */
const WEBRTC_WAYS = 2;

export interface DialState {
  readonly addresses: readonly string[];
  /** Failed ones of this round. */
  readonly attempts: number;
  /** Over a relay. */
  readonly isLinked: boolean;
  /** Whether one more WebRTC connection may be spent. */
  readonly mayUseWebRtc: boolean;
}

/**
 * What one attempt dials. Ways without a relay's help come first and alone: libp2p would put an introduction by a relay before
 * WebRTC-direct, and give a relay work that nobody needs. Relayed ways come last, when there is no link at all.
 */
export function addressesToDial({
  addresses,
  attempts,
  isLinked,
  mayUseWebRtc,
}: DialState): readonly string[] {
  const relayed = isLinked ? [] : addresses.filter(isRelayedAddress);
  if (attempts >= DIRECT_ATTEMPTS && relayed.length > 0) return relayed;
  const plain = addresses.filter((address) => !isRelayedAddress(address) && !isWebRtcAddress(address));
  // WebSockets spend no WebRTC connection; WebRTC-direct is for pages that may not dial them.
  const cheap = plain.filter((address) => transportOf(address) !== "webrtc-direct");
  const plainToSpend = mayUseWebRtc ? plain : cheap;
  if (cheap.length > 0) return attempts === 0 ? cheap : plainToSpend;
  if (attempts === 0 && plainToSpend.length > 0) return plainToSpend;
  const webRtc = mayUseWebRtc ? addresses.filter(isWebRtcAddress) : [];
  const from = webRtc.length > WEBRTC_WAYS ? attempts : 0;
  const direct = [...plainToSpend, ...webRtc.slice(from, from + WEBRTC_WAYS)];
  return direct.length > 0 ? direct : relayed;
}

/** Of two peers that hear each other one dials first: the one that needs no relay for it, else the one with the smaller id. */
export function dialsFirst(
  own: { readonly id: string; readonly addresses: readonly string[] },
  other: { readonly id: string; readonly addresses: readonly string[] },
): boolean {
  const reachesOther = other.addresses.some(isPlainAddress);
  const isReached = own.addresses.some(isPlainAddress);
  return reachesOther === isReached ? own.id < other.id : reachesOther;
}
