/** Good bodies of receipts, evidence, disputes, rulings and held-out tasks, and what breaks each. */
import { hexToBytes } from "../../src/core/bytes.ts";
import type { Kind } from "../../src/core/messages/kinds.ts";
import { equivocationProof, evidenceOf } from "../../src/core/messages/log.ts";
import { type ReceiptTerms, signReceipt } from "../../src/core/messages/receipt/schema.ts";
import { authors, change, genesis, metrics, NEGATIVE_EPOCH, type Samples, someCid } from "./sample-parts.ts";
import { hashOf, makeAuthors, START_MS, seedOf, TOKEN_WEI } from "./world.ts";

type WorkKind = Extract<
  Kind,
  "receipt" | "evidence" | "dispute" | "ruling" | "held-out-commit" | "held-out-reveal"
>;

export const WORK_SAMPLES: { readonly [K in WorkKind]: Samples<K> } = {
  receipt: {
    good: {
      plain: countersigned({
        epoch: 3,
        request: hashOf("request"),
        requester: authors[1]?.nodeId ?? "",
        modelVersion: someCid("adapter"),
        tokensIn: 20,
        tokensOut: 100,
        flops: 480_000_000,
        outputDigest: hashOf("output"),
        feeWei: TOKEN_WEI,
      }),
      "with the largest numbers": countersigned({
        epoch: Number.MAX_SAFE_INTEGER,
        request: hashOf("request"),
        requester: authors[1]?.nodeId ?? "",
        modelVersion: someCid("adapter"),
        tokensIn: Number.MAX_SAFE_INTEGER,
        tokensOut: Number.MAX_SAFE_INTEGER,
        flops: Number.MAX_SAFE_INTEGER,
        outputDigest: hashOf("output"),
        feeWei: 2n ** 256n - 1n,
      }),
    },
    broken: {
      ...NEGATIVE_EPOCH,
      "tokens negative": change("tokensOut", -1),
      "FLOPs as a float": change("flops", 0.5),
      "signature too short": change("requesterSignature", new Uint8Array(63)),
    },
    refused: {
      "terms changed after the requester signed": ["bad-requester-signature", change("tokensOut", 101)],
      "signed by another requester": [
        "bad-requester-signature",
        change("requester", hexToBytes(authors[2]?.nodeId ?? "")),
      ],
      "signed by the provider itself": [
        "bad-requester-signature",
        change("requester", hexToBytes(authors[0]?.nodeId ?? "")),
      ],
    },
  },
  evidence: {
    good: { plain: evidenceOf(twoInOnePlace()) },
    broken: {
      "nothing shown": change("first", new Uint8Array()),
    },
  },
  dispute: {
    good: {
      plain: {
        epoch: 3,
        submission: someCid("submission"),
        deltaCid: someCid("bundle"),
        metrics,
        workDigest: hashOf("work"),
        bondWei: 10n * TOKEN_WEI,
      },
      "of a delta that cannot be measured": {
        epoch: 3,
        submission: someCid("submission"),
        deltaCid: someCid("bundle"),
        metrics: null,
        workDigest: null,
        bondWei: 0n,
      },
    },
    broken: {
      ...NEGATIVE_EPOCH,
      "metrics without digest": change("workDigest", null),
      "digest without metrics": change("metrics", null),
      "bond above uint256": change("bondWei", new Uint8Array(33).fill(1)),
    },
  },
  ruling: {
    good: {
      overturn: {
        epoch: 4,
        dispute: someCid("dispute"),
        ruling: "overturn",
        metrics,
        workDigest: hashOf("work"),
      },
      audit: { epoch: 4, dispute: someCid("dispute"), ruling: "audit", metrics: null, workDigest: null },
      uphold: {
        epoch: 4,
        dispute: someCid("dispute"),
        ruling: "uphold",
        metrics,
        workDigest: hashOf("work"),
      },
    },
    broken: {
      ...NEGATIVE_EPOCH,
      "unknown ruling": change("ruling", "perhaps"),
      "metrics without digest": change("workDigest", null),
    },
  },
  "held-out-commit": {
    good: { plain: { epoch: 2, commitment: hashOf("held-out") } },
    broken: { ...NEGATIVE_EPOCH, "commitment too short": change("commitment", new Uint8Array(31)) },
  },
  "held-out-reveal": {
    good: { plain: { epoch: 3, tasks: someCid("tasks"), salt: hashOf("salt") } },
    broken: { ...NEGATIVE_EPOCH, "salt too short": change("salt", new Uint8Array(16)) },
  },
};

/** Two messages that author 2 should not have signed both. */
function twoInOnePlace() {
  const [one, other] = [0, 1].map((epoch) =>
    makeAuthors(genesis, 3)[2]?.sign(
      "commit",
      { epoch, commitment: hashOf("commitment"), bondWei: 0n },
      START_MS,
    ),
  );
  const proof = one && other && equivocationProof(one, other);
  if (proof === undefined) throw new Error("no proof");
  return proof;
}

/** The requester's half of a receipt by author 0. */
function countersigned(terms: ReceiptTerms) {
  return { ...terms, requesterSignature: signReceipt(seedOf("node 1"), authors[0]?.nodeId ?? "", terms) };
}
