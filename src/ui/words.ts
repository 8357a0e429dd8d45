import { type ErrorData, describeError as inDetail, toErrorData } from "../core/errors.ts";

/** Errors that a person can do something about, in words that say what. Others show their own sentence. */
const ADVICE: Readonly<Record<string, string>> = {
  "wallet-needed": "Connect a wallet first: it holds the stake that lets this tab take part.",
  "wallet-rejected": "You declined in the wallet. Nothing was sent and nothing is lost.",
  "wallet-wrong-chain": "The wallet is on another chain. Switch it to this network's chain and try again.",
  "wallet-unauthorised": "The wallet has not allowed this page to use that account. Connect it again.",
  "wallet-unsupported": "This wallet cannot do that. Take another one.",
  "wallet-busy": "The wallet already waits for an answer of yours. Open it and answer there.",
  "wallet-disconnected": "The wallet has lost its connection. Open it, wait until it is back, and try again.",
  "wallet-chain-disconnected":
    "The wallet cannot reach this network's chain. Open it, check its connection, and try again.",
  "wallet-unknown-chain":
    "The wallet does not know this network's chain. Add it in the wallet, then try again.",
  "wallet-limited": "The wallet's chain gets too many requests. Wait a moment, then try again.",
  "wallet-account-changed":
    "The account in the wallet is another one than at the beginning. Nothing more was sent.",
  "fee-too-low": "The fee is too low for the chain. Raise it in the wallet and try again.",
  "nonce-used": "Another transaction of your account came first. Look at the list; nothing was sent now.",
  "transaction-settled": "This transaction does not wait any more.",
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
  "phrase-length": "A recovery phrase has 24 words. Check that all of it is there, and nothing else.",
  "phrase-checksum":
    "Each word is known, but together they are no recovery phrase: one of them is wrong, or two have changed places.",
  "passphrase-short": "This passphrase is too short. Take at least ten characters, better five or six words.",
  "profile-file": "This is no file of a Parley profile, or it is damaged.",
  "profile-passphrase": "The passphrase is wrong, or the file was changed.",
  "profile-large": "This profile is too large for one file. Leave the chats out.",
  "identity-locked":
    "This browser cannot open the key that it keeps. Bring the identity back with its phrase or file; nothing was deleted.",
  "identity-moved":
    "This identity was moved to another device. Take it back there first, or use it here again.",
  "log-recovering":
    "This node waits to learn its own log before it signs anything. See Network, Identity and devices.",
  "log-known-longer":
    "This identity has written more than this device holds: going on would contradict it. Wait until a peer brings the rest.",
  "log-forked": "Another log of this identity exists already. Nothing more can be signed with it.",
  "node-elsewhere": "Your node runs in another tab. Do this there.",
  "pairing-code": "This is no pairing code, or not all of it. Copy it again.",
  "pairing-expired": "This code is too old, or was used already. Show a new one on the other device.",
  "pairing-own": "This code is of this very device. Use it on the other one.",
  "pairing-network": "The other device is in another network.",
  "pairing-unreachable": "The other device cannot be reached. Is it online, with this page open?",
  "pairing-refused": "The other device did not agree. Nothing was shared.",
  "pairing-wrong": "The codes do not belong together. Show a new one on the other device.",
  "pairing-ended": "The other device went away before it was done. Try again.",
  "pairing-differs": "The digits differ: somebody may have stood in between. Nothing was shared.",
  "pairing-full": "No more devices fit into one group. Remove one first.",
  "pairing-grouped":
    "This device belongs to a group already. Show its code on the other device instead, or leave the group first.",
  "storage-full": "The browser's storage is full. Delete some threads or free disk space.",
};

/** One or two sentences for a person. */
export function inWords(error: ErrorData): string {
  return ADVICE[error.code] ?? inDetail(error);
}

export function thrownInWords(thrown: unknown): string {
  return inWords(toErrorData(thrown));
}
