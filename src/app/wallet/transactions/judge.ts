import type {
  MinedTransaction,
  NonceObservation,
  StoredTransaction,
  TransactionCall,
  TransactionFate,
  TransactionOutcome,
} from "../../../ports/transactions.ts";

/** When a transaction is called what, in blocks. */
export interface TrackingRules {
  /** So many blocks, its own counted, and a reorganisation is not looked for any more. */
  readonly finalBlocks: number;
  /** Left out by so many blocks: its fee is too low, or an earlier nonce is missing. */
  readonly stuckBlocks: number;
  /** Unknown for so many: it has to travel at first, and endpoints do not all hear at once. */
  readonly droppedBlocks: number;
}

/** A reorganisation of more blocks than this is looked for no more, also where the network waits for none. */
const LEAST_FINAL_BLOCKS = 6;
const STUCK_BLOCKS = 10;
const DROPPED_BLOCKS = 3;

/** Of a network that waits for so many blocks before it takes one as final. */
export function trackingRules(finalityBlocks: number): TrackingRules {
  return {
    finalBlocks: Math.max(finalityBlocks, LEAST_FINAL_BLOCKS),
    stuckBlocks: STUCK_BLOCKS,
    droppedBlocks: DROPPED_BLOCKS,
  };
}

/** What is kept of a transaction after a look at the chain. Pure: whichever tab looks, the same comes out. */
export function judge(
  kept: StoredTransaction,
  seen: NonceObservation,
  rules: TrackingRules,
): StoredTransaction {
  if (hasEnded(kept.fate)) return kept;
  const noted = { ...kept, ...(seen.nonce === undefined ? {} : { nonce: seen.nonce }) };
  return seen.mined === undefined
    ? notMined(noted, seen, rules)
    : minedAs(noted, seen.mined, seen.head.number, rules);
}

/** Nothing that happens on the chain changes it any more. */
export function hasEnded(fate: TransactionFate): boolean {
  return fate.state === "rejected" || fate.state === "refused" || (fate.state === "mined" && fate.final);
}

function minedAs(
  kept: StoredTransaction,
  mined: MinedTransaction,
  headNumber: number,
  rules: TrackingRules,
): StoredTransaction {
  const { unseenSinceBlock: _, ...rest } = kept;
  const outcome = outcomeOf(kept, mined);
  const isOurs = outcome === "confirmed" || outcome === "reverted";
  const depth = Math.max(1, headNumber - mined.block.number + 1);
  const before = kept.fate.state === "mined" ? kept.fate.block : undefined;
  const moved = before !== undefined && before.hash !== mined.block.hash;
  const hashes =
    isOurs && !kept.hashes.includes(mined.transaction) ? [...kept.hashes, mined.transaction] : kept.hashes;
  return {
    ...rest,
    hashes,
    reorganisations: kept.reorganisations + (moved ? 1 : 0),
    fate: {
      state: "mined",
      outcome,
      transaction: mined.transaction,
      block: mined.block,
      depth,
      final: depth >= rules.finalBlocks,
      feeWei: mined.feeWei,
    },
  };
}

/** A contract wallet's transaction does not look like the call that was asked for: its own hash says that it is. */
function outcomeOf({ asked, hashes }: StoredTransaction, mined: MinedTransaction): TransactionOutcome {
  const { call } = mined;
  const isCancel = call.to === asked.account && call.data === "" && call.valueWei === 0n;
  if (isCancel && !isSameCall(call, asked.call)) return "cancelled";
  if (!hashes.includes(mined.transaction) && !isSameCall(call, asked.call)) return "replaced";
  return mined.succeeded ? "confirmed" : "reverted";
}

function notMined(kept: StoredTransaction, seen: NonceObservation, rules: TrackingRules): StoredTransaction {
  const headNumber = seen.head.number;
  if (kept.hashes.length === 0 && kept.nonce === undefined) return kept;
  const { unseenSinceBlock: unseen, ...rest } = kept;
  const wasTakenBack = kept.fate.state === "mined" && kept.fate.block !== undefined;
  const waitsSinceBlock = wasTakenBack ? headNumber : Math.min(kept.waitsSinceBlock, headNumber);
  const waiting: StoredTransaction = {
    ...rest,
    waitsSinceBlock,
    reorganisations: kept.reorganisations + (wasTakenBack ? 1 : 0),
    fate: { state: "pending" },
  };
  if (seen.isKnown) {
    const isStuck = headNumber - waitsSinceBlock >= rules.stuckBlocks;
    return isStuck ? { ...waiting, fate: { state: "stuck" } } : waiting;
  }
  const unseenSinceBlock = Math.min(unseen ?? headNumber, headNumber);
  const isGone = headNumber - unseenSinceBlock >= rules.droppedBlocks;
  if (!isGone) return { ...waiting, unseenSinceBlock };
  return { ...waiting, unseenSinceBlock, fate: goneAs(kept, seen, headNumber - unseenSinceBlock, rules) };
}

/** The nonce was used, and no node says by what: its states of then are gone. */
function goneAs(
  kept: StoredTransaction,
  seen: NonceObservation,
  unseenBlocks: number,
  rules: TrackingRules,
): TransactionFate {
  const isUsed = kept.nonce !== undefined && seen.nextNonce > kept.nonce;
  if (!isUsed) return { state: "dropped" };
  const depth = unseenBlocks;
  return { state: "mined", outcome: "replaced", depth, final: depth >= rules.finalBlocks };
}

function isSameCall(a: TransactionCall, b: TransactionCall): boolean {
  return a.to === b.to && a.data === b.data && a.valueWei === b.valueWei;
}
