import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "../../core/bytes.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Hash, NodeId } from "../../core/primitives.ts";
import type { Certificate } from "../../ports/chain.ts";
import type { AnchorAdvice } from "../parley.ts";

/** A certified epoch whose root is not on the chain. */
export interface WaitingRoot {
  readonly epoch: number;
  readonly stateRoot: Hash;
  readonly claimsRoot: Hash;
  /** Signatures that a wallet sends of its certificate, by the stakes of now. */
  readonly signerCount: number;
  /** When this node first saw that it waits (Unix ms). */
  readonly sinceMs: number;
}

export interface AnchorSituation {
  /** Oldest first. */
  readonly waiting: readonly WaitingRoot[];
  /** Of the last anchored epoch; of nobody's dues when none is. */
  readonly claimsRoot: Hash;
  readonly validators: readonly NodeId[];
  readonly self: NodeId;
  readonly nowMs: number;
  /** What each validator in the drawn order leaves the ones before it. */
  readonly turnMs: number;
  /** After so long what is new goes at any price. */
  readonly longestWaitMs: number;
  readonly gas: { readonly priceWei: bigint } | undefined;
  /** What the user pays for a unit of gas at most. */
  readonly gasLimitWei: bigint | undefined;
}

/** With so many it is done whatever it costs: nodes list few more, and one transaction takes as many. */
export const MOST_WAITING = LIMITS.anchoredAtOnce;
const EPOCH_MS_PER_TURN = 8;
const SHORTEST_TURN_MS = 8_000;

/** Eight validators have had their turn when the next epoch ends. */
export function anchorTurnMs(epochLengthMs: number): number {
  return Math.max(SHORTEST_TURN_MS, Math.floor(epochLengthMs / EPOCH_MS_PER_TURN));
}

/** While gas is dear, roots gather for as long as `MOST_WAITING` epochs last, when each of them brings something. */
export function longestWaitMs(epochLengthMs: number): number {
  return MOST_WAITING * epochLengthMs;
}

/**
 * Whether this node should put roots on the chain now. Nobody should while nothing new can be claimed; then all would pay
 * for the same root, so each waits for those drawn before it, in an order that every root draws anew.
 */
export function adviseAnchor(situation: AnchorSituation): AnchorAdvice {
  const { waiting, claimsRoot, validators, self, nowMs, turnMs, longestWaitMs, gas, gasLimitWei } = situation;
  const costs = costOf(waiting, gas);
  const common = { epochs: waiting.length, ...costs, ...(gasLimitWei === undefined ? {} : { gasLimitWei }) };
  if (waiting.length === 0) return { ...common, state: "nothing-waits" };
  const isFull = waiting.length >= MOST_WAITING;
  const cause = isFull ? waiting[0] : waiting.find((root) => root.claimsRoot !== claimsRoot);
  if (cause === undefined) return { ...common, state: "nothing-to-claim" };
  const place = turnOf(self, validators, cause.stateRoot);
  if (place === undefined) return { ...common, state: "not-a-validator" };
  const turnAtMs = cause.sinceMs + place * turnMs;
  const turn = { place, turnAtMs };
  if (nowMs < turnAtMs) return { ...common, ...turn, state: "others-first" };
  const isDear = gas !== undefined && gasLimitWei !== undefined && gas.priceWei > gasLimitWei;
  const mayWait = !isFull && nowMs < cause.sinceMs + longestWaitMs;
  return { ...common, ...turn, state: isDear && mayWait ? "gas-too-high" : "your-turn" };
}

/** The place of a node among validators in the order of sha256(root ‖ node id); undefined when it is none of them. */
export function turnOf(own: NodeId, nodeIds: readonly NodeId[], root: Hash): number | undefined {
  const draw = (nodeId: NodeId): string => bytesToHex(sha256(hexToBytes(root + nodeId)));
  const order = nodeIds.toSorted((a, b) => (draw(a) < draw(b) ? -1 : 1));
  const place = order.indexOf(own);
  return place < 0 ? undefined : place;
}

/** Gas of `anchor` by receipts with 14 and 21 signatures (docs/benchmarks.md): the call itself, and each signature. */
const ANCHOR_GAS = 97_500n;
const SIGNATURE_GAS = 7_300n;

/** Counted of what shares a transaction: less for the call, and more for each signature, as old stakes take longer to look up. */
const SHARED_ANCHOR_GAS = 60_000n;
const SHARED_SIGNATURE_GAS = 9_100n;

/** EIP-7825 refuses a transaction above 2^24 gas; a wallet asks for a quarter more than is estimated. */
const BATCH_GAS = 13_000_000n;

/** What goes in one transaction each: in order, as many as one can hold if all signatures go. */
export function anchorBatches(certificates: readonly Certificate[]): readonly (readonly Certificate[])[] {
  const batches: Certificate[][] = [];
  let gas = BATCH_GAS;
  for (const certificate of certificates) {
    const batch = batches.at(-1);
    const more = SHARED_ANCHOR_GAS + SHARED_SIGNATURE_GAS * BigInt(certificate.signatures.length);
    if (batch === undefined || batch.length === LIMITS.anchoredAtOnce || gas + more > BATCH_GAS) {
      batches.push([certificate]);
      gas = more;
    } else {
      batch.push(certificate);
      gas += more;
    }
  }
  return batches;
}

/** What anchoring all of them costs, each by itself; in one transaction it is less. */
function costOf(waiting: readonly WaitingRoot[], gas: AnchorSituation["gas"]) {
  if (gas === undefined) return {};
  const used = waiting.reduce(
    (sum, { signerCount }) => sum + ANCHOR_GAS + SIGNATURE_GAS * BigInt(signerCount),
    0n,
  );
  return { gasPriceWei: gas.priceWei, costWei: used * gas.priceWei };
}
