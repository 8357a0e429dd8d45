import { floorDiv } from "../fixed-point/integers.ts";
import type { Cid, Delta, NodeId } from "../primitives.ts";
import type { ClusterState } from "../state.ts";
import { type ClusterSettings, ONE_PPM } from "./settings.ts";
import { cosinePpm, sketchOf } from "./sketch.ts";

/** What remains of a cluster's direction from one epoch with deltas of its own to the next. */
const MEMORY_PPM = 900_000;
/** A cluster that got no delta for so many epochs is given up. */
export const IDLE_EPOCHS = 100;

export interface AuthoredDelta {
  /** CID of the bundle. */
  readonly cid: Cid;
  readonly author: NodeId;
  readonly delta: Delta;
}

export interface ClusterInput {
  readonly epoch: number;
  readonly settings: ClusterSettings;
  /** Adapter version that a new cluster begins with: zeros. */
  readonly emptyAdapter: Cid;
  /** Nodes of the epoch's registry; others are no longer members of anything. */
  readonly staked: ReadonlySet<NodeId>;
}

export interface ClusterAssignment {
  /** Ascending by id. Adapters are those of before: the caller moves them. */
  readonly clusters: readonly ClusterState[];
  /** Cluster's id by the author of a delta. */
  readonly clusterOf: ReadonlyMap<NodeId, Cid>;
}

interface Draft {
  readonly id: Cid;
  readonly adapter: Cid;
  direction: readonly number[];
  members: ReadonlySet<NodeId>;
  lastEpoch: number;
}

/**
 * Sorts an epoch's accepted deltas into clusters by direction. Deltas come in ascending order of CID, then author, whatever
 * order they are given in. Each joins the cluster whose direction has the largest cosine with its sketch, of equals the
 * smallest id; when that cosine is below `similarityPpm` and there is room, it founds a cluster, which bears its CID.
 * A direction is a running sum: it fades to nine tenths with the first delta of an epoch. A node belongs to the cluster of
 * its last delta. One delta an author. With `maximum` 0 there are no clusters.
 */
export function assignClusters(
  before: readonly ClusterState[],
  deltas: readonly AuthoredDelta[],
  input: ClusterInput,
): ClusterAssignment {
  const { epoch, settings, staked } = input;
  const drafts = before
    .filter(({ lastEpoch }) => settings.maximum > 0 && epoch - lastEpoch <= IDLE_EPOCHS)
    .toSorted(byId)
    .slice(0, settings.maximum)
    .map((cluster): Draft => ({ ...cluster, members: new Set(cluster.members) }));
  const clusterOf = new Map<NodeId, Cid>();
  if (settings.maximum > 0) {
    for (const entry of deltas.toSorted(byCidAndAuthor)) {
      clusterOf.set(entry.author, assign(drafts, entry, input));
    }
  }
  const clusters = drafts
    .map((draft) => ({ ...draft, members: membersOf(draft, clusterOf, staked) }))
    .toSorted(byId);
  return { clusters, clusterOf };
}

function assign(drafts: Draft[], { cid, delta }: AuthoredDelta, input: ClusterInput): Cid {
  const { settings, emptyAdapter, epoch } = input;
  const sketch = sketchOf(delta);
  const nearest = nearestOf(drafts, sketch);
  const isNear = nearest !== undefined && nearest.similarityPpm >= settings.similarityPpm;
  const founds = !isNear && drafts.length < settings.maximum && drafts.every(({ id }) => id !== cid);
  if (nearest === undefined || founds) {
    drafts.push({ id: cid, adapter: emptyAdapter, direction: sketch, members: new Set(), lastEpoch: epoch });
    return cid;
  }
  join(nearest.draft, sketch, epoch);
  return nearest.draft.id;
}

function nearestOf(drafts: readonly Draft[], sketch: readonly number[]) {
  let nearest: { draft: Draft; similarityPpm: number } | undefined;
  for (const draft of drafts) {
    const similarityPpm = cosinePpm(draft.direction, sketch);
    const isNearer =
      nearest === undefined ||
      similarityPpm > nearest.similarityPpm ||
      (similarityPpm === nearest.similarityPpm && draft.id < nearest.draft.id);
    if (isNearer) nearest = { draft, similarityPpm };
  }
  return nearest;
}

function join(draft: Draft, sketch: readonly number[], epoch: number): void {
  const memoryPpm = draft.lastEpoch === epoch ? ONE_PPM : MEMORY_PPM;
  draft.direction = draft.direction.map(
    (value, i) => floorDiv(value * memoryPpm, ONE_PPM) + (sketch[i] ?? 0),
  );
  draft.lastEpoch = epoch;
}

function membersOf(
  { id, members }: Draft,
  clusterOf: ReadonlyMap<NodeId, Cid>,
  staked: ReadonlySet<NodeId>,
): NodeId[] {
  const joined = [...clusterOf].filter(([, cluster]) => cluster === id).map(([author]) => author);
  const stayed = [...members].filter((node) => !clusterOf.has(node));
  return [...stayed, ...joined].filter((node) => staked.has(node)).toSorted();
}

function byId(a: { readonly id: Cid }, b: { readonly id: Cid }): number {
  return a.id < b.id ? -1 : 1;
}

function byCidAndAuthor(a: AuthoredDelta, b: AuthoredDelta): number {
  if (a.cid !== b.cid) return a.cid < b.cid ? -1 : 1;
  return a.author < b.author ? -1 : 1;
}
