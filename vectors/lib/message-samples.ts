/** Good bodies of every kind, and what breaks each: the source of vectors/messages/. */
import { concatBytes } from "../../src/core/bytes.ts";
import { parseCid } from "../../src/core/codec/dag-cbor.ts";
import { epochRootDigest, signDigest } from "../../src/core/epoch/root.ts";
import { LIMITS } from "../../src/core/limits.ts";
import type { Kind } from "../../src/core/messages/kinds.ts";
import { inSetOrder } from "../../src/core/messages/message-set/schema.ts";
import { isChangeable } from "../../src/core/parameter-kinds.ts";
import type { Parameters } from "../../src/core/parameters.ts";
import {
  authors,
  change,
  genesis,
  metrics,
  NEGATIVE_EPOCH,
  type Samples,
  someCid,
  type Wire,
} from "./sample-parts.ts";
import { WORK_SAMPLES } from "./work-samples.ts";
import { hashOf, makeRegistry, seedOf, TOKEN_WEI } from "./world.ts";

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
  ...WORK_SAMPLES,
};

/** All that may be changed at once, each in the longest form that it can have. */
function everyChange() {
  const parameters: Parameters = { ...genesis.parameters, heldOutKeeper: authors[0]?.nodeId ?? null };
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => isChangeable(name)));
}

function unmeasured(body: Wire): Wire {
  return { ...body, pass: false, reason: "delta-norm", metrics: null, workDigest: null };
}

function digestsOf(body: Wire): Uint8Array[] {
  const all = body.messages instanceof Uint8Array ? body.messages : new Uint8Array();
  return Array.from({ length: all.length >> 5 }, (_, i) => all.slice(i * 32, i * 32 + 32));
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? [...value] : [];
}
