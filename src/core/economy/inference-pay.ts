import { leastWei, mulDivWei } from "../fixed-point/integers.ts";

/** A first answer: what it computed, and what it may be paid at most. */
export interface FlopsClaim {
  readonly flops: bigint;
  readonly boundWei: bigint;
}

export interface FlopsPart<T> {
  readonly claim: T;
  readonly amountWei: bigint;
  /** As the split came to this claim. */
  readonly potLeftWei: bigint;
  readonly flopsLeft: bigint;
}

/**
 * Splits a pot pro rata of FLOPs, nobody above its bound; what bounded claims leave goes to the others, so that FLOPs
 * without fees behind them take nothing from anyone. What all bounds leave stays in the pot.
 * One pass is exact when claims come in ascending order of bound per FLOP (the order of water-filling): from the first
 * claim on that the bound does not stop, none is stopped. Claims without FLOPs get nothing.
 */
export function shareByFlops<T extends FlopsClaim>(potWei: bigint, claims: readonly T[]): FlopsPart<T>[] {
  const ordered = claims.filter(({ flops }) => flops > 0n).sort(byBoundPerFlop);
  let potLeftWei = potWei;
  let flopsLeft = ordered.reduce((sum, { flops }) => sum + flops, 0n);
  return ordered.map((claim) => {
    const { flops, boundWei } = claim;
    const part = { claim, potLeftWei, flopsLeft };
    const amountWei = leastWei(boundWei, mulDivWei(potLeftWei, flops, flopsLeft));
    potLeftWei -= amountWei;
    flopsLeft -= flops;
    return { ...part, amountWei };
  });
}

/** Equal ones keep their order: sort is stable. */
function byBoundPerFlop(a: FlopsClaim, b: FlopsClaim): number {
  const left = a.boundWei * b.flops;
  const right = b.boundWei * a.flops;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
