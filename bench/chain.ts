import { randomBytes } from "node:crypto";
import {
  encodeAbiParameters,
  encodeFunctionData,
  keccak256,
  parseSignature,
  signatureToCompactSignature,
} from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { type LocalChain, startLocalChain } from "../e2e/support/local-chain.ts";
import { commitLogAbi } from "../src/chain/abi/commit-log.ts";
import { epochAnchorAbi } from "../src/chain/abi/epoch-anchor.ts";
import { parleyTokenAbi } from "../src/chain/abi/parley-token.ts";
import { epochRootArguments } from "../src/chain/epoch-root.ts";
import { anchorCall } from "../src/chain/wallet/calls.ts";
import { claimProof, claimsRoot } from "../src/core/merkle/claims.ts";
import type { Address, Hash } from "../src/core/primitives.ts";
import type { Certificate, Operator } from "../src/ports/chain.ts";
import {
  type ConnectedWallet,
  certify,
  compare,
  connectedWallet,
  gasOf,
  report,
  rootOf,
  sendRaw,
  stakeOperators,
} from "./chain-certificates.ts";
import { measureDearClaims } from "./chain-claims.ts";
import { compilePeers, distributorClaimGas, permitGas, weightedRootGas } from "./chain-peers.ts";
import { safeRootGas } from "./chain-safe.ts";
import type { Emit } from "./figure.ts";

const SIGNERS = 21;
const MANY_SIGNERS = 128;
/** Accounts in the claims tree: a proof of ten hashes. */
const ACCOUNTS = 1_000;
const PROOF_HASHES = 10;
const ANCHOR_BUDGET_GAS = 250_000;
const CLAIM_BUDGET_GAS = 80_000;
const COMMIT_BUDGET_GAS = 60_000;
const EPOCHS = 6;
/** More of them, each anchored with the signatures of all. */
const ALL_SIGNED_EPOCHS = 4;
const BOND_WEI = 100n * 10n ** 18n;
const EARNED_WEI = 10n ** 17n;
const NO_ROOT: Hash = "0".repeat(64);

/** Gas of what a network pays for in every epoch, from receipts of a local chain. */
export async function run(emit: Emit): Promise<void> {
  await compilePeers();
  // A bond, as a public network asks for; roots are final at once, so that claims can follow.
  await withChain(await startLocalChain(0, BOND_WEI), (local) => measureEpochs(local, emit));
  await withChain(await startLocalChain(), (local) => measureDearClaims(local, emit));
  // Signatures that are shown only on demand need a bond and a challenge time.
  await withChain(await startLocalChain(3_600, BOND_WEI), (local) => measureMany(local, emit));
}

async function withChain(local: LocalChain, measure: (local: LocalChain) => Promise<void>): Promise<void> {
  try {
    await measure(local);
  } finally {
    await local.stop();
  }
}

