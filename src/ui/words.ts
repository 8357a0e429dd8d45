import { type ErrorData, describeError as inDetail, toErrorData } from "../core/errors.ts";

/** Errors that a person can do something about, in words that say what. Others show their own sentence. */
const ADVICE: Readonly<Record<string, string>> = {
  "wallet-needed": "Connect a wallet first: it holds the stake that lets this tab take part.",
  "wallet-rejected": "You declined in the wallet. Nothing was sent and nothing is lost.",
  "wallet-wrong-chain": "The wallet is on another chain. Switch it to this network's chain and try again.",
  "insufficient-funds": "The wallet does not hold enough for this transaction.",
  "chain-unreachable": "The chain cannot be reached right now. Work goes on and is anchored when it is back.",
  "not-staked": "This needs a stake. Press Donate to stake and take part.",
  "no-pairs": "There is nothing to train on yet. Correct an answer in the chat first.",
  "nothing-to-anchor": "Every certified epoch is on the chain already.",
  "empty-prompt": "Write a message first.",
  "prompt-too-long": "This message is too long for the model. Shorten it and send again.",
  "empty-answer": "Write the answer that should have been given.",
  unchanged: "This is the same answer. Change it, or cancel.",
  busy: "Still working on the last request. Stop it first, or wait a moment.",
  "voting-closed": "Voting on this proposal is closed.",
  "title-length": "The title is empty or too long.",
  "text-length": "The text is empty or too long.",
  "wallet-failed": "The wallet did not answer. Open it and try again.",
  "wallet-not-found": "That wallet is not in this browser any more.",
  "transaction-pending": "The wallet has not confirmed the last transaction yet.",
  "faucet-empty": "The demo wallet's faucet is empty.",
  "nothing-due": "There is nothing to claim yet.",
  "model-file-missing": "The model could not be loaded. It needs the network once, on the first visit.",
  "answer-too-long": "This answer is too long. Shorten it.",
  "training-diverged": "Learning got out of hand and was stopped; nothing was changed. Try again.",
  "adapter-foreign":
    "This adapter was made for another model or network. Only one that was exported from here, or trained with this model's factor A, fits.",
  "adapter-overflow": "This adapter changes too much to be added to the others.",
  "adapter-shape": "This adapter does not fit the app's model.",
  "environment-mismatch": "This adapter is for another model.",
  "malformed-cid": "That is neither an address nor a CID. Check that all of it was copied.",
  "model-parcel": "This CID names no model. Ask for it again: it is what Share with peers shows.",
  "network-missing": "There is no connection to peers yet. Try again in a moment.",
  "device-lost": "The graphics processor stopped answering. The processor takes over.",
  aborted: "That was stopped.",
  "storage-full": "The browser's storage is full. Delete some threads or free disk space.",
};

/** One or two sentences for a person. */
export function inWords(error: ErrorData): string {
  return ADVICE[error.code] ?? inDetail(error);
}

export function thrownInWords(thrown: unknown): string {
  return inWords(toErrorData(thrown));
}
