/** A small network made of seeds: the same keys, genesis and epochs for vectors, tests and benchmarks. */
import { sha256 } from "@noble/hashes/sha2.js";
import { encodeBundle } from "../../src/core/artifacts/bundle.ts";
import { genesisCid } from "../../src/core/artifacts/genesis.ts";
import { stateRoot } from "../../src/core/artifacts/state.ts";
import { bytesToHex, utf8ToBytes } from "../../src/core/bytes.ts";
import type { RegistrySnapshot } from "../../src/core/chain-types.ts";
import { cidOf } from "../../src/core/codec/dag-cbor.ts";
import { aggregateEpoch } from "../../src/core/epoch/aggregate-epoch.ts";
import { phaseWindow } from "../../src/core/epoch/clock.ts";
import { drawnFor, inOrderDrawn } from "../../src/core/epoch/committee.ts";
import { type EpochContext, epochContext } from "../../src/core/epoch/context.ts";
import { leaderOrder } from "../../src/core/epoch/leader.ts";
import { operatorAddress } from "../../src/core/epoch/root.ts";
import { utilityPpm } from "../../src/core/epoch/utility.ts";
import type { Genesis } from "../../src/core/genesis.ts";
import { createIdentity, type Identity } from "../../src/core/identity.ts";
import type { HeldOutResult } from "../../src/core/messages/attestation/schema.ts";
import { commitmentOf } from "../../src/core/messages/commit/schema.ts";
import type { Bodies, Kind } from "../../src/core/messages/kinds.ts";
import { type Message, signMessage, type TypedMessage } from "../../src/core/messages/message.ts";
import { inSetOrder } from "../../src/core/messages/message-set/schema.ts";
import type { Parameters } from "../../src/core/parameters.ts";
import { localParameters } from "../../src/core/presets.ts";
import type {
  Address,
  Cid,
  Delta,
  DenseDelta,
  Hash,
  Metrics,
  NodeId,
  ReportedMetrics,
} from "../../src/core/primitives.ts";
import { workChecks } from "../../src/core/scoring/work-checks.ts";
import type { State } from "../../src/core/state.ts";

export const START_MS = 1_700_000_000_000;
export const TOKEN_WEI = 10n ** 18n;

export function seedOf(name: string): Uint8Array {
  return sha256(utf8ToBytes(`parley vectors ${name}`));
}

export function hashOf(name: string): Hash {
  return bytesToHex(seedOf(name));
}

function addressOf(name: string): Address {
  return `0x${hashOf(name).slice(0, 40)}`;
}

export function makeGenesis(changes: Partial<Parameters> = {}): Genesis {
  return {
    version: 1,
    name: "vectors",
    startMs: START_MS,
    model: {
      manifestCid: cidOf(utf8ToBytes("model.json"), "raw"),
      environmentCid: cidOf(utf8ToBytes("environment"), "raw"),
      baseMetrics: { lossMicroNats: 5_000_000, accuracyPpm: 200_000 },
      rank: 2,
      tensors: [
        { name: "layers.0.q.b", shape: [2, 4] },
        { name: "layers.0.v.b", shape: [2, 3] },
      ],
    },
    chain: {
      chainId: 31_337,
      token: addressOf("token"),
      staking: addressOf("staking"),
      epochAnchor: addressOf("epoch anchor"),
      claims: addressOf("claims"),
      treasury: addressOf("treasury"),
      guardian: addressOf("guardian"),
      disputes: addressOf("disputes"),
      commitLog: addressOf("commit log"),
      modelRegistry: addressOf("model registry"),
      accountLinks: addressOf("account links"),
      anchorRewards: addressOf("anchor rewards"),
    },
    parameters: { ...localParameters(addressOf("foundation")), ...changes },
  };
}

/** One node with its log. */
export class Author {
  readonly identity: Identity;
  readonly operatorKey: Uint8Array;
  readonly account: Address;
  /** The last that it stood in. */
  registry: RegistrySnapshot | undefined;
  readonly #genesis: Genesis;
  #sequence = 0;
  #previous: Cid | null = null;

  constructor(genesis: Genesis, name: string) {
    this.#genesis = genesis;
    this.identity = createIdentity(seedOf(`node ${name}`));
    this.operatorKey = seedOf(`operator ${name}`);
    this.account = addressOf(`account ${name}`);
  }

  get nodeId(): string {
    return this.identity.nodeId;
  }