async function measureEpochs(local: LocalChain, emit: Emit): Promise<void> {
  const operators = await stakeOperators(local, SIGNERS);
  const regular = await connectedWallet(local);
  const second = await connectedWallet(local);
  const newcomer = await connectedWallet(local);
  const anchorGas: number[] = [];
  const claimGas: number[] = [];
  const firstOfEpochGas: number[] = [];
  let firstClaimGas = 0;
  let previousRoot = NO_ROOT;
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const balancesDue = duesOf(
      [regular.account, second.account, newcomer.account],
      BigInt(epoch + 1) * EARNED_WEI,
    );
    const root = await rootOf(local, epoch, previousRoot, claimsRoot(balancesDue));
    previousRoot = root.stateRoot;
    anchorGas.push(await gasOf(local, regular.wallet.anchor(await certify(root, operators))));
    const claim = async ({ wallet, account }: ConnectedWallet) =>
      gasOf(local, wallet.claim({ epoch, ...claimProof({ balancesDue }, account) }));
    // Whoever comes first in an epoch asks the anchor for its root; the others find it.
    firstOfEpochGas.push(await claim(regular));
    claimGas.push(await claim(second));
    if (epoch === 1) firstClaimGas = await claim(newcomer);
  }
  // The very first anchor and claim also write what is written once in a network's life.
  const [anchor, claim] = [Math.max(...anchorGas.slice(1)), Math.max(...claimGas.slice(1))];
  // What the client sends: of equal stakes, 14 of the 21 signatures.
  report(emit, "chain.anchor21", anchor, ANCHOR_BUDGET_GAS);
  const allSigned = await allSignedGas(local, operators, regular, previousRoot);
  report(emit, "chain.anchor21.all", allSigned, ANCHOR_BUDGET_GAS);
  // The others check all 21 too.
  const weighted = await weightedRootGas(local, SIGNERS);
  compare(emit, "chain.anchor21.peer", allSigned, {
    what: "OpenZeppelin's MultiSignerERC7913Weighted keeping a root",
    gas: weighted,
  });
  compare(emit, "chain.anchor21.safe", allSigned, {
    what: "Safe 1.5 of 21 owners that keeps a root",
    gas: await safeRootGas(local, SIGNERS),
  });
  report(emit, "chain.claim", claim, CLAIM_BUDGET_GAS);
  report(emit, "chain.claim.firstOfEpoch", Math.max(...firstOfEpochGas.slice(1)), CLAIM_BUDGET_GAS);
  report(emit, "chain.claim.firstOfAccount", firstClaimGas, CLAIM_BUDGET_GAS);
  const distributor = await distributorClaimGas(local, regular.account, PROOF_HASHES);
  compare(emit, "chain.claim.peer", claim, {
    what: "a distributor as Uniswap publishes it",
    gas: distributor,
  });
  const commit = await commitGas(local);
  report(emit, "chain.commit", commit, COMMIT_BUDGET_GAS);
  compare(emit, "chain.commit.peer", commit, {
    what: "OpenZeppelin's ERC20Permit, a signed statement in one slot",
    gas: await permitGas(local),
  });
}

/** The worst of some epochs that come with the signatures of all, which no wallet sends: the same account, past its wallet. */
async function allSignedGas(
  local: LocalChain,
  operators: readonly Operator[],
  { account }: ConnectedWallet,
  lastRoot: Hash,
): Promise<number> {
  const gas: number[] = [];
  let previousRoot = lastRoot;
  for (let epoch = EPOCHS; epoch < EPOCHS + ALL_SIGNED_EPOCHS; epoch++) {
    const root = await rootOf(local, epoch, previousRoot, randomBytes(32).toString("hex"));
    previousRoot = root.stateRoot;
    const call = anchorCall(local.network.chain, await certify(root, operators));
    gas.push((await sendRaw(local, call, account)).gas);
  }
  return Math.max(...gas);
}

