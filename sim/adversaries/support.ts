import { sha256 } from "@noble/hashes/sha2.js";
import { decodeBundle } from "../../src/core/artifacts/bundle.ts";
import { bytesToHex, utf8ToBytes } from "../../src/core/bytes.ts";
import { drawnFor, inOrderDrawn } from "../../src/core/epoch/committee.ts";
import { type EpochContext, epochContext } from "../../src/core/epoch/context.ts";
import { utilityPpm } from "../../src/core/epoch/utility.ts";
import type { TypedMessage } from "../../src/core/messages/message.ts";
import type {
  Cid,
  Delta,
  DenseDelta,
  Hash,
  Metrics,
  NodeId,
  ReportedMetrics,
} from "../../src/core/primitives.ts";
import { modelOf } from "../adapters/model/models.ts";
import { quantiseChange } from "../adapters/model/quantise.ts";
import type { AdversaryView } from "./adversary.ts";

type Submission = TypedMessage<"submission">;

/** Counts on the gang's board that a trick was played, so that no attack is silently none. */
export function note(view: AdversaryView, trick: string): void {
  view.board.set(trick, `${Number(view.board.get(trick) ?? "0") + 1}`);
}

/** A hash that nothing stands behind. */
export function madeUp(...about: readonly string[]): Hash {
  return bytesToHex(sha256(utf8ToBytes(`made up ${about.join(" ")}`)));
}

export function isOfGang(view: AdversaryView, nodeId: NodeId): boolean {
  return view.gang.includes(nodeId);
}

export function submissionOf(view: AdversaryView, epoch: number, cid: Cid): Submission | undefined {
  return view.held(epoch, "submission").find((submission) => submission.cid === cid);
}

export function contextOf(view: AdversaryView, epoch: number): EpochContext {
  return epochContext(view.genesis, view.state(), view.registry(epoch), epoch);
}

/** Committee and reserves of an author, in the order of work checks. */
export function drawnValidators(view: AdversaryView, epoch: number, author: NodeId): readonly NodeId[] {
  return inOrderDrawn(drawnFor(contextOf(view, epoch), author));
}

/** Metrics that hang together, whether they are true or not. */
export function withUtility(view: AdversaryView, metrics: Metrics): ReportedMetrics {
  const { lossMicroNats, accuracyPpm } = metrics;
  return { lossMicroNats, accuracyPpm, utilityPpm: utilityPpm(view.state().modelMetrics, metrics) };
}

/** A delta that changes nothing, and costs nothing to make. */
export function emptyDelta(view: AdversaryView): DenseDelta {
  const { rank, tensors } = view.genesis.model;
  const data = new Int32Array(tensors.reduce((sum, { shape }) => sum + shape[0] * shape[1], 0));
  return { type: "adapter", rank, tensors: quantiseChange(tensors, data) };
}

/** The delta that a submission is about; undefined when its bundle is out of reach. */
export function deltaOf(view: AdversaryView, submission: Submission): Delta | undefined {
  const bytes = view.artifact(submission.envelope.body.deltaCid);
  return bytes === undefined ? undefined : decodeBundle(view.genesis, bytes).delta;
}

export function measureVersion(
  view: AdversaryView,
  adapter: Parameters<ReturnType<typeof modelOf>["measure"]>[0],
): Metrics {
  return modelOf(view.genesis).measure(adapter).metrics;
}
