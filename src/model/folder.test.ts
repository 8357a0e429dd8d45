import { describe, expect, it } from "vitest";
import { loadModel, loadModelAs } from "./folder.ts";
import { describeFile } from "./manifest.ts";
import { readQuantised, writeQuantised } from "./quantisation/storage.ts";
import { decodeWeights } from "./quantisation/weights.ts";
import { readTiny, tinyFolder } from "./testing/tiny-folder.ts";

/** The tiny model with some files changed. */
function load(change: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {}) {
  const files = tinyFolder();
  return loadModel(async (path) => {
    const bytes = files.get(path) ?? new Uint8Array();
    return change[path]?.(bytes.slice()) ?? bytes;
  });
}

const editManifest = (edit: (manifest: Record<string, unknown>) => void) => (bytes: Uint8Array) => {
  const manifest = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  edit(manifest);
  return new TextEncoder().encode(JSON.stringify(manifest));
};

describe("a model's folder", () => {
  it("loads, and is named by its manifest", async () => {
    const model = await load();
    expect(model.cid).toMatch(/^bafkrei/);
    const renamed = await load({
      "model.json": editManifest((manifest) => Object.assign(manifest, { name: "b" })),
    });
    expect(renamed.cid).not.toBe(model.cid);
  });

  it("loads in a form for answering as if it had been put into it afterwards", async () => {
    const { config, weights } = await load();
    const kept = (await loadModelAs("int4", readTiny)).weights;
    expect(kept).toEqual(decodeWeights(config, weights, "int4"));
    expect(decodeWeights(config, kept, "float32")).toEqual(kept);
  });

  it("may hold quantised weights, which load as the floats they stand for", async () => {
    const { config, weights, manifest } = await load();
    const file = { path: "model.safetensors", bytes: writeQuantised(config, weights, "int8") };
    const files = { ...manifest.files, weights: describeFile(file.path, file.bytes) };
    const quantised = await load({
      "model.safetensors": () => file.bytes,
      "model.json": () => new TextEncoder().encode(JSON.stringify({ ...manifest, files })),
    });
    expect(quantised.weights).toEqual(await readQuantised(config, file.bytes));
    expect(quantised.weights).not.toEqual(weights);
  });

  it.each(["config.json", "model.safetensors", "tokenizer.json", "benchmark.json"])(
    "is refused when one byte of %s is another",
    async (path) => {
      const flip = (bytes: Uint8Array) => bytes.with(bytes.length - 1, (bytes.at(-1) ?? 0) ^ 1);
      await expect(load({ [path]: flip })).rejects.toMatchObject({ data: { code: "model-file-changed" } });
    },
  );

  it.each([
    ["is not JSON", () => new TextEncoder().encode("{")],
    ["has an unknown field", editManifest((manifest) => Object.assign(manifest, { extra: 1 }))],
    [
      "names a file outside its folder",
      editManifest((manifest) => {
        Object.assign(manifest, {
          files: { ...(manifest.files as object), config: { path: "../x", bytes: 1, cid: "" } },
        });
      }),
    ],
    [
      "has sequences longer than the context",
      editManifest((manifest) => {
        Object.assign(manifest, { training: { batch: 1, sequenceTokens: 1_000 } });
      }),
    ],
  ])("is refused when model.json %s", async (_, edit) => {
    await expect(load({ "model.json": edit })).rejects.toMatchObject({ data: { code: "model-manifest" } });
  });
});
