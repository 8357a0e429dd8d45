import { isHash, type ReplacementReason, WaitForTransactionReceiptTimeoutError } from "viem";
import { failure } from "../../core/errors.ts";
import type { Hash } from "../../core/primitives.ts";
import type { TransactionUpdate } from "../../ports/chain.ts";
import { toChainError } from "../errors.ts";
import { without0x } from "../hex.ts";
import type { ReadClient } from "../network.ts";
import type { ContractCall } from "./calls.ts";
import type { WalletSession } from "./session.ts";

export type OnUpdate = (update: TransactionUpdate) => void;

const RECEIPT_TIMEOUT_MS = 180_000;

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
    await client.call({ account: session.account(), to: call.to, data: call.data, blockTag: "pending" });
    onUpdate({ state: "asking" });
    const hash = await ask(session, call);
    onUpdate({ state: "sent", transaction: without0x(hash) });
    return await confirm(client, hash, onUpdate);
  } catch (thrown) {
    throw toChainError(thrown);
  }
}

async function ask(session: WalletSession, call: ContractCall): Promise<`0x${string}`> {
  const from = session.account();
  const hash = await session.provider.request({
    method: "eth_sendTransaction",
    params: [{ from, to: call.to, data: call.data }],
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
