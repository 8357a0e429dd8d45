/**
 * What a person can ask the assistant to do, as data: schemas, the training corpus and the checks of the model's output are
 * all derived from this table. The model reads the words (with what was recognised in them marked) and gives one object:
 *
 *   {"intent":"send","amount":"amount1","to":"address1"}
 *
 * A slot holds the label of a mark in these very words, or one of a few fixed values; never free text. A slot that was not
 * said is left out: it is not guessed, and what is missing is asked for (`missingSlots`).
 *
 * Example lines (held-out set, documentation) hold the exact words in place of labels, one JSON object a line:
 *
 *   {"text": "send 2.5 PAR to alice.eth please", "intent": {"intent": "send", "amount": "2.5 PAR", "to": "alice.eth"}}
 *   {"text": "vote no on proposal 12", "intent": {"intent": "vote", "proposal": "proposal 12", "choice": "no"}}
 *   {"text": "how do I stake?", "intent": {"intent": "none"}}
 *
 * What is an intent, for every kind of wording:
 * - An order or a wish is one: "stake 50", "please stake 50", "I want to stake 50", "can you stake 50 for me", "let's stake 50",
 *   also when slots are missing ("I'd like to vote").
 * - A question ABOUT an action is none (answered in words): "how do I stake?", "can I stake 50?", "what happens if I stake?",
 *   "should I vote yes?", "is it safe to send 5 to Bob?", "what does staking cost?".
 * - A question for the person's own or the network's current data is an intent: "what's my balance?", "how many peers are there?",
 *   "what did the network do today?", "is there anything to vote on?".
 * - A question for what a word means or how something works in general is none: "what is an epoch?", "who gets rewards?".
 * - A statement about what happened is none ("I staked 50 yesterday"), and so is an action that is only forbidden or taken back
 *   ("don't send anything to Bob", "never mind"). "Don't vote yes, vote no on 12" is the vote that remains.
 * - Two different orders in one message are unclear: one is done at a time.
 */

/** What deterministic code recognises in words; a mark's label is one of these and a number: `amount1`. */
export const MARK_KINDS = [
  /** A quantity: `12`, `1,000.5 PAR`, `2.5k tokens`, `50%`, `fifty`, `half`, `all`, `everything`, `max`. The unit belongs to it. */
  "amount",
  /** An EVM address, 0x and 40 digits, all one case or with a right checksum. */
  "address",
  /** Somebody or something by name: `alice.eth`, `@bob`, an address-book name, a capitalised word after "to". */
  "name",
  /** `proposal 12`, `#12`, `PIP-44`, `prop 7`. */
  "proposal",
  /** `epoch 7`, `the last epoch`. */
  "epoch",
  /** A content identifier: `bafy…`, `bafkrei…`. */
  "cid",
  /** A transaction's hash: 0x and 64 digits. */
  "hash",
  /** `today`, `yesterday`, `last week`, `3 days ago`, `2026-11-20`, `on Monday`. */
  "date",
  /** A contract's method: `transfer()`, `setValue`, `balance_of`, or the word after "method" or "function". */
  "method",
  /** Looks like an address or hash, but its length or checksum is wrong. No slot takes it. */
  "bad",
] as const;
export type MarkKind = (typeof MARK_KINDS)[number];

export const CHOICES = ["yes", "no", "abstain"] as const;

/** `rules`: how voting itself works. `election`: who sits on a committee. `model`: what the model may learn or say. */
export const PROPOSAL_KINDS = [
  "parameter",
  "upgrade",
  "grant",
  "dataset",
  "model",
  "election",
  "rules",
  "emergency",
] as const;

/** Where `open-page` leads; wallet and settings open as dialogues. */
export const PAGE_NAMES = ["chat", "donate", "network", "vote", "wallet", "settings"] as const;

export interface SlotSpec {
  /** A slot takes marks of these kinds … */
  readonly marks?: readonly MarkKind[];
  /** … or one of these values. */
  readonly values?: readonly string[];
  /** Must be known before anything can be done. */
  readonly required: boolean;
  /** What is asked when it is missing. */
  readonly ask: string;
}

export interface IntentSpec {
  readonly area: "wallet" | "governance" | "network" | "contracts" | "model" | "help" | "words";
  /** What belongs here and what does not. */
  readonly about: string;
  /** In the order in which they are written. */
  readonly slots: Readonly<Record<string, SlotSpec>>;
}

const WHO = ["address", "name"] as const;

function mark(kinds: readonly MarkKind[], required: boolean, ask: string): SlotSpec {
  return { marks: kinds, required, ask };
}

function value(values: readonly string[], required: boolean, ask: string): SlotSpec {
  return { values, required, ask };
}

