import { randomBytes } from "node:crypto";
import { isHash } from "viem";
import { connectFirst, type LocalChain } from "../e2e/support/local-chain.ts";
import { createReadClient } from "../src/chain/network.ts";
import type { Address, Hash } from "../src/core/primitives.ts";
import type { Certificate, EpochRoot, Operator, Wallet } from "../src/ports/chain.ts";
import { stakeRequest } from "../src/ports/chain.ts";
import type { Emit } from "./figure.ts";

const STAKE_WEI = 100n * 10n ** 18n;
/** A wallet of the local chain holds 10,000 tokens. */
const STAKES_A_WALLET = 90;

/** A figure and its share of what the network allows itself. */
export function report(emit: Emit, name: string, gas: number, budgetGas: number): void {
  emit({ name, value: gas, unit: "gas", ratio: gas / budgetGas, against: `budget of ${budgetGas} gas` });
}

/** A figure and what the nearest public contract takes for the same. */
export function compare(emit: Emit, name: string, gas: number, peer: { what: string; gas: number }): void {
  emit({ name, value: gas, unit: "gas", ratio: gas / peer.gas, against: `${peer.what}, ${peer.gas} gas` });
}

export interface ConnectedWallet {
  readonly wallet: Wallet;
  readonly account: Address;
}

export async function connectedWallet(local: LocalChain): Promise<ConnectedWallet> {
  const { wallet } = await local.newPage();
  return { wallet, account: await connectFirst(wallet) };
}

/** `count` operators with the same stake each, ascending by address as a certificate wants them. */
export async function stakeOperators(local: LocalChain, count: number): Promise<readonly Operator[]> {
  const operators: Operator[] = [];
  let payer = await connectedWallet(local);
  for (let index = 0; index < count; index++) {
    if (index > 0 && index % STAKES_A_WALLET === 0) payer = await connectedWallet(local);
    const { wallet, account } = payer;
    const operator = local.newOperator();
    const nodeId = randomBytes(32).toString("hex");
    await wallet.stake(await stakeRequest(operator, { nodeId, account, amountWei: STAKE_WEI }));
    operators.push(operator);
  }
  return operators.toSorted((a, b) => (a.address < b.address ? -1 : 1));
}

export async function rootOf(
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

export async function certify(root: EpochRoot, operators: readonly Operator[]): Promise<Certificate> {
  const signatures = operators.map(async (operator) => ({
    operator: operator.address,
    signature: await operator.sign(root),
  }));
  return { root, signatures: await Promise.all(signatures) };
}

export async function gasOf(local: LocalChain, sent: Promise<Hash>): Promise<number> {
  return (await receiptOf(local, `0x${await sent}`)).gas;
}

interface Receipt {
  readonly gas: number;
  readonly contractAddress: `0x${string}` | undefined;
}

/** Sends a call from an account that the local chain signs for; the faucet unless said. */
export async function sendRaw(
  local: LocalChain,
  call: { readonly to?: Address; readonly data: `0x${string}` },
  from: Address = local.deployment.faucet,
): Promise<Receipt> {
  const hash = await local.rpc("eth_sendTransaction", [{ from, ...call }]);
  if (typeof hash !== "string" || !isHash(hash)) throw new Error("the local chain took no transaction");
  return receiptOf(local, hash);
}

async function receiptOf(local: LocalChain, hash: `0x${string}`): Promise<Receipt> {
  const client = createReadClient(local.network, { pollingIntervalMs: 50 });
  const receipt = await client.waitForTransactionReceipt({ hash });
  if (receipt.status !== "success") throw new Error(`transaction ${hash} was refused`);
  return { gas: Number(receipt.gasUsed), contractAddress: receipt.contractAddress ?? undefined };
}
