import { isHash, numberToHex, type ReplacementReason, WaitForTransactionReceiptTimeoutError } from "viem";
import { failure } from "../../core/errors.ts";
import type { Address, Hash } from "../../core/primitives.ts";
import type { TransactionUpdate } from "../../ports/chain.ts";
import type { AskedTransaction } from "../../ports/transactions.ts";
import { toChainError } from "../errors.ts";
import { without0x } from "../hex.ts";
import type { ReadClient } from "../network.ts";
import type { Waits } from "../waits.ts";
import type { ContractCall } from "./calls.ts";
import { describeCall, type Spenders } from "./describe-call.ts";
import type { WalletSession } from "./session.ts";

export type OnUpdate = (update: TransactionUpdate) => void;

/** Of a transaction that comes before the one that was asked for: confirmed is told once, of the last. */
export function beforeTheEnd(onUpdate: OnUpdate | undefined): OnUpdate {
  return (update) => {
    if (update.state !== "confirmed") onUpdate?.(update);
  };
}

const RECEIPT_TIMEOUT_MS = 180_000;
/** A quarter more than estimated; what is not used is not paid. */
const GAS_RESERVE_PART = 4n;

/** What is under way for one account. */
export interface Sending {
  readonly session: WalletSession;
  readonly client: ReadClient;
  /** The network's, by which a call is put in words. */
  readonly contracts: Spenders;
  /** The account that was connected when it began. */
  readonly account: Address;
  readonly onUpdate?: OnUpdate | undefined;
  /** Once they have ended nothing is asked of the wallet, and no receipt waited for. */
  readonly waits?: Waits | undefined;
}

/**
 * Simulates the call as the account, so that the user is never asked to pay for what would fail; then asks the
 * wallet, then waits for the receipt. Errors: those of the Wallet port, transaction-pending when no block takes it, and
 * aborted when the process ends meanwhile: what was sent goes on.
 */
export function sendCall(sending: Sending, call: ContractCall): Promise<Hash> {
  const send = () => simulateAndSend(sending, call);
  return sending.waits?.until(send) ?? send();
}

async function simulateAndSend(sending: Sending, call: ContractCall): Promise<Hash> {
  const { session, client, account, onUpdate } = sending;
  try {
    await session.useNetworkChain();
    // On top of the newest block: a root whose snapshot is that block can only be anchored after it.
    const trial = { account, to: call.to, data: call.data, blockTag: "pending" } as const;
    const [asked] = await Promise.all([askedOf(sending, call), client.call(trial)]);
    const gas = withReserve(await client.estimateGas(trial));
    const hash = await ask(sending, asked, { ...call, gas });
    onUpdate?.({ state: "sent", transaction: without0x(hash) });
    return await confirm(sending, hash);
  } catch (thrown) {
    throw toChainError(thrown);
  }
}

/**
 * Wallets estimate on the newest block; on the next one a call may cost more (a history that was written in the newest block
 * gets a new entry only then), and what others do in between changes it too.
 */
function withReserve(gas: bigint): bigint {
  return gas + gas / GAS_RESERVE_PART;
}

async function askedOf(
  { client, account, contracts }: Sending,
  call: ContractCall,
): Promise<AskedTransaction> {
  const [blockNumber, nextNonce] = await Promise.all([
    client.getBlockNumber(),
    client.getTransactionCount({ address: account, blockTag: "pending" }),
  ]);
  return {
    account,
    call: { to: call.to, data: without0x(call.data), valueWei: 0n },
    summary: describeCall(call.data, contracts),
    nextNonce,
    blockNumber: Number(blockNumber),
  };
}

/** The wallet's question is bound to account and chain: what changes meanwhile is told, and does not unask it. */
async function ask(
  { session, client, account, onUpdate, waits }: Sending,
  request: AskedTransaction,
  { to, data, gas }: ContractCall & { readonly gas: bigint },
): Promise<`0x${string}`> {
  if (session.account() !== account) {
    throw failure(
      "wallet-account-changed",
      "Another account was chosen in the wallet meanwhile: nothing more was sent",
      account,
      session.account(),
    );
  }
  waits?.demand();
  onUpdate?.({ state: "asking", request });
  const stop = session.onChange((changed) => onUpdate?.({ state: "asking", request, changed }));
  try {
    const chainId = numberToHex(client.chain.id);
    const asked = { from: account, to, data, gas: numberToHex(gas), chainId };
    return await requestTransaction(session, asked);
  } finally {
    stop();
  }
}

/** eth_sendTransaction. A wallet on another chain than `chainId` refuses. Errors: the wallet's. */
export async function requestTransaction(
  session: WalletSession,
  transaction: Readonly<Record<string, string>>,
): Promise<`0x${string}`> {
  const hash = await session.provider.request({ method: "eth_sendTransaction", params: [transaction] });
  if (typeof hash === "string" && isHash(hash)) return hash;
  throw failure(
    "wallet-failed",
    "The wallet did not answer with a transaction",
    "32-byte hash",
    String(hash),
  );
}

async function confirm({ client, onUpdate }: Sending, hash: `0x${string}`): Promise<Hash> {
  let replaced: ReplacementReason | undefined;
  const receipt = await client
    .waitForTransactionReceipt({
      hash,
      timeout: RECEIPT_TIMEOUT_MS,
      onReplaced: ({ reason }) => {
        replaced = reason;
      },
    })
    .catch((thrown: unknown) => {
      if (!(thrown instanceof WaitForTransactionReceiptTimeoutError)) throw thrown;
      throw failure("transaction-pending", "No block has taken the transaction yet", undefined, hash);
    });
  // A wallet may send the same call again with a higher fee; anything else in its place is a refusal.
  if (replaced === "cancelled" || replaced === "replaced") {
    throw failure("wallet-rejected", "The transaction was cancelled in the wallet");
  }
  const transaction = without0x(receipt.transactionHash);
  if (receipt.status !== "success") {
    throw failure(
      "reverted",
      "The contract refused the transaction when it was mined",
      undefined,
      transaction,
    );
  }
  onUpdate?.({ state: "confirmed", transaction, blockNumber: Number(receipt.blockNumber) });
  return transaction;
}
