import { decodeAdapter } from "../../../core/artifacts/adapter.ts";
import { decodeBundle } from "../../../core/artifacts/bundle.ts";
import { decodeTrainingData, type PublicTrainingData } from "../../../core/artifacts/training-data.ts";
import type { Cid } from "../../../core/primitives.ts";
import type { VerdictRecord } from "../../../core/state.ts";
import { replayTraining } from "../../audit/replay-training.ts";
import { fetchArtifact } from "./examine.ts";
import { Remembered } from "./remembered.ts";
import type { DutyContext } from "./situation.ts";

/** "nothing-public": its author published no data, as most do; "cannot-tell": this node could not do what others may. */
export type TrainedAgain = "same" | "differs" | "nothing-public" | "cannot-tell";

const remembered = new Remembered<TrainedAgain>();

/** What this node found when it trained again, since it was started. */
export function recallTraining(context: DutyContext, submission: Cid): TrainedAgain | undefined {
  return remembered.get(context, submission);
}

/**
 * The deeper audit: trains once more on data that the author made public, and compares every bit that the record of the run
 * names. A sparse delta holds what earlier runs left over too, so it cannot be compared. Errors: the trainer's.
 */
export async function trainAgain(
  context: DutyContext,
  submission: Cid,
  record: VerdictRecord,
): Promise<TrainedAgain> {
  const known = recallTraining(context, submission);
  if (known !== undefined) return known;
  const found = await compare(context, submission, record);
  if (found !== "cannot-tell") remembered.set(context, submission, found);
  return found;
}

async function compare(context: DutyContext, cid: Cid, record: VerdictRecord): Promise<TrainedAgain> {
  const { genesis, trainer } = context.dependencies;
  const submission = await context.log.load(cid);
  if (submission?.kind !== "submission") return "cannot-tell";
  const { proof } = submission.envelope.body;
  if (proof === null) return "nothing-public";
  const [dataBytes, bundleBytes, versionBytes] = await Promise.all(
    [proof, record.deltaCid, record.baseModelVersion].map((wanted) => fetchArtifact(context, wanted)),
  );
  if (dataBytes === undefined || bundleBytes === undefined || versionBytes === undefined)
    return "cannot-tell";
  const data = readData(dataBytes);
  const { delta, training } = decodeBundle(genesis, bundleBytes);
  if (data === undefined || delta.type === "sparse") return "nothing-public";
  const adapter = decodeAdapter(genesis, versionBytes);
  const { pairs, known, unwanted } = data;
  const given = { pairs, known, adapter, ...(unwanted.length > 0 && { unwanted }) };
  const { outcome } = await replayTraining(trainer, { delta, record: training }, given);
  if (outcome === "same" || outcome === "differs") return outcome;
  return outcome === "other-environment" ? "cannot-tell" : "nothing-public";
}

/** Undefined when `proof` names something else. */
function readData(bytes: Uint8Array): PublicTrainingData | undefined {
  try {
    return decodeTrainingData(bytes);
  } catch {
    return undefined;
  }
}
