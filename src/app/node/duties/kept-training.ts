import { utf8ToBytes } from "../../../core/bytes.ts";
import { z } from "../../../core/codec/zod.ts";
import { toErrorData } from "../../../core/errors.ts";
import type { Cid } from "../../../core/primitives.ts";
import type { Store } from "../../../ports/store.ts";
import type {
  Checkpoint,
  OnTrainingProgress,
  Trainer,
  TrainingRequest,
  TrainingResult,
} from "../../../ports/trainer.ts";

/** One run at a time is kept. */
const RUN_ID = "answers";

const Kept = z.strictObject({
  request: z.string(),
  seed: z.int().min(0),
  known: z.array(z.strictObject({ prompt: z.string(), answer: z.string() })),
});
type Kept = z.infer<typeof Kept>;

/** What a run needs beside the request. */
export interface KeptTraining {
  readonly store: Store;
  readonly trainer: Trainer;
  /** The version trained on: another one makes another run. */
  readonly baseModelVersion: Cid;
}

/**
 * Trains, keeping each checkpoint in the store, and goes on from the one that is kept when it is of the same request: a
 * reload costs the steps since then and nothing else. The kept run's seed and known dialogues are used, so that the
 * result is the one that the run would have had. Private runs are not kept: their noise must be drawn anew. Errors: the trainer's.
 */
export async function trainKept(
  { store, trainer, baseModelVersion }: KeptTraining,
  request: TrainingRequest,
  onProgress: OnTrainingProgress,
  signal: AbortSignal,
): Promise<TrainingResult> {
  if (request.privacy !== undefined) return trainer.train(request, onProgress, signal);
  const name = nameOf(request, baseModelVersion);
  const kept = await keptRun(store, name);
  const { seed, known = [] } = kept ?? request;
  const run = { ...request, seed, known };
  const writer = new CheckpointWriter(store, { request: name, seed, known: [...known] });
  const watch: OnTrainingProgress = (progress) => {
    const { checkpoint, ...shown } = progress;
    if (checkpoint !== undefined) writer.write(checkpoint);
    onProgress(shown);
  };
  try {
    const result = await resumed(trainer, run, kept?.checkpoint, watch, signal);
    await writer.settled();
    if (await hasKeptTraining(store)) await store.deleteTraining(RUN_ID);
    return result;
  } finally {
    await writer.settled();
  }
}

/** Whether a run was under way when the tab died or was told to stop. */
export async function hasKeptTraining(store: Store): Promise<boolean> {
  return (await store.getTraining(RUN_ID)) !== undefined;
}

async function resumed(
  trainer: Trainer,
  request: TrainingRequest,
  checkpoint: Uint8Array | undefined,
  onProgress: OnTrainingProgress,
  signal: AbortSignal,
): Promise<TrainingResult> {
  if (checkpoint === undefined) return trainer.train(request, onProgress, signal);
  try {
    return await trainer.train({ ...request, resume: checkpoint }, onProgress, signal);
  } catch (thrown) {
    // Of an older version of the app, or damaged: the run begins anew.
    if (!toErrorData(thrown).code.startsWith("checkpoint-")) throw thrown;
    return trainer.train(request, onProgress, signal);
  }
}

/** Everything that decides the run but the seed and what is rehearsed: a chat in the meantime makes no other run. */
function nameOf(
  { seed: _, known: __, adapter: ___, ...request }: TrainingRequest,
  baseModelVersion: Cid,
): string {
  return JSON.stringify({ ...request, baseModelVersion });
}

async function keptRun(
  store: Store,
  name: string,
): Promise<(Kept & { readonly checkpoint: Uint8Array }) | undefined> {
  const stored = await store.getTraining(RUN_ID);
  if (stored === undefined) return undefined;
  const kept = Kept.safeParse(parsed(stored.request));
  if (!kept.success || kept.data.request !== name) return undefined;
  return { ...kept.data, checkpoint: stored.checkpoint };
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** Writes checkpoints one after the other. A full disk costs the checkpoint, not the run. */
class CheckpointWriter {
  readonly #store: Store;
  readonly #request: Uint8Array;
  #writing: Promise<void> = Promise.resolve();

  constructor(store: Store, kept: Kept) {
    this.#store = store;
    this.#request = utf8ToBytes(JSON.stringify(kept));
  }

  write({ bytes }: Checkpoint): void {
    const training = { id: RUN_ID, request: this.#request, checkpoint: bytes };
    this.#writing = this.#writing.then(() => this.#store.putTraining(training)).catch(() => undefined);
  }

  settled(): Promise<void> {
    return this.#writing;
  }
}
