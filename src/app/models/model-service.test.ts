import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ManualClock } from "../../../sim/adapters/clock.ts";
import { MemoryNetwork } from "../../../sim/adapters/network/network.ts";
import { MemoryDisk, MemoryStore } from "../../../sim/adapters/store.ts";
import { failure } from "../../core/errors.ts";
import { keptFolder } from "../../model/download/kept-folder.ts";
import { Library } from "../../model/download/library.ts";
import { OnnxInference } from "../../model/engine/inference.ts";
import { loadModel } from "../../model/folder.ts";
import type { Runtime } from "../../model/runtime/runtime.ts";
import { installedRuntime, nodeWasmRuntime } from "../../model/runtime/wasm-node.ts";
import { randomAdapter } from "../../model/testing/adapters.ts";
import { type FileServer, startFileServer } from "../../model/testing/file-server.ts";
import { huggingFaceFolder } from "../../model/testing/hugging-face-folder.ts";
import { MemoryFiles } from "../../model/testing/memory-files.ts";
import { readTiny, tinyFolder } from "../../model/testing/tiny-folder.ts";
import type { Artifacts } from "../../ports/artifacts.ts";
import type { LargeModels } from "../../ports/large-models.ts";
import type { ModelProvider } from "../parley.ts";
import { Models } from "./model-service.ts";
import { keptProvider } from "./provider.ts";
import type { OpenModel } from "./switching-inference.ts";

const NO_GPU: LargeModels = {
  device: async () => ({ missing: "no GPU", halfPrecision: false, storageBufferBytes: 0 }),
  list: async () => [],
  open() {
    throw failure("model-unknown", "There is no such large model.");
  },
  remove: async () => undefined,
};

let runtime: Runtime;
let server: FileServer;
const opened: OnnxInference[] = [];

beforeAll(async () => {
  runtime = await nodeWasmRuntime(1, await installedRuntime());
  server = await startFileServer(huggingFaceFolder());
});
afterAll(async () => {
  for (const inference of opened) await inference.release();
  await server.stop();
});

/** One device: what survives a reload is its files and its store. */
class Device {
  readonly files = new MemoryFiles();
  readonly disk = new MemoryDisk();
  readonly providers: ModelProvider[] = [];
  readonly artifacts: Artifacts;

  constructor(
    artifacts: Artifacts = new MemoryNetwork({ clock: new ManualClock() }).join("alone").artifacts,
  ) {
    this.artifacts = artifacts;
  }

  readonly open = (kept: string | undefined, provider: ModelProvider): OpenModel => {
    this.providers.push(provider);
    const folder = kept === undefined ? readTiny : keptFolder(this.files, kept);
    const inference = new OnnxInference({
      loadModel: (onProgress) => loadModel(folder, onProgress),
      loadRuntime: async () => runtime,
    });
    opened.push(inference);
    return Object.assign(inference, { close: () => undefined });
  };

  async visit(): Promise<Models> {
    const store = new MemoryStore(this.disk);
    const models = new Models({
      store,
      library: new Library({ files: this.files, artifacts: () => this.artifacts }),
      large: NO_GPU,
      open: this.open,
      provider: await keptProvider(store),
      shippedManifest: async () => JSON.parse(new TextDecoder().decode(await readTiny("model.json"))),
    });
    await models.start();
    return models;
  }
}

const ask = (models: Models) =>
  models.inference.generate(
    { messages: [{ role: "user", content: "hello" }], maxTokens: 12, temperature: 1, seed: 2 },
    () => undefined,
  );
const own = (models: Models) => models.models.value.find(({ kind }) => kind === "own");
const name = async (models: Models) => (await models.inference.load()).name;

