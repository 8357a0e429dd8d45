import { isHash, numberToHex, type ReplacementReason, WaitForTransactionReceiptTimeoutError } from "viem";
import { failure } from "../../core/errors.ts";
import type { Hash } from "../../core/primitives.ts";
import type { TransactionUpdate } from "../../ports/chain.ts";
import { toChainError } from "../errors.ts";
import { without0x } from "../hex.ts";
import type { ReadClient } from "../network.ts";
import type { ContractCall } from "./calls.ts";
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

/**
 * Simulates the call as the account, so that the user is never asked to pay for what would fail; then asks the
 * wallet, then waits for the receipt. Errors: those of the Wallet port, and transaction-pending when no block takes it.
 */
export async function sendCall(
  session: WalletSession,
  client: ReadClient,
  call: ContractCall,
  onUpdate: OnUpdate = () => {},
): Promise<Hash> {
  try {
    await session.useNetworkChain();
    // On top of the newest block: a root whose snapshot is that block can only be anchored after it.
    const request = {
      account: session.account(),
      to: call.to,
      data: call.data,
      blockTag: "pending",
    } as const;
    await client.call(request);
    const gas = withReserve(await client.estimateGas(request));
    onUpdate({ state: "asking" });
    const hash = await ask(session, call, gas);
    onUpdate({ state: "sent", transaction: without0x(hash) });
    return await confirm(client, hash, onUpdate);
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

async function ask(session: WalletSession, call: ContractCall, gas: bigint): Promise<`0x${string}`> {
  const from = session.account();
  const hash = await session.provider.request({
    method: "eth_sendTransaction",
    params: [{ from, to: call.to, data: call.data, gas: numberToHex(gas) }],
  });
  if (typeof hash === "string" && isHash(hash)) return hash;
  throw failure(
    "wallet-failed",
    "The wallet did not answer with a transaction",
    "32-byte hash",
    String(hash),
  );
}

async function confirm(client: ReadClient, hash: `0x${string}`, onUpdate: OnUpdate): Promise<Hash> {
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
  onUpdate({ state: "confirmed", transaction, blockNumber: Number(receipt.blockNumber) });
  return transaction;
}
