/** Good bodies of every kind, and what breaks each: the source of vectors/messages/. */
import { concatBytes, hexToBytes } from "../../src/core/bytes.ts";
import { cidOf, parseCid } from "../../src/core/codec/dag-cbor.ts";
import { epochRootDigest, signDigest } from "../../src/core/epoch/root.ts";
import { LIMITS } from "../../src/core/limits.ts";
import type { Bodies, Kind } from "../../src/core/messages/kinds.ts";
import { equivocationProof, evidenceOf } from "../../src/core/messages/log.ts";
import { inSetOrder } from "../../src/core/messages/message-set/schema.ts";
import { type ReceiptTerms, signReceipt } from "../../src/core/messages/receipt/schema.ts";
import { isChangeable } from "../../src/core/parameter-kinds.ts";
import type { Parameters } from "../../src/core/parameters.ts";
import { hashOf, makeAuthors, makeGenesis, makeRegistry, START_MS, seedOf, TOKEN_WEI } from "./world.ts";

export const genesis = makeGenesis();
export const authors = makeAuthors(genesis, 3);

/** Wire form of a body, as plain data. */
export type Wire = Record<string, unknown>;

export interface Samples<K extends Kind> {
  readonly good: Readonly<Record<string, Bodies[K]>>;
  /** Changes of the first good body's wire form that must be refused with code schema. */
  readonly broken: Readonly<Record<string, (body: Wire) => Wire>>;
  /** The same with other codes. */
  readonly refused?: Readonly<Record<string, readonly [code: string, change: (body: Wire) => Wire]>>;
}

const someCid = (name: string) => cidOf(seedOf(name));
const metrics = { lossMicroNats: 4_900_000, accuracyPpm: 210_000, utilityPpm: 20_000 };
const LARGEST = { lossMicroNats: Number.MAX_SAFE_INTEGER, accuracyPpm: 1_000_000, utilityPpm: 1_000_000 };
const root = {
  epoch: 3,
  previousRoot: hashOf("previous root"),
  stateRoot: hashOf("state root"),
  claimsRoot: hashOf("claims root"),
  manifestDigest: hashOf("manifest"),
  snapshotBlock: 7,
};

const CLUSTERS = [someCid("cluster 0"), someCid("cluster 1")].sort();
const HELD_OUT = { tasks: parseCid(someCid("tasks")), lossBeforeMicroNats: 2, lossMicroNats: 1 };

const change = (field: string, value: unknown) => (body: Wire) => ({ ...body, [field]: value });
const NEGATIVE_EPOCH = { "epoch negative": change("epoch", -1), "epoch unsafe": change("epoch", 2n ** 60n) };