/** 128 validators: a root anchored with the digest of its signatures alone, and all of them shown when somebody asks. */
async function measureMany(local: LocalChain, emit: Emit): Promise<void> {
  const operators = await stakeOperators(local, MANY_SIGNERS);
  const { epochAnchor, faucet, token } = local.deployment;
  const bond = await sendBond(local, token, epochAnchor);
  const gas: number[] = [];
  let previousRoot = NO_ROOT;
  let [parentEpoch, parentSnapshotBlock] = [0n, 0n];
  let shownGas = 0;
  for (let epoch = 0; epoch < 4; epoch++) {
    const root = await rootOf(local, epoch, previousRoot, randomBytes(32).toString("hex"));
    previousRoot = root.stateRoot;
    const certificate = await certify(root, operators);
    const signatures = compactSignatures(certificate);
    const certificateDigest = digestOfSignatures(signatures);
    const args = [epochRootArguments(root), certificateDigest] as const;
    const data = encodeFunctionData({ abi: epochAnchorAbi, functionName: "propose", args });
    gas.push((await sendRaw(local, { to: epochAnchor, data })).gas);
    const anchored = {
      root: epochRootArguments(root),
      sender: faucet,
      certificateDigest,
      parentEpoch,
      parentSnapshotBlock,
    };
    [parentEpoch, parentSnapshotBlock] = [BigInt(epoch), BigInt(root.snapshotBlock)];
    const proof = encodeFunctionData({
      abi: epochAnchorAbi,
      functionName: "prove",
      args: [anchored, signatures],
    });
    shownGas = (await sendRaw(local, { to: epochAnchor, data: proof })).gas;
  }
  report(emit, "chain.anchor128", Math.max(...gas.slice(1)), ANCHOR_BUDGET_GAS);
  const weighted = await weightedRootGas(local, MANY_SIGNERS);
  const what = "OpenZeppelin's MultiSignerERC7913Weighted keeping a root";
  compare(emit, "chain.anchor128.peer", Math.max(...gas.slice(1)), { what, gas: weighted });
  compare(emit, "chain.anchor128.shown", shownGas, { what, gas: weighted });
  const safe = await safeRootGas(local, MANY_SIGNERS);
  const whatSafe = "Safe 1.5 of 128 owners that keeps a root";
  compare(emit, "chain.anchor128.safe", Math.max(...gas.slice(1)), { what: whatSafe, gas: safe });
  compare(emit, "chain.anchor128.shown.safe", shownGas, { what: whatSafe, gas: safe });
  emit({ name: "chain.anchor128.bond", value: bond, unit: "gas", ratio: 1, against: "once an account" });
}

async function sendBond(local: LocalChain, token: Address, epochAnchor: Address): Promise<number> {
  const approve = encodeFunctionData({
    abi: parleyTokenAbi,
    functionName: "approve",
    args: [epochAnchor, BOND_WEI],
  });
  await sendRaw(local, { to: token, data: approve });
  const data = encodeFunctionData({ abi: epochAnchorAbi, functionName: "depositBond", args: [BOND_WEI] });
  return (await sendRaw(local, { to: epochAnchor, data })).gas;
}

/** A batch of commits signed by its operator; every operator has a slot of its own for every epoch. */
async function commitGas(local: LocalChain): Promise<number> {
  const { chainId, commitLog } = local.deployment;
  const operator = privateKeyToAccount(generatePrivateKey());
  const gas: number[] = [];
  for (let epoch = 0n; epoch < 3n; epoch++) {
    const batch = { epoch, root: keccak256(randomBytes(32)), count: 1_000 };
    const signature = await operator.signTypedData({
      domain: { name: "Parley", version: "1", chainId, verifyingContract: commitLog },
      types: BATCH_TYPES,
      primaryType: "CommitBatch",
      message: batch,
    });
    const args = [batch, compactOf(signature)] as const;
    const data = encodeFunctionData({ abi: commitLogAbi, functionName: "record", args });
    gas.push((await sendRaw(local, { to: commitLog, data })).gas);
  }
  return Math.max(...gas);
}

const BATCH_TYPES = {
  CommitBatch: [
    { name: "epoch", type: "uint64" },
    { name: "root", type: "bytes32" },
    { name: "count", type: "uint32" },
  ],
} as const;

function compactSignatures({ signatures }: Certificate) {
  return signatures.map(({ signature }) => compactOf(`0x${signature}`));
}

function compactOf(signature: `0x${string}`) {
  const { r, yParityAndS } = signatureToCompactSignature(parseSignature(signature));
  return { r, vs: yParityAndS };
}

function digestOfSignatures(signatures: ReturnType<typeof compactSignatures>): `0x${string}` {
  const components = [
    { name: "r", type: "bytes32" },
    { name: "vs", type: "bytes32" },
  ] as const;
  return keccak256(encodeAbiParameters([{ type: "tuple[]", components }], [signatures]));
}

function duesOf(earners: readonly Address[], earnedWei: bigint): ReadonlyMap<Address, bigint> {
  const due = new Map<Address, bigint>(earners.map((account) => [account, earnedWei]));
  while (due.size < ACCOUNTS) due.set(`0x${randomBytes(20).toString("hex")}`, 1n);
  return due;
}
