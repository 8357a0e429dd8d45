import { randomBytes } from "node:crypto";
import { encodeFunctionData } from "viem";
import type { LocalChain } from "../e2e/support/local-chain.ts";
import { claimsAbi } from "../src/chain/abi/claims.ts";
import { claimProof, claimsRoot } from "../src/core/merkle/claims.ts";
import type { Address, Hash } from "../src/core/primitives.ts";
import {
  certify,
  connectedWallet,
  gasOf,
  report,
  rootOf,
  sendRaw,
  stakeOperators,
} from "./chain-certificates.ts";
import type { Emit } from "./figure.ts";

const BUDGET_GAS = 80_000;
const TOKEN_WEI = 10n ** 18n;
/** More than Claims holds after any mint: the claim has to mint. */
const MORE_THAN_A_PORTION_WEI = 1_500n * TOKEN_WEI;
/** Accounts in the claims tree: a proof of ten hashes. */
const ACCOUNTS = 1_000;
const NO_ROOT: Hash = "0".repeat(64);

/** The claims that cost more than any other: to accounts without a token, and with the next portion to mint. */
export async function measureDearClaims(local: LocalChain, emit: Emit): Promise<void> {
  const operators = await stakeOperators(local, 1);
  const { wallet, account: known } = await connectedWallet(local);
  const [opened, openedFirst, stranger, unlucky] = [newAddress(), newAddress(), newAddress(), newAddress()];
  for (const account of [opened, openedFirst]) await open(local, account);
  const due = new Map<Address, bigint>([known, opened, openedFirst, stranger].map((one) => [one, TOKEN_WEI]));
  due.set(unlucky, MORE_THAN_A_PORTION_WEI);
  while (due.size < ACCOUNTS) due.set(newAddress(), 1n);

  let [epoch, previousRoot] = [-1, NO_ROOT];
  const nextEpoch = async () => {
    const root = await rootOf(local, ++epoch, previousRoot, claimsRoot(due));
    previousRoot = root.stateRoot;
    await wallet.anchor(await certify(root, operators));
  };
  const gasOfClaim = (account: Address) =>
    gasOf(local, wallet.claim({ epoch, ...claimProof({ balancesDue: due }, account) }));

  await nextEpoch();
  // Writes what is written once in a network's life, and mints the first portion.
  await gasOfClaim(known);
  report(emit, "chain.claim.noTokens", await gasOfClaim(opened), BUDGET_GAS);
  report(emit, "chain.claim.noTokensNeverStaked", await gasOfClaim(stranger), BUDGET_GAS);
  due.set(known, 2n * TOKEN_WEI);
  await nextEpoch();
  report(emit, "chain.claim.noTokens.firstOfEpoch", await gasOfClaim(openedFirst), BUDGET_GAS);
  due.set(known, MORE_THAN_A_PORTION_WEI);
  due.set(opened, 2n * TOKEN_WEI);
  await nextEpoch();
  await gasOfClaim(opened);
  report(emit, "chain.claim.minting", await gasOfClaim(known), BUDGET_GAS);
  due.set(opened, 3n * TOKEN_WEI);
  await nextEpoch();
  report(emit, "chain.claim.dearest", await gasOfClaim(unlucky), BUDGET_GAS);
}

async function open(local: LocalChain, account: Address): Promise<void> {
  const data = encodeFunctionData({ abi: claimsAbi, functionName: "open", args: [account] });
  await sendRaw(local, { to: local.deployment.claims, data });
}

const newAddress = (): Address => `0x${randomBytes(20).toString("hex")}`;