export const SAMPLES: { readonly [K in Kind]: Samples<K> } = {
  commit: {
    good: {
      "with a bond": { epoch: 3, commitment: hashOf("commitment"), bondWei: TOKEN_WEI },
      "without a bond": { epoch: 0, commitment: hashOf("commitment"), bondWei: 0n },
      "largest numbers": {
        epoch: Number.MAX_SAFE_INTEGER,
        commitment: hashOf("commitment"),
        bondWei: 2n ** 256n - 1n,
      },
    },
    broken: {
      ...NEGATIVE_EPOCH,
      "commitment too short": change("commitment", new Uint8Array(31)),
      "bond with leading zero": change("bondWei", Uint8Array.of(0, 1)),
      "bond above uint256": change("bondWei", new Uint8Array(33).fill(1)),
    },
  },
  submission: {
    good: {
      plain: {
        epoch: 3,
        baseModelVersion: someCid("adapter"),
        deltaCid: someCid("bundle"),
        deltaType: "adapter",
        reportedMetrics: metrics,
        confidencePpm: 1_000_000,
        salt: hashOf("salt"),
        stakeWei: 100n * TOKEN_WEI,
        proof: null,
      },
      "sparse, with a proof and the largest numbers": {
        epoch: Number.MAX_SAFE_INTEGER,
        baseModelVersion: someCid("adapter"),
        deltaCid: someCid("bundle"),
        deltaType: "sparse",
        reportedMetrics: LARGEST,
        confidencePpm: 0,
        salt: hashOf("salt"),
        stakeWei: 2n ** 256n - 1n,
        proof: someCid("proof"),
      },
      full: {
        epoch: 3,
        baseModelVersion: someCid("adapter"),
        deltaCid: someCid("bundle"),
        deltaType: "full",
        reportedMetrics: metrics,
        confidencePpm: 1,
        salt: hashOf("salt"),
        stakeWei: 0n,
        proof: null,
      },
    },
    broken: {
      ...NEGATIVE_EPOCH,
      "confidence above one": change("confidencePpm", 1_000_001),
      "confidence as a float": change("confidencePpm", 0.5),
      "unknown delta type": change("deltaType", "dense"),
      "proof as text": change("proof", someCid("proof")),
      "salt too short": change("salt", new Uint8Array(16)),
      "metrics incomplete": change("reportedMetrics", { lossMicroNats: 1, accuracyPpm: 1 }),
      "accuracy above one": change("reportedMetrics", { ...metrics, accuracyPpm: 1_000_001 }),
    },
  },
  attestation: {
    good: {
      pass: {
        epoch: 3,
        submission: someCid("submission"),
        deltaCid: someCid("bundle"),
        pass: true,
        reason: null,
        metrics,
        workDigest: hashOf("work"),
        checks: [],
        heldOut: null,
        environmentCid: genesis.model.environmentCid,
      },
      "fail after the benchmark": {
        epoch: 3,
        submission: someCid("submission"),
        deltaCid: someCid("bundle"),
        pass: false,
        reason: "metrics-mismatch",
        metrics,
        workDigest: hashOf("work"),
        checks: [],
        heldOut: null,
        environmentCid: genesis.model.environmentCid,
      },
      "fail before the benchmark": {
        epoch: 3,
        submission: someCid("submission"),
        deltaCid: someCid("bundle"),
        pass: false,
        reason: "delta-norm",
        metrics: null,
        workDigest: null,
        checks: [],
        heldOut: null,
        environmentCid: genesis.model.environmentCid,
      },
      "of the largest committee, with held-out tasks and the largest numbers": {
        epoch: Number.MAX_SAFE_INTEGER,
        submission: someCid("submission"),
        deltaCid: someCid("bundle"),
        pass: false,
        reason: "a".repeat(48),
        metrics: LARGEST,
        workDigest: hashOf("work"),
        checks: Array.from({ length: 2 * LIMITS.committeeMembers }, (_, i) =>
          hashOf(`check ${i}`).slice(0, 32),
        ),
        heldOut: {
          tasks: someCid("tasks"),
          lossBeforeMicroNats: Number.MAX_SAFE_INTEGER,
          lossMicroNats: Number.MAX_SAFE_INTEGER,
        },
        environmentCid: genesis.model.environmentCid,
      },
    },
    broken: {
      ...NEGATIVE_EPOCH,
      "pass with a reason": change("reason", "delta-norm"),
      "fail without a reason": change("pass", false),
      "pass without metrics": (body) => ({ ...body, metrics: null, workDigest: null }),
      "metrics without digest": change("workDigest", null),
      "reason with spaces": (body) => ({ ...body, pass: false, reason: "no good" }),
      "check too short": change("checks", [new Uint8Array(15)]),
      "too many checks": change(
        "checks",
        Array.from({ length: 2 * LIMITS.committeeMembers + 1 }, () => new Uint8Array(16)),
      ),
      "checks without metrics": (body) => ({ ...unmeasured(body), checks: [new Uint8Array(16)] }),
      "held-out result without metrics": (body) => ({ ...unmeasured(body), heldOut: HELD_OUT }),
      "held-out loss negative": change("heldOut", { ...HELD_OUT, lossMicroNats: -1 }),
    },
  },
  "message-set": {
    good: {
      plain: {
        epoch: 3,
        round: 0,
        previousRoot: hashOf("previous root"),
        registry: makeRegistry(authors),
        messages: inSetOrder([someCid("a"), someCid("b"), someCid("c")]),
        aggregateMetrics: { lossMicroNats: 4_800_000, accuracyPpm: 220_000 },
        clusterMetrics: [],
      },
      "with clusters": {
        epoch: 3,
        round: LIMITS.roundsPerEpoch,
        previousRoot: hashOf("previous root"),
        registry: makeRegistry(authors),
        messages: inSetOrder([someCid("a")]),
        aggregateMetrics: { lossMicroNats: 4_800_000, accuracyPpm: 220_000 },
        clusterMetrics: CLUSTERS.map((cluster) => ({
          cluster,
          metrics: { lossMicroNats: 4_700_000, accuracyPpm: 230_000 },
        })),
      },
      empty: {
        epoch: 4,
        round: 2,
        previousRoot: hashOf("previous root"),
        registry: { blockNumber: 0, blockHash: hashOf("block"), entries: [] },
        messages: [],
        aggregateMetrics: null,
        clusterMetrics: [],
      },
    },
    broken: {
      ...NEGATIVE_EPOCH,
      "round above the limit": change("round", 1_001),
      "messages out of order": (body) => ({ ...body, messages: concatBytes(...digestsOf(body).reverse()) }),
      "a message twice": (body) => ({
        ...body,
        messages: concatBytes(...digestsOf(body).slice(0, 1), ...digestsOf(body)),
      }),
      "a digest cut off": (body) => ({ ...body, messages: concatBytes(...digestsOf(body)).subarray(1) }),
      "registry out of order": (body) => {
        const registry: Wire = Object(body.registry);
        return { ...body, registry: { ...registry, entries: listOf(registry.entries).reverse() } };
      },
      "accuracy above one": change("aggregateMetrics", { lossMicroNats: 1, accuracyPpm: 1_000_001 }),
      "clusters out of order": change(
        "clusterMetrics",
        [...CLUSTERS].reverse().map((cluster) => ({
          cluster: parseCid(cluster),
          metrics: { lossMicroNats: 1, accuracyPpm: 1 },
        })),
      ),
    },
  },
  "epoch-vote": {
    good: {
      plain: {
        epoch: 3,
        round: 0,
        messageSet: someCid("message set"),
        root,
        operatorSignature: signDigest(epochRootDigest(genesis.chain, root), seedOf("operator 0")),
      },
    },
    broken: {
      ...NEGATIVE_EPOCH,
      "root of another epoch": change("epoch", 4),
      "signature too short": change("operatorSignature", new Uint8Array(64)),
    },
  },
  proposal: {
    good: {
      plain: {
        title: "Longer commits",
        text: "Set commitMs to 30,000.",
        proposalType: "protocol.parameter",
        changes: null,
      },
      "longest title": {
        title: "é".repeat(120),
        text: "🙂",
        proposalType: "protocol.parameter",
        changes: null,
      },
      "with changes": {
        title: "Five validators",
        text: "Three are too few.",
        proposalType: "protocol.parameter",
        changes: { committeeSize: 5, minimumStakeWei: 50n * TOKEN_WEI, heldOutKeeper: null },
      },
      "of everything, in the longest words": {
        title: "🙂".repeat(LIMITS.proposalTitleCharacters),
        text: "🙂".repeat(LIMITS.proposalTextCharacters),
        proposalType: "protocol.parameter",
        changes: everyChange(),
      },
    },
    broken: {
      "empty title": change("title", ""),
      "title too long": change("title", "x".repeat(121)),
      "text too long": change("text", "x".repeat(4_001)),
      "unknown type": change("proposalType", "protocol.upgrade"),
      "a change of nothing": change("changes", {}),
      "a value out of its range": change("changes", { committeeSize: 0 }),
      "an amount above a billion tokens": change("changes", { commitBondWei: new Uint8Array(12).fill(255) }),
      "a parameter that is no number": change("changes", { committeeSize: "5" }),
    },
    refused: {
      "a parameter that nobody may change": ["unknown-field", change("changes", { registryLagMs: 1 })],
      "a parameter that does not exist": ["unknown-field", change("changes", { tea: 1 })],
    },
  },
  ballot: {
    good: {
      for: { proposal: someCid("proposal"), choice: "for" },
      against: { proposal: someCid("proposal"), choice: "against" },
      abstain: { proposal: someCid("proposal"), choice: "abstain" },
    },
    broken: {
      "unknown choice": change("choice", "maybe"),
      "proposal as text": change("proposal", someCid("proposal")),
    },
  },
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

/** All that may be changed at once, each in the longest form that it can have. */
function everyChange() {
  const parameters: Parameters = { ...genesis.parameters, heldOutKeeper: authors[0]?.nodeId ?? null };
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => isChangeable(name)));
}

function unmeasured(body: Wire): Wire {
  return { ...body, pass: false, reason: "delta-norm", metrics: null, workDigest: null };
}

/** The requester's half of a receipt by author 0. */
function countersigned(terms: ReceiptTerms) {
  return { ...terms, requesterSignature: signReceipt(seedOf("node 1"), authors[0]?.nodeId ?? "", terms) };
}

function digestsOf(body: Wire): Uint8Array[] {
  const all = body.messages instanceof Uint8Array ? body.messages : new Uint8Array();
  return Array.from({ length: all.length >> 5 }, (_, i) => all.slice(i * 32, i * 32 + 32));
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? [...value] : [];
}
