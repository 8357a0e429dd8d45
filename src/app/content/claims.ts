import type { Cid, NodeId } from "../../core/primitives.ts";
import type { State } from "../../core/state.ts";

/**
 * Why a block stays, the strongest first: the version that answers are given with; what a dispute under way is about; what
 * this node was paid for or will be; what can still be disputed or audited; models that the user shares; one of the few
 * copies in the network.
 */
export const PINS = ["head", "dispute", "own", "recent", "shared", "replica"] as const;
export type Pin = (typeof PINS)[number];

export interface Claim {
  readonly cid: Cid;
  readonly pin: Pin;
  /** Epoch it belongs to; −1 for none. */
  readonly epoch: number;
}

export interface KnownEpoch {
  readonly epoch: number;
  readonly manifestCid: Cid;
}

/** Everything that the network's state makes a node keep. */
export interface Known {
  readonly state: State;
  readonly self: NodeId;
  /** Certified epochs that are held, in any order. */
  readonly epochs: readonly KnownEpoch[];
  /** Of this node's own submissions that have no verdict yet. */
  readonly ownDeltas: readonly Cid[];
}

/** What is kept for the network, and why. An epoch counts as recent while its verdicts can be disputed. */
export function networkClaims({ state, self, epochs, ownDeltas }: Known): readonly Claim[] {
  const { modelVersion, momentum, clusters, epoch } = state;
  const head = [
    modelVersion,
    ...(momentum === null ? [] : [momentum]),
    ...clusters.map(({ adapter }) => adapter),
  ];
  const oldest = epoch - state.parameters.challengeEpochs;
  const disputed = new Set([...state.disputes.values()].map(({ submission }) => submission));
  const claims: Claim[] = [
    ...head.map((cid): Claim => ({ cid, pin: "head", epoch })),
    ...ownDeltas.map((cid): Claim => ({ cid, pin: "own", epoch })),
  ];
  for (const one of epochs) {
    if (one.epoch === epoch) claims.push({ cid: one.manifestCid, pin: "head", epoch });
    else if (one.epoch > oldest) claims.push({ cid: one.manifestCid, pin: "recent", epoch: one.epoch });
  }
  for (const [submission, record] of state.verdicts) {
    const pin = disputed.has(submission) ? "dispute" : record.author === self ? "own" : "recent";
    claims.push({ cid: record.deltaCid, pin, epoch: record.epoch });
    const base: Pin = pin === "dispute" ? "dispute" : "recent";
    claims.push({ cid: record.baseModelVersion, pin: base, epoch: record.epoch });
  }
  return claims;
}

/** One claim a block: the strongest. */
export function strongest(claims: Iterable<Claim>): ReadonlyMap<Cid, Claim> {
  const found = new Map<Cid, Claim>();
  for (const claim of claims) {
    const before = found.get(claim.cid);
    if (before === undefined || PINS.indexOf(claim.pin) < PINS.indexOf(before.pin))
      found.set(claim.cid, claim);
  }
  return found;
}

export function isPin(text: string | undefined): text is Pin {
  return PINS.some((pin) => pin === text);
}
