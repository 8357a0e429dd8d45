import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { deserialize, serialize } from "node:v8";
import type { LoopState } from "../../../src/model/training/state.ts";
import { SampleSource, sampleText } from "../corpus/samples.ts";
import { CHECKPOINT_FOLDER, CONFIG, PRETRAINING } from "../settings.ts";

/** Enough samples to meet a change of most topics and phrases. */
const NAMING_SAMPLES = 5_000;

interface Checkpoint {
  readonly run: string;
  readonly state: LoopState;
}

/** Names a run: another corpus, tokenizer, model or schedule does not go on from this one's checkpoint. */
export function runName(tokenizerJson: string): string {
  const { checkpointSteps: _, steps: __, ...schedule } = PRETRAINING;
  const name = createHash("sha256")
    .update(JSON.stringify([CONFIG, schedule]))
    .update(tokenizerJson);
  const source = new SampleSource("run");
  for (let count = 0; count < NAMING_SAMPLES; count++) name.update(sampleText(source.next()));
  return name.digest("hex");
}

export async function saveCheckpoint(root: string, run: string, state: LoopState): Promise<void> {
  const file = checkpointFile(root);
  await mkdir(path.dirname(file), { recursive: true });
  // A crash while writing must not cost the checkpoint before.
  await writeFile(`${file}.part`, serialize({ run, state } satisfies Checkpoint));
  await rename(`${file}.part`, file);
}

/** The checkpoint of this run, if there is one. */
export async function loadCheckpoint(root: string, run: string): Promise<LoopState | undefined> {
  const bytes = await readFile(checkpointFile(root)).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const checkpoint = deserialize(bytes) as Checkpoint;
  return checkpoint.run === run ? checkpoint.state : undefined;
}

function checkpointFile(root: string): string {
  return path.join(root, CHECKPOINT_FOLDER, "checkpoint.bin");
}
