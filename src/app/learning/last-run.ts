import { utf8ToBytes } from "../../core/bytes.ts";
import { z } from "../../core/codec/zod.ts";
import { LIMITS } from "../../core/limits.ts";
import { NETWORK_VALUE_PREFIX, type Store } from "../../ports/store.ts";
import type { TrainingRecord } from "../../ports/trainer.ts";

const KEY = `${NETWORK_VALUE_PREFIX}last-run`;

const FinishedRunSchema = z.strictObject({
  /** On the pairs; of a private run on the benchmark. */
  lossBeforeMicroNats: z.int(),
  lossAfterMicroNats: z.int(),
  /** Means of equal stretches of the run; none of a private run. */
  lossesMicroNats: z.array(z.int()).max(LIMITS.trainingCurvePoints),
  isPrivate: z.boolean(),
});

/** The training run that ended last, as a page shows it. */
export type FinishedRun = Readonly<z.infer<typeof FinishedRunSchema>>;

function finishedRun(record: TrainingRecord): FinishedRun {
  const { lossBeforeMicroNats, lossAfterMicroNats, proof, privacy } = record;
  const lossesMicroNats = [...(proof?.lossCurveMicroNats ?? [])];
  return { lossBeforeMicroNats, lossAfterMicroNats, lossesMicroNats, isPrivate: privacy !== undefined };
}

/** Keeps what a page shows of a run after a reload. */
export async function keepLastRun(
  store: Pick<Store, "setValue">,
  record: TrainingRecord,
): Promise<FinishedRun> {
  const run = finishedRun(record);
  await store.setValue(KEY, utf8ToBytes(JSON.stringify(run)));
  return run;
}

/** Undefined before the first run, and where what is kept cannot be read. */
export async function lastRun(store: Pick<Store, "getValue">): Promise<FinishedRun | undefined> {
  const bytes = await store.getValue(KEY);
  if (bytes === undefined) return undefined;
  try {
    return FinishedRunSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}
