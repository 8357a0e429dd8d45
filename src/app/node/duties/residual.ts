import { sparsify, withResidual } from "../../../core/aggregation/sparsify.ts";
import { decodeAdapter, emptyAdapter, encodeAdapter } from "../../../core/artifacts/adapter.ts";
import type { Genesis } from "../../../core/genesis.ts";
import type { Cid, Delta, DenseDelta } from "../../../core/primitives.ts";
import { NETWORK_VALUE_PREFIX, type Store } from "../../../ports/store.ts";

/** What earlier sparse deltas left behind, as the values of an adapter. */
const SETTLED_KEY = `${NETWORK_VALUE_PREFIX}residual`;
/** The same once the delta that is on its way is adopted. */
const nextKey = (bundleCid: Cid): string => `${NETWORK_VALUE_PREFIX}residual ${bundleCid}`;

const ALL_PPM = 1_000_000;

export interface Packed {
  readonly delta: Delta;
  /** Encoded; absent when nothing is left behind. */
  readonly residual?: Uint8Array;
}

/**
 * What is sent of a trained delta: all of it, or the largest values of it and of what was left behind before. Undefined when
 * nothing of it is worth sending.
 */
export async function packDelta(
  genesis: Genesis,
  store: Pick<Store, "getValue">,
  trained: DenseDelta,
  densityPpm: number,
): Promise<Packed | undefined> {
  if (densityPpm >= ALL_PPM) return { delta: trained };
  const kept = await store.getValue(SETTLED_KEY);
  const behind = kept === undefined ? null : decodeAdapter(genesis, kept).tensors;
  const { delta, residual } = sparsify(withResidual(trained, behind), trained.rank, densityPpm);
  if (delta === null) return undefined;
  return { delta, residual: encodeAdapter(genesis, { ...emptyAdapter(genesis), tensors: residual }) };
}

/** Kept beside what counts now, until the bundle's fate is known: a refused delta has delivered nothing. */
export async function keepResidual(
  store: Pick<Store, "setValue">,
  bundleCid: Cid,
  residual: Uint8Array | undefined,
): Promise<void> {
  if (residual !== undefined) await store.setValue(nextKey(bundleCid), residual);
}

/** `adopted`: what was sent has arrived, so that only the rest is still to be sent. */
export async function settleResidual(
  store: Pick<Store, "getValue" | "setValue">,
  bundleCid: Cid,
  adopted: boolean,
): Promise<void> {
  const next = await store.getValue(nextKey(bundleCid));
  if (next === undefined) return;
  if (adopted) await store.setValue(SETTLED_KEY, next);
  await store.setValue(nextKey(bundleCid), undefined);
}
