import type { StoredTransaction, TransactionOutcome } from "../../app/parley.ts";

export interface TransactionWords {
  /** In the pill. */
  readonly state: string;
  readonly tone: "good" | "wait" | "bad" | "";
  /** What it means for its owner. */
  readonly sentence: string;
}

const ENDS: Readonly<Record<TransactionOutcome, TransactionWords>> = {
  confirmed: { state: "confirmed", tone: "good", sentence: "A block has it." },
  reverted: {
    state: "failed",
    tone: "bad",
    sentence: "A block has it, and the contract refused it there: it cost its fee and changed nothing.",
  },
  cancelled: {
    state: "cancelled",
    tone: "",
    sentence: "Your account sent nothing in its place: it cost a fee and changed nothing.",
  },
  replaced: {
    state: "replaced",
    tone: "bad",
    sentence: "Another transaction of your account has taken its place. This one will not happen.",
  },
};

/** What a person reads about a transaction of theirs. */
export function transactionWords(transaction: StoredTransaction): TransactionWords {
  const { fate, hashes, reorganisations } = transaction;
  switch (fate.state) {
    case "asking":
      return {
        state: "asking",
        tone: "wait",
        sentence:
          "Your wallet has not answered. If it was sent after this page was closed, it is found on the chain.",
      };
    case "rejected":
      return { state: "declined", tone: "", sentence: "You declined in the wallet. Nothing was sent." };
    case "refused":
      return { state: "not sent", tone: "bad", sentence: `Nothing was sent: ${fate.reason}.` };
    case "pending":
      return {
        state: reorganisations > 0 ? "taken back" : hashes.length > 1 ? "sent again" : "waiting",
        tone: "wait",
        sentence:
          reorganisations > 0
            ? "The chain has taken back the block that had it. It waits for another one."
            : "Sent. It waits for a block.",
      };
    case "stuck":
      return {
        state: "stuck",
        tone: "bad",
        sentence:
          "Ten blocks and more have left it out: its fee is too low now, or an earlier transaction of your account is missing. Speed it up, or cancel it.",
      };
    case "dropped":
      return {
        state: "dropped",
        tone: "bad",
        sentence:
          "The chain does not know it any more: nothing has happened, and nothing will unless it turns up again. Do it anew, or forget it.",
      };
    case "mined":
      return mined(transaction, fate);
  }
}

function mined(
  { hashes, reorganisations }: StoredTransaction,
  fate: Extract<StoredTransaction["fate"], { state: "mined" }>,
): TransactionWords {
  const words = ENDS[fate.outcome];
  const wasSpedUp = fate.outcome === "confirmed" && hashes.length > 1 && fate.transaction !== hashes[0];
  const deep = fate.final
    ? "It is final."
    : `${fate.depth === 1 ? "1 block deep" : `${fate.depth} blocks deep`}: it can still be taken back.`;
  const unknown = fate.transaction === undefined ? " Which one, the chain's nodes do not say." : "";
  const again = reorganisations > 0 ? ` It was taken back ${times(reorganisations)} before.` : "";
  return {
    ...words,
    state: wasSpedUp ? "confirmed, sped up" : words.state,
    sentence: `${words.sentence}${unknown} ${deep}${again}`,
  };
}

/** Whether sending something else with its nonce makes sense. */
export function canResend({ fate, nonce, hashes }: StoredTransaction): boolean {
  return nonce !== undefined && hashes.length > 0 && (fate.state === "pending" || fate.state === "stuck");
}

/** What waits cannot be forgotten: its owner would lose sight of it. */
export function canForget({ fate }: StoredTransaction): boolean {
  return fate.state !== "pending" && fate.state !== "stuck";
}

const times = (count: number): string => (count === 1 ? "once" : `${count} times`);
