/** State on the wire: a DAG-CBOR map of named sections. The state root is the Merkle root over the sections. */

import { concatBytes, utf8ToBytes, ZERO_HASH } from "../bytes.ts";
import { decodeBlock, encodeBlock, type Schema, toWire } from "../codec/block.ts";
import { encodeCbor } from "../codec/dag-cbor.ts";
import {
  address,
  cid,
  count,
  epoch,
  hash,
  integer,
  metrics,
  nodeId,
  ppm,
  text,
  timestampMs,
  wei,
} from "../codec/fields.ts";
import { registrySnapshot } from "../codec/shared.ts";
import { sortedMap } from "../codec/sorted-map.ts";
import { z } from "../codec/zod.ts";
import type { Genesis } from "../genesis.ts";
import { LIMITS } from "../limits.ts";
import { merkleRoot } from "../merkle/rfc6962.ts";
import type { Hash } from "../primitives.ts";
import type { CountedBallot, ProposalState, State } from "../state.ts";
import { adapterCid, emptyAdapter } from "./adapter.ts";
import { genesisCid } from "./genesis.ts";

export const CALIBRATION_BUCKETS = 10;

const countedBallot: Schema<CountedBallot> = z.strictObject({
  choice: z.enum(["for", "against", "abstain"]),
  sequence: count,
});

const proposalState: Schema<ProposalState> = z.strictObject({
  author: nodeId,
  title: text(1, LIMITS.proposalTitleCharacters),
  status: z.enum(["open", "passed", "failed"]),
  openedInEpoch: epoch,
  closesAtMs: timestampMs,
  weights: sortedMap(nodeId, wei),
  ballots: sortedMap(nodeId, countedBallot),
  forWei: wei,
  againstWei: wei,
  abstainWei: wei,
  quorumWei: wei,
});

/** In the order in which they are leaves of the state root. */
const SECTIONS = {
  header: z.strictObject({ version: z.literal(1), network: cid, epoch: integer(-1), previousRoot: hash }),
  model: z.strictObject({
    modelVersion: cid,
    modelMetrics: metrics,
    guard: z.strictObject({
      published: z.boolean(),
      reason: z.enum(["nothing-included", "loss-not-lower"]).nullable(),
      aggregateMetrics: metrics.nullable(),
    }),
  }),
  registry: registrySnapshot,
  reputations: sortedMap(nodeId, ppm),
  calibration: z
    .array(z.strictObject({ count, utilitySumPpm: count }))
    .length(CALIBRATION_BUCKETS)
    .readonly(),
  balances: z.strictObject({ balancesDue: sortedMap(address, wei), issuedWei: wei }),
  proposals: sortedMap(cid, proposalState),
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
    ...value.model,
    registry: value.registry,
    reputations: value.reputations,
    calibration: value.calibration,
    ...value.balances,
    proposals: value.proposals,
  };
}

const knownRoots = new WeakMap<State, Hash>();

/** RFC 6962 root; leaf = utf8(section name) ‖ 0x00 ‖ DAG-CBOR of the section. Remembered by object: states never change. */
export function stateRoot(state: State): Hash {
  const known = knownRoots.get(state);
  if (known !== undefined) return known;
  const wire = Object(toWire<Sections>(sections, "state", sectionsOf(state)));
  const leaves = Object.keys(SECTIONS).map((name) =>
    concatBytes(utf8ToBytes(name), Uint8Array.of(0), encodeCbor(wire[name])),
  );
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
    modelVersion: adapterCid(genesis, emptyAdapter(genesis)),
    modelMetrics: genesis.model.baseMetrics,
    registry: { blockNumber: 0, blockHash: ZERO_HASH, entries: [] },
    reputations: new Map(),
    calibration: Array.from({ length: CALIBRATION_BUCKETS }, () => ({ count: 0, utilitySumPpm: 0 })),
    balancesDue: new Map(),
    issuedWei: 0n,
    proposals: new Map(),
    guard: { published: false, reason: "nothing-included", aggregateMetrics: null },
  };
}

function sectionsOf(state: State): Sections {
  const { version, network, epoch: lastEpoch, previousRoot, modelVersion, modelMetrics, guard } = state;
  return {
    header: { version, network, epoch: lastEpoch, previousRoot },
    model: { modelVersion, modelMetrics, guard },
    registry: state.registry,
    reputations: state.reputations,
    calibration: state.calibration,
    balances: { balancesDue: state.balancesDue, issuedWei: state.issuedWei },
    proposals: state.proposals,
  };
}
