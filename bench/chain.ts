import { randomBytes } from "node:crypto";
import { connectFirst, type LocalChain, startLocalChain } from "../e2e/support/local-chain.ts";
import { claimProof, claimsRoot } from "../src/core/merkle/claims.ts";
import type { Address, Hash } from "../src/core/primitives.ts";
import type { Certificate, EpochRoot, Operator, Wallet } from "../src/ports/chain.ts";
import type { Emit } from "./figure.ts";

const SIGNERS = 21;
/** Accounts in the claims tree: a proof of ten hashes. */
const ACCOUNTS = 1_000;
const ANCHOR_BUDGET_GAS = 250_000;
const CLAIM_BUDGET_GAS = 80_000;
/** More than one slot of anchoring times. */
const EPOCHS = 6;
const EARNED_WEI = 10n ** 17n;
const STAKE_WEI = 100n * 10n ** 18n;

/** Gas of what a network pays for in every epoch, from receipts of a local chain. */
export async function run(emit: Emit): Promise<void> {
  const local = await startLocalChain();
  try {
    await measure(local, emit);
  } finally {
    await local.stop();
  }
}

async function measure(local: LocalChain, emit: Emit): Promise<void> {
  const operators = await stakeOperators(local);
  const regular = await connectedWallet(local);
  const newcomer = await connectedWallet(local);
  const anchorGas: number[] = [];
  const claimGas: number[] = [];
  let firstClaimGas = 0;
  let previousRoot: Hash = "0".repeat(64);
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const balancesDue = duesOf([regular.account, newcomer.account], BigInt(epoch + 1) * EARNED_WEI);
    const root = await rootOf(local, epoch, previousRoot, claimsRoot(balancesDue));
    previousRoot = root.stateRoot;
    anchorGas.push(await gasOf(local, regular.wallet.anchor(await certify(root, operators))));
    const claim = async ({ wallet, account }: ConnectedWallet) =>
      gasOf(local, wallet.claim({ epoch, ...claimProof({ balancesDue }, account) }));
    claimGas.push(await claim(regular));
    if (epoch === 1) firstClaimGas = await claim(newcomer);
  }
  // The very first anchor and claim also write what is written once in a network's life.
  report(emit, "chain.anchor21", Math.max(...anchorGas.slice(1)), ANCHOR_BUDGET_GAS);
  report(emit, "chain.claim", Math.max(...claimGas.slice(1)), CLAIM_BUDGET_GAS);
  report(emit, "chain.claim.firstOfAccount", firstClaimGas, CLAIM_BUDGET_GAS);
}

function report(emit: Emit, name: string, gas: number, budgetGas: number): void {
  emit({ name, value: gas, unit: "gas", ratio: gas / budgetGas, against: `budget of ${budgetGas} gas` });
}

interface ConnectedWallet {
  readonly wallet: Wallet;
  readonly account: Address;
}

async function connectedWallet(local: LocalChain): Promise<ConnectedWallet> {
  const { wallet } = await local.newPage();
  return { wallet, account: await connectFirst(wallet) };
}

async function stakeOperators(local: LocalChain): Promise<readonly Operator[]> {
  const operators: Operator[] = [];
  for (let index = 0; index < SIGNERS; index++) {
    const { wallet } = await connectedWallet(local);
    const operator = local.newOperator();
    const nodeId = randomBytes(32).toString("hex");
    await wallet.stake({ nodeId, operator: operator.address, amountWei: STAKE_WEI });
    operators.push(operator);
  }
  return operators.toSorted((a, b) => (a.address < b.address ? -1 : 1));
}

function duesOf(earners: readonly Address[], earnedWei: bigint): ReadonlyMap<Address, bigint> {
  const due = new Map<Address, bigint>(earners.map((account) => [account, earnedWei]));
  while (due.size < ACCOUNTS) due.set(`0x${randomBytes(20).toString("hex")}`, 1n);
  return due;
}

async function rootOf(
  local: LocalChain,
  epoch: number,
  previousRoot: Hash,
  claims: Hash,
): Promise<EpochRoot> {
  const { blockNumber } = await local.chain.registryAt(await local.settle());
  await local.settle();
  return {
    epoch,
    previousRoot,
    stateRoot: randomBytes(32).toString("hex"),
    claimsRoot: claims,
    manifestDigest: randomBytes(32).toString("hex"),
    snapshotBlock: blockNumber,
  };
}

async function certify(root: EpochRoot, operators: readonly Operator[]): Promise<Certificate> {
  const signatures = operators.map(async (operator) => ({
    operator: operator.address,
    signature: await operator.sign(root),
  }));
  return { root, signatures: await Promise.all(signatures) };
}

async function gasOf(local: LocalChain, sent: ReturnType<Wallet["anchor"]>): Promise<number> {
  const receipt = await local.rpc("eth_getTransactionReceipt", [`0x${await sent}`]);
  if (typeof receipt !== "object" || receipt === null || !("gasUsed" in receipt)) {
    throw new Error("the local chain gave no receipt");
  }
  return Number(receipt.gasUsed);
}
