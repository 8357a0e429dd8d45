import { chainPace } from "../../src/app/chain-pace.ts";
import type { Observable } from "../../src/app/observable.ts";
import { trackedWallet } from "../../src/app/wallet/tracked-wallet.ts";
import { hasEnded, trackingRules } from "../../src/app/wallet/transactions/judge.ts";
import { Transactions } from "../../src/app/wallet/transactions/transactions.ts";
import { type ChainNetwork, createReadClient } from "../../src/chain/network.ts";
import { createTransactionReads } from "../../src/chain/transaction-reads.ts";
import { epochLengthMs } from "../../src/core/epoch/clock.ts";
import { toErrorData } from "../../src/core/errors.ts";
import type { Genesis } from "../../src/core/genesis.ts";
import type { ResendingWallet, Wallet } from "../../src/ports/chain.ts";
import type { TransactionRecords } from "../../src/ports/chain-records.ts";
import type { StoredTransaction } from "../../src/ports/transactions.ts";
import { systemClock, systemRandom } from "../../src/store/system.ts";
import type { Ends } from "./ends.ts";
import type { Level, Log } from "./log.ts";

interface TrackedParts {
  readonly records: TransactionRecords;
  readonly network: ChainNetwork;
  readonly wallet: ResendingWallet;
  readonly genesis: Genesis;
  readonly log: Log;
  readonly ends: Ends;
}

/**
 * The wallet, with all that it sends kept, looked after to the end and told in the log; what an earlier start left waiting
 * goes on. Errors: those of the records.
 */
export async function trackTransactions(
  parts: TrackedParts,
): Promise<{ readonly wallet: Wallet; readonly transactions: Transactions }> {
  const { records, network, wallet, genesis, log, ends } = parts;
  ends.add(() => records.close());
  const transactions = new Transactions({
    records,
    reads: createTransactionReads(createReadClient(network)),
    wallet,
    clock: systemClock,
    random: systemRandom,
    rules: trackingRules(genesis.parameters.finalityBlocks),
    depthEveryMs: chainPace(epochLengthMs(genesis)).walletMs,
  });
  ends.add(() => {
    transactions.stop();
    return transactions.settled();
  });
  tellTransactions(await records.listTransactions(), transactions.list, log);
  // A chain that is away is asked again: nothing waits for it here.
  void transactions.start().catch(() => undefined);
  const tracked = trackedWallet(wallet, async (_what, send) => {
    const sender = transactions.sender();
    try {
      return await send(sender.onUpdate);
    } catch (thrown) {
      // Whether it was sent shows at the next start, by its nonce.
      if (toErrorData(thrown).code !== "aborted") sender.failed(thrown);
      throw thrown;
    }
  });
  return { wallet: tracked, transactions };
}

/** One line for each change of state. `kept`: of an earlier start; what of it has not ended is told first. */
export function tellTransactions(
  kept: readonly StoredTransaction[],
  list: Observable<readonly StoredTransaction[]>,
  log: Log,
): void {
  const told = new Map(kept.map((one) => [one.id, stateOf(one)]));
  for (const one of kept) if (!hasEnded(one.fate)) tell(one, log, "of an earlier start, ");
  list.subscribe((transactions) => {
    // Asked for first, told first.
    for (const one of transactions.toReversed()) {
      if (told.get(one.id) === stateOf(one)) continue;
      told.set(one.id, stateOf(one));
      tell(one, log);
    }
  });
}

function tell(one: StoredTransaction, log: Log, before = ""): void {
  log(levelOf(one), `${one.asked.summary}: ${before}${inWords(one)}`, {
    transaction: transactionFields(one),
  });
}

/** What machines read of it. */
function transactionFields(one: StoredTransaction) {
  const { id, asked, nonce, hashes, fate, reorganisations } = one;
  const sent = { nonce: nonce ?? null, hash: hashes.at(-1) ?? null, sentTimes: hashes.length };
  const base = {
    id,
    state: fate.state,
    summary: asked.summary,
    account: asked.account,
    ...sent,
    reorganisations,
  };
  if (fate.state === "refused") return { ...base, reason: fate.reason };
  if (fate.state !== "mined") return base;
  const { outcome, block, final, feeWei } = fate;
  return { ...base, outcome, final, block: block?.number ?? null, feeWei: feeWei ?? null };
}

/** Each depth is no news. */
function stateOf({ hashes, fate, reorganisations }: StoredTransaction): string {
  const mined = fate.state === "mined" ? [fate.outcome, fate.final, fate.block?.hash] : [];
  return [fate.state, hashes.length, reorganisations, ...mined].join(" ");
}

function levelOf({ fate }: StoredTransaction): Level {
  if (fate.state === "mined" && fate.outcome === "confirmed") return fate.final ? "good" : "info";
  return fate.state === "asking" || fate.state === "pending" ? "info" : "warn";
}

function inWords({ hashes, fate }: StoredTransaction): string {
  switch (fate.state) {
    case "asking":
      return "to be signed and sent";
    case "rejected":
      return "refused by the key's owner";
    case "refused":
      return `refused before it was sent: ${fate.reason}`;
    case "pending":
      return `waits for a block, ${hashes.at(-1) ?? "hash not known"}`;
    case "stuck":
      return "waits long: its fee is too low, or an earlier nonce is missing";
    case "dropped":
      return "no longer known to the chain";
    case "mined":
      return `${fate.outcome}${fate.block === undefined ? "" : ` in block ${fate.block.number}`}${fate.final ? ", final" : ""}`;
  }
}