const AMOUNT = mark(["amount"], true, "How much?");
const PROPOSAL = mark(["proposal"], true, "Which proposal?");
const CONTRACT = ["address", "name"] as const;

const INTENTS = {
  balance: {
    area: "wallet",
    about:
      "Show what the person has: tokens, stake, how much is locked or due. Not past movements (history), not what was earned by work (rewards).",
    slots: {},
  },
  history: {
    area: "wallet",
    about:
      "List the person's past transactions: sent, received, staked, claimed. Optional date. Not what the network did (what-happened).",
    slots: { date: mark(["date"], false, "Since when?") },
  },
  send: {
    area: "wallet",
    about:
      "Transfer, pay, give, tip tokens to somebody. The amount's unit says which token. Sending to a contract's method is call-contract; a payment from the treasury is propose.",
    slots: { amount: AMOUNT, to: mark(WHO, true, "To whom?") },
  },
  receive: {
    area: "wallet",
    about:
      "Show the person's own address or QR code, to be paid or to ask somebody for money. Optional amount to ask for.",
    slots: { amount: mark(["amount"], false, "How much?") },
  },
  "create-address": {
    area: "wallet",
    about: "Make a new address, account or wallet. Connecting one that exists is link-wallet.",
    slots: {},
  },
  stake: {
    area: "wallet",
    about: "Lock tokens as stake (also: bond, put up, add to my stake). Delegating votes is delegate.",
    slots: { amount: AMOUNT },
  },
  unstake: {
    area: "wallet",
    about:
      "Take stake back (also: unlock, unbond, withdraw my stake). Without an amount: which is asked later.",
    slots: { amount: mark(["amount"], false, "How much? All of it?") },
  },
  claim: {
    area: "wallet",
    about:
      "Pay out, collect, cash in, withdraw the rewards that are due. Only looking at them is rewards; taking stake back is unstake.",
    slots: {},
  },
  "list-proposals": {
    area: "governance",
    about: "Show proposals: open ones, what can be voted on, what is being decided, results as a list.",
    slots: {},
  },
  "explain-proposal": {
    area: "governance",
    about:
      "Say what ONE proposal is about, its details, state, result or likely outcome. Without saying which, the slot is left out. What proposals are in general is none.",
    slots: { proposal: PROPOSAL },
  },
  propose: {
    area: "governance",
    about:
      "Put something new to the vote. Kind only when clear: parameter (a number or setting, e.g. quorum, reward, fee), upgrade (new software or protocol version), grant (pay somebody from the treasury), dataset (a dataset or benchmark in or out), model (what the model may do), election (committee seats), rules (how governance works), emergency (pause or stop at once). Amount and to belong to a grant, or the amount is the new value of a parameter.",
    slots: {
      kind: value(PROPOSAL_KINDS, false, "What kind of proposal?"),
      amount: mark(["amount"], false, "How much?"),
      to: mark(WHO, false, "For whom?"),
    },
  },
  vote: {
    area: "governance",
    about:
      "Cast or change a ballot: yes (for, approve, support, aye), no (against, reject, nay), abstain (skip, blank, neutral). Choice is left out when not said. Wanting to see what there is to vote on is list-proposals.",
    slots: {
      proposal: PROPOSAL,
      choice: value(CHOICES, true, "Yes, no or abstain?"),
    },
  },
  delegate: {
    area: "governance",
    about:
      "Hand voting power to somebody else; kind of proposal only when the delegation is limited to one kind. Tokens that change hands are send.",
    slots: {
      to: mark(WHO, true, "To whom?"),
      kind: value(PROPOSAL_KINDS, false, "For which kind of proposal?"),
    },
  },
  undelegate: {
    area: "governance",
    about: "Take voting power back, vote for oneself again. Taking stake back is unstake.",
    slots: {},
  },
  discuss: {
    area: "governance",
    about:
      "Comment on, or read and join the discussion of a proposal. Only asking what it is about is explain-proposal.",
    slots: { proposal: PROPOSAL },
  },
  "network-status": {
    area: "network",
    about:
      "How the network or my node is doing now: healthy, synced, connected, up, busy. A number of peers is peers, a round is epoch-status, a past day is what-happened.",
    slots: {},
  },
  "what-happened": {
    area: "network",
    about: "What the network or my node did, on a day or lately. The person's own transactions are history.",
    slots: { date: mark(["date"], false, "On which day?") },
  },
  "epoch-status": {
    area: "network",
    about:
      "How one epoch stands or went: the current one (slot left out) or a numbered one, its phase, how long it takes. What an epoch is, is none.",
    slots: { epoch: mark(["epoch"], false, "Which epoch?") },
  },
  rewards: {
    area: "network",
    about:
      "Show what the person earned by donating, training or checking, optionally on a date. Paying it out is claim.",
    slots: { date: mark(["date"], false, "On which day?") },
  },
  "why-paid": {
    area: "network",
    about:
      "The reasons for one payment to the person: why this much, so little, or nothing. Optional epoch and date.",
    slots: {
      epoch: mark(["epoch"], false, "In which epoch?"),
      date: mark(["date"], false, "On which day?"),
    },
  },
  "start-donating": {
    area: "network",
    about:
      "Let my tab work for the network from now on: donate compute, start or resume the node. Giving tokens away is send.",
    slots: {},
  },
  "stop-donating": {
    area: "network",
    about: "Stop or pause the tab's work for the network.",
    slots: {},
  },
  "donate-limits": {
    area: "network",
    about:
      "Change or show how much of the device may be used while donating: processor, memory, battery, night only. The amount is the limit (e.g. 30%).",
    slots: { amount: mark(["amount"], false, "How much may be used?") },
  },
  trace: {
    area: "network",
    about:
      "Follow one update, delta, epoch or payment to its proof; audit it. Needs what to trace: a content identifier, an epoch or a transaction's hash.",
    slots: {
      target: mark(
        ["cid", "epoch", "hash"],
        true,
        "What should be traced: an epoch, a CID or a transaction?",
      ),
    },
  },
  peers: {
    area: "network",
    about: "Which or how many other nodes this one is connected to.",
    slots: {},
  },
  "write-contract": {
    area: "contracts",
    about: "Write, draft, generate a smart contract from a description. Any other program is none.",
    slots: {},
  },
  "check-contract": {
    area: "contracts",
    about: "Review, analyse, lint, test, simulate a contract for faults. Optional: which one.",
    slots: { contract: mark(CONTRACT, false, "Which contract?") },
  },
  "deploy-contract": {
    area: "contracts",
    about: "Put a contract on the chain: deploy, publish, launch it.",
    slots: {},
  },
  "call-contract": {
    area: "contracts",
    about:
      "Run a method of a deployed contract, by address or name. Optional: which method, and an amount it gets.",
    slots: {
      contract: mark(CONTRACT, true, "Which contract?"),
      method: mark(["method"], false, "Which method?"),
      amount: mark(["amount"], false, "How much?"),
    },
  },
  correct: {
    area: "model",
    about:
      "Correct the assistant's last answer, teach it a better one. Only saying that an answer was bad is none.",
    slots: {},
  },
  "train-now": {
    area: "model",
    about: "Train on my corrections at once, without waiting.",
    slots: {},
  },
  "load-model": {
    area: "model",
    about: "Load, download, change to another or a larger language model.",
    slots: {},
  },
  "model-info": {
    area: "model",
    about:
      "Which model is running here: its name, size, version, when it last learned. Who Parley is, is none.",
    slots: {},
  },
  help: {
    area: "help",
    about: "Asks for help without saying with what, or what the assistant can do, or for a list of commands.",
    slots: {},
  },
  "export-key": {
    area: "help",
    about: "Back up or show the recovery phrase or key of this node. Importing one is none.",
    slots: {},
  },
  "link-wallet": {
    area: "help",
    about:
      "Connect or link an existing wallet (MetaMask, an extension) to this node. A new one is create-address.",
    slots: {},
  },
  "open-page": {
    area: "help",
    about:
      'Go to a page by its name: chat, donate, network (explorer), vote (governance), wallet, settings (preferences). Wanting the thing itself is that intent: "show my balance" is balance, "show proposals" is list-proposals.',
    slots: { page: value(PAGE_NAMES, true, "Which page?") },
  },
  none: {
    area: "words",
    about:
      "Nothing to do but answer: questions about how things work, small talk, statements, actions forbidden or taken back, gibberish, and everything outside Parley (weather, code, homework, health).",
    slots: {},
  },
  unclear: {
    area: "words",
    about:
      'Something is to be done, but not what: "do it", "do something with my 50 tokens", "change it to 20"; an order that contradicts itself ("vote yes and no on 12", "stake and unstake 50"); two different orders at once.',
    slots: {},
  },
} as const satisfies Readonly<Record<string, IntentSpec>>;

export type IntentName = keyof typeof INTENTS;

/** The table without its literal types, for code that goes through it. */
export const INTENT_TABLE: Readonly<Record<string, IntentSpec>> = INTENTS;

/** Names in the order of the table. */
export const INTENT_NAMES: readonly IntentName[] = Object.keys(INTENTS).filter(isIntentName);

export function isIntentName(name: string): name is IntentName {
  return Object.hasOwn(INTENTS, name);
}
