import type { EpochRoot } from "../../core/chain-types.ts";
import type { Address, Hash, NodeId } from "../../core/primitives.ts";
import type { Certificate, Operator, Wallet } from "../chain.ts";

const TOKEN_WEI = 10n ** 18n;

export const hash = (digit: string): Hash => digit.repeat(64);

/** Somebody with a node, whose operator signs. */
export interface Staker {
  readonly nodeId: NodeId;
  readonly wallet: Wallet;
  readonly account: Address;
  readonly operator: Operator;
}

export async function certify(root: EpochRoot, signers: readonly Staker[]): Promise<Certificate> {
  const ascending = signers.toSorted((x, y) => (x.operator.address < y.operator.address ? -1 : 1));
  const signatures = ascending.map(async ({ operator }) => ({
    operator: operator.address,
    signature: await operator.sign(root),
  }));
  return { root, signatures: await Promise.all(signatures) };
}

export function dues(a: Staker, b: Staker, c: Staker, forA: bigint): ReadonlyMap<Address, bigint> {
  return new Map([
    [a.account, forA],
    [b.account, 7n * TOKEN_WEI],
    [c.account, 1n],
  ]);
}

export function entryOf({ nodeId, operator, account }: Staker, stakeWei: bigint) {
  return { nodeId, operator: operator.address, account, stakeWei, delegatedWei: 0n, lockedUntilMs: 0 };
}

export function accountOf(wallet: Wallet): Address {
  const account = wallet.account();
  if (account === undefined) throw new Error("expected a connected wallet");
  return account;
}
