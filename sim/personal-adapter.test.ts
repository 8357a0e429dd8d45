import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AdapterLayers } from "../src/app/adapters/adapter-layers.ts";
import { sumAdapters } from "../src/core/artifacts/sum-adapters.ts";
import type { Adapter } from "../src/core/primitives.ts";
import { PeftAdapterFiles } from "../src/model/engine/adapter-files.ts";
import { createNodeModel, type NodeModel } from "../src/model/node.ts";
import { randomAdapter } from "../src/model/testing/adapters.ts";
import { readTiny } from "../src/model/testing/tiny-folder.ts";
import { ManualClock } from "./adapters/clock.ts";
import { SeededRandom } from "./adapters/random.ts";
import { MemoryDisk, MemoryStore } from "./adapters/store.ts";

let node: NodeModel;
let disk: MemoryDisk;
let layers: AdapterLayers;
/** What the chat was last told to answer with. */
let used: { adapter: Adapter | null; version: string } | undefined;

/** The page after a load: the disk outlives it. */
async function openPage(): Promise<void> {
  used = undefined;
  layers = new AdapterLayers({
    store: new MemoryStore(disk),
    files: new PeftAdapterFiles(readTiny),
    trainer: node.trainer,
    clock: new ManualClock(5),
    random: new SeededRandom(1),
    use: async (adapter, version) => {
      await node.inference.setAdapter(adapter);
      used = { adapter, version };
    },
  });
  await layers.start();
}

const random = (seed: string, size = 0.5): Adapter => randomAdapter(node.model, size, seed);
const refused = (code: string) => ({ data: { code } });

beforeAll(async () => {
  node = await createNodeModel(readTiny, 1);
  await node.inference.load();
});
afterAll(() => node.release());
beforeEach(async () => {
  disk = new MemoryDisk();
  await openPage();
});

describe("layers of adapters", () => {
  it("answer with their sum, whatever the order in which they come", async () => {
    const [global, cluster, personal] = [random("global"), random("cluster"), random("personal")];
    await layers.importPersonal(await new PeftAdapterFiles(readTiny).exportPeft(personal));
    expect(used).toEqual({ adapter: personal, version: "personal" });
    await layers.set("cluster", cluster, "cluster 2");
    await layers.set("global", global, "epoch 7");
    expect(used).toEqual({
      adapter: sumAdapters(global, cluster, personal),
      version: "epoch 7 + cluster 2 + personal",
    });
    await layers.set("cluster", null, "");
    expect(used).toEqual({ adapter: sumAdapters(global, personal), version: "epoch 7 + personal" });
  });

  it("are switched off one by one, also over a reload", async () => {
    const [global, personal] = [random("global"), random("personal")];
    await layers.importPersonal(await new PeftAdapterFiles(readTiny).exportPeft(personal));
    await layers.set("global", global, "epoch 7");
    await layers.switchLayer("personal", false);
    expect(used).toEqual({ adapter: global, version: "epoch 7" });
    await openPage();
    await layers.set("global", global, "epoch 7");
    expect(used).toEqual({ adapter: global, version: "epoch 7" });
    expect(layers.state.value.layers).toEqual([
      { layer: "global", isOn: true, version: "epoch 7" },
      { layer: "cluster", isOn: true },
      { layer: "personal", isOn: false, version: "personal" },
    ]);
    await layers.switchLayer("global", false);
    expect(used).toEqual({ adapter: null, version: "base" });
    await layers.switchLayer("personal", true);
    expect(used).toEqual({ adapter: personal, version: "personal" });
  });

  it("that do not add up leave the network's version answering, and say why", async () => {
    const large = random("large", 2_000);
    await layers.importPersonal(await new PeftAdapterFiles(readTiny).exportPeft(large));
    await layers.set("global", large, "epoch 7");
    expect(used).toEqual({ adapter: large, version: "epoch 7" });
    expect(layers.state.value.problem).toMatchObject({ code: "adapter-overflow" });
    await layers.removePersonal();
    expect(layers.state.value.problem).toBeUndefined();
  });
});

describe("the personal adapter", () => {
  const correct = () =>
    new MemoryStore(disk).putPair({
      id: "p",
      prompt: "what is a salt?",
      answer: "a drawn number",
      createdAtMs: 1,
    });

  it("learns this device's corrections on top of the network's version, and is there after a reload", async () => {
    await correct();
    const global = random("global", 0.01);
    await layers.set("global", global, "epoch 7");
    await layers.trainPersonal();
    const lossWith = async (adapter: Adapter | null): Promise<number> => {
      const pairs = [{ prompt: "what is a salt?", answer: "a drawn number" }];
      const request = { pairs, adapter, steps: 1, learningRatePpm: 1, seed: 1 };
      return (await node.trainer.train(request)).record.lossBeforeMicroNats;
    };
    expect(await lossWith(used?.adapter ?? null)).toBeLessThan(await lossWith(global));
    const learnt = used;
    await openPage();
    await layers.set("global", global, "epoch 7");
    expect(used).toEqual(learnt);
    await layers.removePersonal();
    expect(used).toEqual({ adapter: global, version: "epoch 7" });
    await openPage();
    expect(used).toBeUndefined();
  });

  it("goes out and comes in as files to the last bit", async () => {
    await expect(layers.exportPersonal()).rejects.toMatchObject(refused("no-personal-adapter"));
    await correct();
    await layers.trainPersonal();
    const learnt = used;
    const files = await layers.exportPersonal();
    await layers.removePersonal();
    await layers.importPersonal(files);
    expect(used).toEqual(learnt);
  });

  it("stays as it was when a file is refused, training is stopped or there is nothing to learn", async () => {
    await expect(layers.trainPersonal()).rejects.toMatchObject(refused("no-pairs"));
    await correct();
    await layers.importPersonal(await new PeftAdapterFiles(readTiny).exportPeft(random("personal")));
    const before = used;
    await expect(layers.importPersonal({ weights: new Uint8Array(9) })).rejects.toMatchObject(
      refused("model-weights"),
    );
    await expect(layers.trainPersonal(undefined, AbortSignal.abort())).rejects.toMatchObject(
      refused("aborted"),
    );
    await openPage();
    expect(used).toEqual(before);
  });
});
