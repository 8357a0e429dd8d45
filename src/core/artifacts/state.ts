/** State on the wire: a DAG-CBOR map of named sections. The state root is the Merkle root over the sections. */

import { concatBytes, hexToBytes, minimalBigEndian, utf8ToBytes, ZERO_HASH } from "../bytes.ts";
import { decodeBlock, encodeBlock, type Schema, toWire } from "../codec/block.ts";
import { encodeCbor } from "../codec/dag-cbor.ts";
import {
  address,
  cid,
  code,
  count,
  epoch,
  hash,
  integer,
  metrics,
  nodeId,
  ppm,
  reportedMetrics,
  text,
  timestampMs,
  wei,
} from "../codec/fields.ts";
import { registrySnapshot } from "../codec/shared.ts";
import { plainSortedMap, sortedMap } from "../codec/sorted-map.ts";
import { z } from "../codec/zod.ts";
import type { Genesis } from "../genesis.ts";
import { LIMITS } from "../limits.ts";
import { merkleRoot } from "../merkle/rfc6962.ts";
import { parameterChanges, parameters } from "../parameters.ts";
import type { Hash, NodeId } from "../primitives.ts";
import {
  type ClusterState,
  type CountedBallot,
  type DisputeState,
  PAYMENT_REASONS,
  type PendingPayment,
  type ProposalState,
  type State,
  type VerdictRecord,
} from "../state.ts";
import { adapterCid, emptyAdapter } from "./adapter.ts";
import { genesisCid } from "./genesis.ts";

export const CALIBRATION_BUCKETS = 10;

const countedBallot: Schema<CountedBallot> = z.strictObject({
  choice: z.enum(["for", "against", "abstain"]),
  sequence: count,
});

const asItIs = <T>(value: T): T => value;
const nodeBytes = (value: NodeId): Uint8Array => {
  if (value.length !== 64) throw new RangeError("a node id of another length");
  return hexToBytes(value);
};
const amounts = plainSortedMap(nodeId, wei, nodeBytes, minimalBigEndian);

const proposalState: Schema<ProposalState> = z.strictObject({
  author: nodeId,
  title: text(1, LIMITS.proposalTitleCharacters),
  changes: parameterChanges.nullable(),
  replaced: parameterChanges.nullable(),
  status: z.enum(["open", "passed", "failed", "void"]),
  openedInEpoch: epoch,
  closesAtMs: timestampMs,
  weights: amounts,
  ballots: plainSortedMap(nodeId, countedBallot, nodeBytes, asItIs),
  forWei: wei,
  againstWei: wei,
  abstainWei: wei,
  quorumWei: wei,
  passThresholdPpm: ppm,
  bondWei: wei,
});

const verdictRecord: Schema<VerdictRecord> = z.strictObject({
  epoch,
  author: nodeId,
  deltaCid: cid,
  baseModelVersion: cid,
  baseMetrics: metrics,
  reportedMetrics,
  passed: z.boolean(),
  reason: code.nullable(),
  metrics: reportedMetrics.nullable(),
  committee: z.array(nodeId).max(LIMITS.committeeMembers).readonly(),
  right: z.array(nodeId).max(LIMITS.committeeMembers).readonly(),
  dissent: sortedMap(nodeId, z.strictObject({ pass: z.boolean(), metrics: reportedMetrics.nullable() })),
  auditor: nodeId.nullable(),
});

const disputeState: Schema<DisputeState> = z.strictObject({
  submission: cid,
  disputer: nodeId,
  account: address,
  metrics: reportedMetrics.nullable(),
  bondWei: wei,
  openedInEpoch: epoch,
  closesInEpoch: epoch,
  stage: z.union([z.literal(1), z.literal(2)]),
  jury: z.array(nodeId).max(LIMITS.committeeMembers).readonly(),
  rulings: sortedMap(
    nodeId,
    z.strictObject({
      ruling: z.enum(["uphold", "overturn", "audit"]),
      metrics: reportedMetrics.nullable(),
    }),
  ),
  status: z.enum(["open", "upheld", "overturned", "expired"]),
});

const clusterState: Schema<ClusterState> = z.strictObject({
  id: cid,
  direction: z.array(z.int()).max(LIMITS.sketchValues).readonly(),
  adapter: cid,
  members: z.array(nodeId).max(LIMITS.registryEntries).readonly(),
  lastEpoch: epoch,
});

const pendingPayment: Schema<PendingPayment> = z.strictObject({
  dueInEpoch: epoch,
  account: address,
  nodeId: nodeId.nullable(),
  reason: z.enum(PAYMENT_REASONS),
  source: cid.nullable(),
  amountWei: wei,
});

