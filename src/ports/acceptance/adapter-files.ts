import { expect, it } from "vitest";
import type { Adapter } from "../../core/primitives.ts";
import type { AdapterFiles } from "../adapter-files.ts";

export interface AdapterFilesSubject {
  readonly files: AdapterFiles;
  /** Of the same model, with values below 16. */
  readonly adapter: Adapter;
  /** Of the same model, with another shape. */
  readonly misfit: Adapter;
}

/** What every adapter of the AdapterFiles port promises. */
export function adapterFilesAcceptance(create: () => Promise<AdapterFilesSubject>): void {
  it("gives an adapter back to the last bit, with its configuration beside it or inside", async () => {
    const { files, adapter } = await create();
    const exported = await files.exportPeft(adapter);
    expect(await files.importPeft(exported)).toEqual(adapter);
    expect(await files.importPeft({ weights: exported.weights })).toEqual(adapter);
    expect(await files.exportPeft(adapter)).toEqual(exported);
  });

  it("names the model that adapters are of", async () => {
    const { files, adapter } = await create();
    expect(await files.baseModel()).toBe(adapter.baseModel);
  });

  it("writes a configuration that says what PEFT must know", async () => {
    const { files, adapter } = await create();
    const { config } = await files.exportPeft(adapter);
    expect(JSON.parse(new TextDecoder().decode(config))).toMatchObject({
      peft_type: "LORA",
      r: adapter.rank,
      lora_alpha: expect.any(Number),
      target_modules: expect.arrayContaining(["q_proj", "down_proj"]),
      base_model_name_or_path: expect.any(String),
    });
  });

  it("refuses adapters of another model or shape, and files that are none", async () => {
    const { files, adapter, misfit } = await create();
    const { config, weights } = await files.exportPeft(adapter);
    const code = (expected: string) => ({ data: { code: expected } });
    await expect(files.exportPeft(misfit)).rejects.toMatchObject(code("adapter-shape"));
    await expect(files.exportPeft({ ...adapter, baseModel: "bafyother" })).rejects.toMatchObject(
      code("environment-mismatch"),
    );
    await expect(files.importPeft({ config, weights: weights.slice(0, 40) })).rejects.toMatchObject(
      code("model-weights"),
    );
    await expect(files.importPeft({ config: new Uint8Array([1]), weights })).rejects.toMatchObject(
      code("peft-config"),
    );
  });
}
