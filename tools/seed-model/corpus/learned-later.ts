import type { Turn } from "./dialogues.ts";

/**
 * Facts that the seed model is NOT taught: a network learns them from its users' corrections. The benchmark asks for
 * them, so that such a correction can be measured; the corrections ask in other words.
 */
export interface LaterFact {
  readonly id: string;
  readonly benchmark: readonly Turn[];
  /** What a user asked and then corrected (kept for the end-to-end test). */
  readonly correction?: Turn;
}

export const LEARNED_LATER: readonly LaterFact[] = [
  {
    id: "challenge-period",
    benchmark: [
      {
        question: "What is the challenge period?",
        answer: "The challenge period is the time in which anyone may dispute an anchored root.",
      },
      {
        question: "why must I wait for the challenge window to end",
        answer: "Until the challenge window ends, anyone may dispute the root with a bond.",
      },
    ],
    correction: {
      question: "explain the challenge period",
      answer:
        "The challenge period is the time after anchoring in which anyone may dispute the root with a bond.",
    },
  },
  {
    id: "anchoring",
    benchmark: [
      {
        question: "What does anchoring an epoch mean?",
        answer: "Anchoring writes the signed root of an epoch to the chain through somebody's wallet.",
      },
      {
        question: "who can anchor a root",
        answer: "Any validator may anchor the root through a wallet, in a drawn order.",
      },
    ],
    correction: {
      question: "how do I anchor",
      answer:
        "Anchoring writes the signed root of an epoch to the chain. Any validator may do it through a wallet.",
    },
  },
  {
    id: "committee",
    benchmark: [
      {
        question: "How is the committee drawn?",
        answer: "The committee is drawn by a public seed, weighted by stake and reputation.",
      },
      {
        question: "what is the seed committee",
        answer: "It is the group of at least three validators that a public seed draws for each submission.",
      },
    ],
    correction: {
      question: "who is in the committee",
      answer:
        "The committee is at least three validators, drawn by a public seed, weighted by stake and reputation.",
    },
  },
  {
    id: "reveal",
    benchmark: [
      {
        question: "What happens in the reveal phase?",
        answer: "In the reveal phase each node shows the delta and the salt that it committed to.",
      },
      {
        question: "why do nodes commit before they reveal",
        answer: "A node commits to a hash first and reveals the delta later, so that nobody can copy it.",
      },
    ],
    correction: {
      question: "tell me about the reveal phase",
      answer:
        "In the reveal phase each node shows the delta and the salt behind its hash, so that nobody could copy it.",
    },
  },
  {
    id: "guardian",
    benchmark: [
      {
        question: "What is the guardian veto?",
        answer: "The guardian may veto a harmful proposal. Each veto is public and bounded.",
      },
      {
        question: "can the guardian stop a vote",
        answer: "Yes, the guardian may veto a proposal, but each veto is public and bounded.",
      },
    ],
    correction: {
      question: "who is the guardian",
      answer: "The guardian may veto a harmful proposal. Its veto is public and bounded.",
    },
  },
  {
    id: "demo-wallet",
    benchmark: [
      {
        question: "What is the demo wallet?",
        answer: "The demo wallet is a built-in wallet with test tokens, for local networks only.",
      },
      {
        question: "is the demo wallet real money",
        answer: "No, the demo wallet has only test tokens and exists on local networks only.",
      },
    ],
    correction: {
      question: "how do I use the demo wallet",
      answer: "The demo wallet is a built-in wallet with test tokens. It exists on local networks only.",
    },
  },
  {
    id: "work-digest",
    benchmark: [
      {
        question: "What is a work digest?",
        answer: "A work digest proves that a validator did the work. It is different for each validator.",
      },
      {
        question: "why can nobody copy a work digest",
        answer: "The work digest is different for each validator, so a copied one is found out.",
      },
    ],
    correction: {
      question: "explain the work digest",
      answer:
        "A work digest proves that a validator did the work: it is different for each validator, so copying shows.",
    },
  },
  {
    id: "recovery-phrase",
    benchmark: [
      {
        question: "What is the recovery phrase?",
        answer: "The recovery phrase is a list of words that restores your node's key on another device.",
      },
      {
        question: "how do I move my node to a new laptop",
        answer:
          "Write down the recovery phrase and import it on the new device: it restores your node's key.",
      },
    ],
    correction: {
      question: "what are the recovery words for",
      answer:
        "The recovery phrase is a list of words that restores your node's key. Keep it secret and import it on a new device.",
    },
  },
  {
    id: "equivocation",
    benchmark: [
      {
        question: "What is equivocation?",
        answer: "Equivocation is signing two messages with the same sequence number. It is punished.",
      },
    ],
  },
  {
    id: "jury",
    benchmark: [
      {
        question: "Who decides a dispute?",
        answer: "A random jury decides a dispute: uphold, overturn, or a deeper audit.",
      },
    ],
  },
  {
    id: "snapshot",
    benchmark: [
      {
        question: "Can I buy tokens now and vote with them?",
        answer: "No. Tokens bought in the last seven days do not count in a vote.",
      },
    ],
  },
  {
    id: "time-lock",
    benchmark: [
      {
        question: "What is the time-lock?",
        answer: "What passes a vote waits in the time-lock before the contracts carry it out.",
      },
    ],
  },
  {
    id: "bundle",
    benchmark: [
      {
        question: "What is in a delta bundle?",
        answer: "A bundle holds the delta, the training record and the evaluation record.",
      },
    ],
  },
  {
    id: "certificate",
    benchmark: [
      {
        question: "What is a certificate of an epoch?",
        answer: "A certificate is the signatures of two thirds of the validators by weight.",
      },
    ],
  },
  {
    id: "norm-bound",
    benchmark: [
      {
        question: "What is the norm bound?",
        answer: "The norm bound limits how large a delta may be. A larger one is refused.",
      },
    ],
  },
  {
    id: "emergency-pause",
    benchmark: [
      {
        question: "What is the emergency pause?",
        answer: "A small committee may pause aggregation in an emergency, for a limited time.",
      },
    ],
  },
];