describe("models", () => {
  it("start with the shipped one alone, which answers", async () => {
    const models = await new Device().visit();
    expect(models.models.value).toMatchObject([
      { id: "shipped", name: "tiny", kind: "shipped", state: "ready" },
    ]);
    expect(await name(models)).toBe("tiny");
    expect((await ask(models)).promptTokens).toBeGreaterThan(0);
  });

  it("are added, chosen, and answer on the next visit, too", async () => {
    const device = new Device();
    const models = await device.visit();
    const steps = new Set<string>();
    models.work.subscribe((work) => steps.add(work?.progress.step ?? ""));
    await models.addUrl(server.url);
    const added = own(models);
    expect(added).toMatchObject({ state: "ready", licence: { name: "apache-2.0" } });
    expect([...steps].some((step) => step.startsWith("Loading"))).toBe(true);
    await models.choose(added?.id ?? "");
    expect(models.chosen.value).toBe(added?.id);
    expect((await ask(models)).promptTokens).toBeGreaterThan(0);

    const later = await device.visit();
    expect(await name(later)).toBe(added?.name);
    expect(later.chosen.value).toBe(added?.id);
    expect(later.problem.value).toBeUndefined();
  });

  it("give way to the shipped one when the chosen one does not load, and say why", async () => {
    const device = new Device();
    const models = await device.visit();
    await models.addUrl(server.url);
    const id = own(models)?.id ?? "";
    await models.choose(id);
    await device.files.removeFile(id, "model.safetensors");
    const later = await device.visit();
    expect(await name(later)).toBe("tiny");
    expect(later.chosen.value).toBe("shipped");
    expect(later.problem.value).toMatchObject({
      code: "model-fallback",
      message: expect.stringMatching(/does not load, so the app's own answers. model.safetensors/),
    });
    expect((await ask(later)).promptTokens).toBeGreaterThan(0);
  });

  it("go on with the one before when the next does not load", async () => {
    const device = new Device();
    const models = await device.visit();
    await models.addUrl(server.url);
    const id = own(models)?.id ?? "";
    await device.files.removeFile(id, "tokenizer.json");
    await models.inference.load();
    await expect(models.choose(id)).rejects.toMatchObject({ data: { code: "model-file-missing" } });
    expect(models.chosen.value).toBe("shipped");
    expect((await ask(models)).promptTokens).toBeGreaterThan(0);
  });

  it("are removed; if one answers, the shipped one takes over", async () => {
    const device = new Device();
    const models = await device.visit();
    await models.addUrl(server.url);
    const id = own(models)?.id ?? "";
    await models.choose(id);
    await models.remove(id);
    expect(models.chosen.value).toBe("shipped");
    expect(models.models.value).toHaveLength(1);
    expect(await device.files.folders()).toEqual([]);
  });

  it("come from picked files of a folder", async () => {
    const models = await new Device().visit();
    await models.addFiles([...tinyFolder()].map(([path, bytes]) => new File([bytes.slice()], path)));
    expect(own(models)).toMatchObject({ name: "tiny", state: "ready" });
  });

  it("are shown as partly here after a break, and go on when chosen", async () => {
    const models = await new Device().visit();
    server.faults.set("model.safetensors", { cutAfterBytes: 0 });
    await expect(models.addUrl(server.url)).rejects.toMatchObject({ data: { code: "download-interrupted" } });
    const part = own(models);
    expect(part).toMatchObject({ state: "partial" });
    server.faults.clear();
    await models.choose(part?.id ?? "");
    expect(models.chosen.value).toBe(part?.id);
    expect(own(models)).toMatchObject({ state: "ready" });
  });

  it("come one at a time, and stop when cancelled", async () => {
    const models = await new Device().visit();
    const first = models.addUrl(server.url);
    await expect(models.addUrl(`${server.url}other/`)).rejects.toMatchObject({ data: { code: "busy" } });
    models.cancel();
    await expect(first).rejects.toMatchObject({ data: { code: "aborted" } });
    expect(models.work.value).toBeUndefined();
  });
});

describe("a model that is shared", () => {
  it("comes to another device by the CID that its owner passes on", async () => {
    const network = new MemoryNetwork({ clock: new ManualClock() });
    const owner = new Device(network.join("owner").artifacts);
    const models = await owner.visit();
    await models.addUrl(server.url);
    const cid = await models.share(own(models)?.id ?? "");
    expect(models.work.value).toBeUndefined();

    const friend = new Device(network.join("friend").artifacts);
    const theirs = await friend.visit();
    await theirs.addCid(cid);
    expect(own(theirs)).toMatchObject({ name: own(models)?.name, state: "ready" });
  });

  it("is told to be shared after a reload too, and takes the blocks with it when it is removed", async () => {
    const device = new Device();
    const models = await device.visit();
    await models.addUrl(server.url);
    const cid = await models.share(own(models)?.id ?? "");
    expect(await device.artifacts.has(cid)).toBe(true);
    const later = await device.visit();
    expect(own(later)?.sharedAs).toBe(cid);
    await later.remove(own(later)?.id ?? "");
    expect(await device.artifacts.has(cid)).toBe(false);
    await later.addUrl(server.url);
    expect(own(later)?.sharedAs).toBeUndefined();
  });

  it("is whole: a part of one is not shared", async () => {
    const models = await new Device().visit();
    server.faults.set("model.safetensors", { cutAfterBytes: 0 });
    await expect(models.addUrl(server.url)).rejects.toMatchObject({ data: { code: "download-interrupted" } });
    server.faults.clear();
    const sharing = models.share(own(models)?.id ?? "");
    await expect(sharing).rejects.toMatchObject({ data: { code: "model-partial" } });
  });
});

describe("where models run", () => {
  it("is measured unless the user says it, and is kept; it counts from the next load on", async () => {
    const device = new Device();
    const models = await device.visit();
    expect(models.provider.value).toBe("auto");
    await models.setProvider("webgpu");
    await models.addUrl(server.url);
    await models.choose(own(models)?.id ?? "");
    expect(device.providers).toEqual(["auto", "webgpu"]);
    expect((await device.visit()).provider.value).toBe("webgpu");
    await models.setProvider("auto");
    expect((await device.visit()).provider.value).toBe("auto");
  });
});

describe("the network's adapter", () => {
  it("waits while another model answers, and belongs to the shipped one again afterwards", async () => {
    const model = await loadModel(readTiny);
    const adapter = randomAdapter(model, 1);
    const direct = await new Device().visit();
    await direct.inference.load();
    const bare = (await ask(direct)).text;
    await direct.inference.setAdapter(adapter);
    const expected = (await ask(direct)).text;
    expect(expected).not.toBe(bare);

    const models = await new Device().visit();
    await models.addUrl(server.url);
    await models.choose(own(models)?.id ?? "");
    await models.inference.setAdapter(adapter);
    await models.choose("shipped");
    expect((await ask(models)).text).toBe(expected);
  });
});