  sign<K extends Kind>(kind: K, body: Bodies[K], timestampMs: number): TypedMessage<K> {
    const message = signMessage({
      network: genesisCid(this.#genesis),
      secretKey: this.identity.secretKey,
      sequence: this.#sequence,
      previous: this.#previous,
      timestampMs,
      kind,
      body,
    });
    this.#sequence += 1;
    this.#previous = message.cid;
    return message;
  }
}

export function makeAuthors(genesis: Genesis, count: number): Author[] {
  return Array.from({ length: count }, (_, i) => new Author(genesis, `${i}`));
}

/** Author i has (i + 1) × 100 tokens at stake. */
export function makeRegistry(authors: readonly Author[], blockNumber = 7): RegistrySnapshot {
  const entries = authors.map((author, i) => ({
    nodeId: author.nodeId,
    operator: operatorAddress(author.operatorKey),
    account: author.account,
    stakeWei: BigInt(i + 1) * 100n * TOKEN_WEI,
    delegatedWei: 0n,
    lockedUntilMs: 0,
  }));
  entries.sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1));
  const registry = { blockNumber, blockHash: hashOf(`block ${blockNumber}`), entries };
  for (const author of authors) author.registry = registry;
  return registry;
}

/** Pseudo-random delta of the genesis' shapes; the same for the same name. */
export function makeDelta(genesis: Genesis, name: string, exponent = -6): DenseDelta {
  return {
    type: "adapter",
    rank: genesis.model.rank,
    tensors: genesis.model.tensors.map(({ name: tensor, shape }) => {
      const data = new Int8Array(shape[0] * shape[1]);
      for (let i = 0; i < data.length; i++) {
        const byte = seedOf(`delta ${name} ${tensor} ${i >> 5}`)[i & 31] ?? 0;
        data[i] = Math.max(-127, byte - 128);
      }
      return { name: tensor, shape, exponent, data };
    }),
  };
}

export function reported(state: State, metrics: Metrics): ReportedMetrics {
  return { ...metrics, utilityPpm: utilityPpm(state.modelMetrics, metrics) };
}

export interface Submitted {
  readonly commit: TypedMessage<"commit">;
  readonly submission: TypedMessage<"submission">;
  readonly bundleBytes: Uint8Array;
}

export interface SubmitOptions {
  readonly epoch: number;
  readonly metrics: Metrics;
  readonly confidencePpm?: number;
  readonly delta?: Delta;
}

/** Commit and reveal of one author, in time. */
export function submit(genesis: Genesis, state: State, author: Author, options: SubmitOptions): Submitted {
  const { epoch, metrics, confidencePpm = 550_000 } = options;
  const name = `${author.nodeId} ${epoch}`;
  const evaluation = reported(state, metrics);
  const bundleBytes = encodeBundle(genesis, {
    version: 1,
    delta: options.delta ?? makeDelta(genesis, name),
    training: {
      environmentCid: genesis.model.environmentCid,
      baseModelVersion: state.modelVersion,
      seed: 1,
      steps: 4,
      batchSize: 2,
      sequenceTokens: 16,
      learningRatePpm: 1_000,
      pairCount: 2,
      provider: "wasm",
      lossBeforeMicroNats: 3_000_000,
      lossAfterMicroNats: 2_500_000,
    },
    evaluation,
    environmentCid: genesis.model.environmentCid,
  });
  const deltaCid = cidOf(bundleBytes);
  const salt = hashOf(`salt ${name}`);
  const commitMs = phaseWindow(genesis, epoch, "commit").startMs + 1_000;
  const revealMs = phaseWindow(genesis, epoch, "reveal").startMs + 1_000;
  const commitment = commitmentOf(author.nodeId, deltaCid, salt);
  const commit = author.sign("commit", { epoch, commitment, bondWei: TOKEN_WEI }, commitMs);
  const submission = author.sign(
    "submission",
    {
      epoch,
      baseModelVersion: state.modelVersion,
      deltaCid,
      deltaType: "adapter",
      reportedMetrics: evaluation,
      confidencePpm,
      salt,
      stakeWei: 100n * TOKEN_WEI,
      proof: null,
    },
    revealMs,
  );
  submittedOn.set(submission, state);
  return { commit, submission, bundleBytes };
}

/** The state that a submission follows, so that validators know who is drawn for it. */
const submittedOn = new WeakMap<TypedMessage<"submission">, State>();

/** Stands for the digest that only running the benchmark gives. */
export function workDigestOf(nodeId: NodeId, deltaCid: Cid): Hash {
  return hashOf(`work ${nodeId} ${deltaCid}`);
}

