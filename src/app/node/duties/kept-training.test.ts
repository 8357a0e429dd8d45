import { describe, expect, it } from "vitest";
import { SurrogateTrainer } from "../../../../sim/adapters/model/trainer.ts";
import { MemoryDisk, MemoryStore } from "../../../../sim/adapters/store.ts";
import { World } from "../../../../sim/world.ts";
import type { TrainingProgress, TrainingRequest } from "../../../ports/trainer.ts";
import { hasKeptTraining, trainKept } from "./kept-training.ts";
import { knownDialogues } from "./known-dialogues.ts";

const PAIR = { prompt: "what is a salt?", answer: "A number drawn for one commitment." };
const VERSION = "bafyreiversion";
const never = new AbortController().signal;

const request = (change: Partial<TrainingRequest> = {}): TrainingRequest => ({
  pairs: [PAIR],
  adapter: null,
  steps: 20,
  learningRatePpm: 1_000,
  seed: 7,
  checkpointSteps: 4,
  ...change,
});

function tab(disk: MemoryDisk) {
  const { genesis } = new World();
  return { store: new MemoryStore(disk), trainer: new SurrogateTrainer(genesis), baseModelVersion: VERSION };
}

/** Stops a run at a step, as a tab that goes to sleep for good. */
async function stopped(
  disk: MemoryDisk,
  atStep: number,
  change: Partial<TrainingRequest> = {},
): Promise<void> {
  const stop = new AbortController();
  const watch = ({ done }: TrainingProgress): void => {
    if (done === atStep) stop.abort();
  };
  const run = trainKept(tab(disk), request(change), watch, stop.signal);
  await expect(run).rejects.toMatchObject({ data: { code: "aborted" } });
}

async function stepsOf(disk: MemoryDisk, change: Partial<TrainingRequest>, version = VERSION) {
  const steps: number[] = [];
  const training = { ...tab(disk), baseModelVersion: version };
  const result = await trainKept(training, request(change), ({ done }) => steps.push(done), never);
  return { first: steps[0], result };
}

describe("a training run that is kept", () => {
  it("goes on after a reload with the seed and the rehearsals that it began with, to the same result", async () => {
    const straight = await stepsOf(new MemoryDisk(), { known: [] });
    const disk = new MemoryDisk();
    await stopped(disk, 9, { known: [] });
    expect(await hasKeptTraining(new MemoryStore(disk))).toBe(true);
    const resumed = await stepsOf(disk, { seed: 8, known: [{ prompt: "new", answer: "chat" }] });
    expect(resumed.first).toBe(10);
    expect(resumed.result).toEqual(straight.result);
    expect(await hasKeptTraining(new MemoryStore(disk))).toBe(false);
  });

  it("begins anew on another version, and on other pairs", async () => {
    const disk = new MemoryDisk();
    await stopped(disk, 9);
    expect((await stepsOf(disk, {}, "bafyreiother")).first).toBe(1);
    await stopped(disk, 9);
    expect((await stepsOf(disk, { pairs: [PAIR, { prompt: "b", answer: "c" }] })).first).toBe(1);
  });

  it("begins anew when what is kept is damaged", async () => {
    const disk = new MemoryDisk();
    await stopped(disk, 9);
    const store = new MemoryStore(disk);
    const kept = await store.getTraining("answers");
    if (kept === undefined) throw new RangeError("nothing kept");
    await store.putTraining({ ...kept, checkpoint: new Uint8Array([1, 2]) });
    expect((await stepsOf(disk, {})).first).toBe(1);
    await store.putTraining({ ...kept, request: new Uint8Array([1, 2]) });
    expect((await stepsOf(disk, {})).first).toBe(1);
  });

  it("shows progress without the checkpoints, and ends well when the disk is full", async () => {
    const disk = new MemoryDisk();
    disk.full = true;
    const seen: TrainingProgress[] = [];
    const run = trainKept(tab(disk), request(), (progress) => seen.push(progress), never);
    await expect(run).resolves.toMatchObject({ record: { steps: 20 } });
    expect(seen.some((progress) => "checkpoint" in progress)).toBe(false);
    expect(seen.at(-1)?.lossMicroNats).toBeGreaterThan(0);
  });
});

describe("known dialogues", () => {
  it("are answers that ended, were neither corrected nor judged, and are not being learned", async () => {
    const store = new MemoryStore();
    await store.putThread({ id: "t", title: "t", createdAtMs: 1, updatedAtMs: 1 });
    const turns = [
      { role: "user", content: "hello" },
      { role: "assistant", content: "Hello!", stoppedBy: "end" },
      { role: "user", content: "cut" },
      { role: "assistant", content: "I was", stoppedBy: "abort" },
      { role: "user", content: "wrong" },
      { role: "assistant", content: "No.", stoppedBy: "end", correctedTo: "Yes." },
      { role: "user", content: "judged" },
      { role: "assistant", content: "Bad.", stoppedBy: "end", thumb: "down" },
      { role: "user", content: " What is a SALT? " },
      { role: "assistant", content: "Something.", stoppedBy: "end" },
    ] as const;
    for (const [index, turn] of turns.entries()) {
      await store.putTurn({ id: `${index}`, threadId: "t", index, createdAtMs: index, ...turn });
    }
    expect(await knownDialogues(store, [PAIR])).toEqual([{ prompt: "hello", answer: "Hello!" }]);
  });
});
