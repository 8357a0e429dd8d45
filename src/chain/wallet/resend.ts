import { numberToHex } from "viem";
import { failure } from "../../core/errors.ts";
import type { Hash } from "../../core/primitives.ts";
import type { ResendRequest } from "../../ports/chain.ts";
import { toChainError } from "../errors.ts";
import { with0x, without0x } from "../hex.ts";
import type { ReadClient } from "../network.ts";
import type { WalletSession } from "./session.ts";
import { requestTransaction } from "./transactions.ts";

/**
 * Nodes take another transaction with a nonce only for a tenth more of both fees (geth's txpool.pricebump; others the same
 * or an eighth): an eighth and a wei more passes everywhere.
 */
const raised = (feeWei: bigint): bigint => feeWei + feeWei / 8n + 1n;

/** Sends the same call, or nothing to itself, with the nonce of one that waits and a higher fee. Errors: Wallet.resend's. */
export async function resend(
  session: WalletSession,
  client: ReadClient,
  { asked, nonce, transaction, as }: ResendRequest,
): Promise<Hash> {
  const { account, call } = asked;
  if (session.account() !== account) {
    throw failure("wallet-account-changed", "Choose the account that sent it in the wallet first", account);
  }
  try {
    await session.useNetworkChain();
    const used = await client.getTransactionCount({ address: account });
    if (used > nonce) throw failure("nonce-used", "A block has a transaction in this place already");
    const fees = await higherFees(client, with0x(transaction));
    const what =
      as === "cancel"
        ? { to: account, data: "0x", value: "0x0" }
        : { to: call.to, data: with0x(call.data), value: numberToHex(call.valueWei) };
    const chainId = numberToHex(client.chain.id);
    const hash = await requestTransaction(session, {
      from: account,
      ...what,
      ...fees,
      nonce: numberToHex(nonce),
      chainId,
    });
    await checkNonce(client, hash, nonce);
    return without0x(hash);
  } catch (thrown) {
    throw toChainError(thrown);
  }
}

/** Above those of the one that waits, and at least what the chain asks for now. */
async function higherFees(client: ReadClient, hash: `0x${string}`) {
  const [waiting, now] = await Promise.all([
    client.getTransaction({ hash }).catch(() => undefined),
    client.estimateFeesPerGas(),
  ]);
  const maxFeeWei = larger(raised(waiting?.maxFeePerGas ?? waiting?.gasPrice ?? 0n), now.maxFeePerGas);
  const priorityWei = larger(raised(waiting?.maxPriorityFeePerGas ?? 0n), now.maxPriorityFeePerGas);
  return {
    maxFeePerGas: numberToHex(larger(maxFeeWei, priorityWei)),
    maxPriorityFeePerGas: numberToHex(priorityWei),
  };
}

/** Some wallets take no nonce from a page: then there are two transactions now, and its owner must know. */
async function checkNonce(client: ReadClient, hash: `0x${string}`, nonce: number): Promise<void> {
  const sent = await client.getTransaction({ hash }).catch(() => undefined);
  if (sent === undefined || sent.nonce === nonce) return;
  throw failure(
    "wallet-nonce",
    "The wallet chose another nonce: this is a second transaction, and the first one still waits. Use the wallet's own way to speed up or cancel",
    String(nonce),
    String(sent.nonce),
  );
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