export interface AttestOptions {
  /** Who else was drawn, in order; by default who is, in the last registry that the validator stood in. */
  readonly drawn?: readonly NodeId[];
  readonly timestampMs?: number;
  readonly heldOut?: HeldOutResult;
  /** Said instead of what the work gives. */
  readonly lies?: Partial<Pick<Bodies["attestation"], "workDigest" | "checks">>;
}

/** A finding of one validator; without `reason` it passes. With metrics, it shows the work. */
export function attest(
  genesis: Genesis,
  author: Author,
  submission: TypedMessage<"submission">,
  metrics: ReportedMetrics | null,
  reason: string | null = null,
  options: AttestOptions = {},
): TypedMessage<"attestation"> {
  const { epoch, deltaCid } = submission.envelope.body;
  const { drawn = drawnOf(genesis, author, submission), heldOut = null, lies = {} } = options;
  const { timestampMs = phaseWindow(genesis, epoch, "verify").startMs + 1_000 } = options;
  const digests = drawn.map((nodeId) => workDigestOf(nodeId, deltaCid));
  const body = {
    epoch,
    submission: submission.cid,
    deltaCid,
    pass: reason === null,
    reason,
    metrics,
    workDigest: metrics === null ? null : workDigestOf(author.nodeId, deltaCid),
    checks: metrics === null ? [] : workChecks(author.nodeId, digests),
    heldOut,
    environmentCid: genesis.model.environmentCid,
    ...lies,
  };
  return author.sign("attestation", body, timestampMs);
}

let lastContext: EpochContext | undefined;

/** Made once for all attestations of an epoch. */
function contextOf(genesis: Genesis, state: State, registry: RegistrySnapshot, epoch: number): EpochContext {
  const isSame =
    lastContext?.genesis === genesis &&
    lastContext.state === state &&
    lastContext.registry === registry &&
    lastContext.epoch === epoch;
  const context = isSame && lastContext ? lastContext : epochContext(genesis, state, registry, epoch);
  lastContext = context;
  return context;
}

function drawnOf(
  genesis: Genesis,
  { registry }: Author,
  submission: TypedMessage<"submission">,
): readonly NodeId[] {
  const state = submittedOn.get(submission);
  if (state === undefined || registry === undefined) return [];
  const { author, body } = submission.envelope;
  return inOrderDrawn(drawnFor(contextOf(genesis, state, registry, body.epoch), author));
}

/** Attestations of the whole committee, all honest about the reported metrics. */
export function attestAll(
  genesis: Genesis,
  state: State,
  authors: readonly Author[],
  registry: RegistrySnapshot,
  submission: TypedMessage<"submission">,
): TypedMessage<"attestation">[] {
  const { author, body } = submission.envelope;
  const found = drawnFor(contextOf(genesis, state, registry, body.epoch), author);
  return found.committee.flatMap((nodeId) => {
    const validator = authors.find((one) => one.nodeId === nodeId);
    const drawn = inOrderDrawn(found);
    return validator === undefined
      ? []
      : [attest(genesis, validator, submission, body.reportedMetrics, null, { drawn })];
  });
}

export interface SetOptions {
  readonly epoch: number;
  readonly registry: RegistrySnapshot;
  readonly messages: readonly Message[];
  readonly artifacts: ReadonlyMap<Cid, Uint8Array>;
  /** Of the candidate; null is put in by itself when nothing is included. */
  readonly aggregateMetrics: Metrics;
  readonly round?: number;
}

/** The leader's message set. */
export function proposeSet(
  genesis: Genesis,
  state: State,
  authors: readonly Author[],
  options: SetOptions,
): TypedMessage<"message-set"> {
  const { epoch, registry, messages, round = 0 } = options;
  const order = leaderOrder(genesis, state, registry, epoch);
  const leader = authors.find(({ nodeId }) => nodeId === order[round % order.length]);
  if (leader === undefined) throw new Error("no leader among the authors");
  const { adapter } = aggregateEpoch(genesis, state, options);
  const body = {
    epoch,
    round,
    previousRoot: stateRoot(state),
    registry,
    messages: inSetOrder(messages.map(({ cid }) => cid)),
    aggregateMetrics: adapter === null ? null : options.aggregateMetrics,
    clusterMetrics: [],
  };
  return leader.sign("message-set", body, phaseWindow(genesis, epoch, "sign").startMs + 1_000);
}
