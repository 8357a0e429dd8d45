import { describe, expect, it } from "vitest";
import { measureModel } from "./facts.ts";
import { loadModel } from "./folder.ts";
import { readTiny, tinyFolder } from "./testing/tiny-folder.ts";

describe("measureModel", () => {
  const metrics = { lossMicroNats: 5, accuracyPpm: 6 };
  const evaluator = {
    environment: async () => "bafyenvironment",
    evaluate: async ({ adapter }: { readonly adapter: unknown }) => {
      expect(adapter).toBeNull();
      return { metrics, environmentCid: "bafyenvironment", workDigests: [] };
    },
  };

  it("says of the model what loading all of it says", async () => {
    const { cid, manifest, tensors } = await loadModel(readTiny);
    expect(await measureModel(readTiny, evaluator)).toEqual({
      manifestCid: cid,
      environmentCid: "bafyenvironment",
      baseMetrics: metrics,
      rank: manifest.lora.rank,
      tensors,
    });
  });

  it("refuses a folder whose configuration is not the manifest's", async () => {
    const files = tinyFolder();
    const read = async (path: string) => {
      const bytes = files.get(path)?.slice() ?? new Uint8Array();
      return path === "config.json" ? bytes.fill(32, 0, 1) : bytes;
    };
    const changed = measureModel(read, evaluator);
    await expect(changed).rejects.toThrow(expect.objectContaining({ code: "model-file-changed" }));
  });
});
