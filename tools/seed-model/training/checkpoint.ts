import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { deserialize, serialize } from "node:v8";
import type { LoopState } from "../../../src/model/training/state.ts";
import { CHECKPOINT_FOLDER, CONFIG, PRETRAINING } from "../settings.ts";

interface Checkpoint {
  readonly run: string;
  readonly state: LoopState;
}

/**
 * Names a run: another tokenizer, model or schedule does not go on from this one's checkpoint. A corpus that grew does; one that
 * must begin anew gets another label.
 */
export function runName(tokenizerJson: string): string {
  const { checkpointSteps: _, steps: __, ...schedule } = PRETRAINING;
  return createHash("sha256")
    .update(JSON.stringify([CONFIG, schedule]))
    .update(tokenizerJson)
    .digest("hex");
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
