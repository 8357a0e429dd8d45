import type { Chain, Operator, Wallet } from "../chain.ts";

export interface ChainUnderTest {
  /** A chain on which nobody has staked and nothing is anchored; anchored epochs are final at once. */
  readonly chain: Chain;
  /** A wallet connected to a fresh account that can pay fees and holds at least 1,000 tokens. */
  newWallet(): Promise<Wallet>;
  newOperator(): Operator;
  /** A time (Unix ms) with all that was written so far at or before it, and all that will be written after it. */
  settle(): Promise<number>;
  /** All that unbonds now can be withdrawn after it. */
  passUnbonding(): Promise<void>;
  /** From now on nobody answers. */
  unplug(): Promise<void>;
  dispose(): Promise<void>;
}