/** In the order in which they are leaves of the state root. */
const SECTIONS = {
  header: z.strictObject({ version: z.literal(1), network: cid, epoch: integer(-1), previousRoot: hash }),
  parameters,
  model: z.strictObject({
    momentum: cid.nullable(),
    clusters: z.array(clusterState).max(64).readonly(),
    modelVersion: cid,
    modelMetrics: metrics,
    guard: z.strictObject({
      published: z.boolean(),
      reason: z.enum(["nothing-included", "loss-not-lower"]).nullable(),
      aggregateMetrics: metrics.nullable(),
    }),
  }),
  registry: registrySnapshot,
  reputations: plainSortedMap(nodeId, ppm, nodeBytes, asItIs),
  scoring: z.strictObject({
    calibration: z
      .array(z.strictObject({ count, utilitySumPpm: count }))
      .length(CALIBRATION_BUCKETS)
      .readonly(),
    heldOut: z.strictObject({ commitment: hash, epoch }).nullable(),
  }),
  verdicts: sortedMap(cid, verdictRecord),
  disputes: sortedMap(cid, disputeState),
  tombstones: sortedMap(nodeId, epoch),
  ledger: z.strictObject({
    balancesDue: sortedMap(address, wei),
    issuedWei: wei,
    chargedWei: amounts,
    poolWei: wei,
    pending: z.array(pendingPayment).readonly(),
    microRewards: sortedMap(nodeId, z.strictObject({ day: count, paidWei: wei })),
    requests: sortedMap(hash, epoch),
  }),
  governance: z.strictObject({
    proposals: sortedMap(cid, proposalState),
    proposers: plainSortedMap(nodeId, count, nodeBytes, asItIs),
  }),
};

const sections = z.strictObject(SECTIONS);
type Sections = z.output<typeof sections>;

export function encodeState(state: State): Uint8Array {
  return encodeBlock<Sections>(sections, "state", sectionsOf(state));
}

/** Errors: too-large, malformed-cbor, not-canonical, unknown-field, schema. */
export function decodeState(bytes: Uint8Array): State {
  const value = decodeBlock<Sections>(sections, "state", bytes, LIMITS.stateBytes);
  return {
    ...value.header,
    parameters: value.parameters,
    ...value.model,
    registry: value.registry,
    reputations: value.reputations,
    ...value.scoring,
    verdicts: value.verdicts,
    disputes: value.disputes,
    tombstones: value.tombstones,
    ...value.ledger,
    ...value.governance,
  };
}

const knownRoots = new WeakMap<State, Hash>();

/** RFC 6962 root; leaf = utf8(section name) ‖ 0x00 ‖ DAG-CBOR of the section. Remembered by object: states never change. */
export function stateRoot(state: State): Hash {
  const known = knownRoots.get(state);
  if (known !== undefined) return known;
  const values = Object(sectionsOf(state));
  // One section after another, so that of a large state only the bytes are held.
  const leaves = Object.entries(SECTIONS).map(([name, schema]) => {
    const wire = toWire<unknown>(schema, "state", values[name]);
    return concatBytes(utf8ToBytes(name), Uint8Array.of(0), encodeCbor(wire));
  });
  const root = merkleRoot(leaves);
  knownRoots.set(state, root);
  return root;
}

/** State before the first epoch: the base model unchanged, nothing due, nobody known. */
export function genesisState(genesis: Genesis): State {
  return {
    version: 1,
    network: genesisCid(genesis),
    epoch: -1,
    previousRoot: ZERO_HASH,
    parameters: genesis.parameters,
    momentum: null,
    clusters: [],
    modelVersion: adapterCid(genesis, emptyAdapter(genesis)),
    modelMetrics: genesis.model.baseMetrics,
    registry: { blockNumber: 0, blockHash: ZERO_HASH, entries: [] },
    reputations: new Map(),
    calibration: Array.from({ length: CALIBRATION_BUCKETS }, () => ({ count: 0, utilitySumPpm: 0 })),
    heldOut: null,
    verdicts: new Map(),
    disputes: new Map(),
    tombstones: new Map(),
    balancesDue: new Map(),
    issuedWei: 0n,
    chargedWei: new Map(),
    poolWei: 0n,
    pending: [],
    microRewards: new Map(),
    requests: new Map(),
    proposals: new Map(),
    proposers: new Map(),
    guard: { published: false, reason: "nothing-included", aggregateMetrics: null },
  };
}

function sectionsOf(state: State): Sections {
  const { version, network, epoch: lastEpoch, previousRoot } = state;
  const { momentum, clusters, modelVersion, modelMetrics, guard } = state;
  const { balancesDue, issuedWei, chargedWei, poolWei, pending, microRewards, requests } = state;
  return {
    header: { version, network, epoch: lastEpoch, previousRoot },
    parameters: state.parameters,
    model: { momentum, clusters, modelVersion, modelMetrics, guard },
    registry: state.registry,
    reputations: state.reputations,
    scoring: { calibration: state.calibration, heldOut: state.heldOut },
    verdicts: state.verdicts,
    disputes: state.disputes,
    tombstones: state.tombstones,
    ledger: { balancesDue, issuedWei, chargedWei, poolWei, pending, microRewards, requests },
    governance: { proposals: state.proposals, proposers: state.proposers },
  };
}
