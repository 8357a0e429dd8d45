import { describe, expect, it } from "vitest";
import type { LargeModels } from "../large-models.ts";

/** Promises of the LargeModels port that hold on every device, also on one without a GPU. */
export function describeLargeModels(name: string, make: () => LargeModels): void {
  describe(`LargeModels: ${name}`, () => {
    it("lists each model once, with size, memory and licence", async () => {
      const models = await make().list();
      expect(models.length).toBeGreaterThan(0);
      expect(new Set(models.map(({ id }) => id)).size).toBe(models.length);
      for (const { downloadBytes, memoryBytes, parameters, licence } of models) {
        expect(Math.min(downloadBytes, memoryBytes, parameters)).toBeGreaterThan(0);
        expect(licence.name).not.toBe("");
        expect(licence.url).toMatch(/^https:\/\//);
      }
    });

    it("says of every model what a device without a GPU lacks", async () => {
      const large = make();
      const { missing } = await large.device();
      for (const model of await large.list()) {
        if (missing !== undefined) expect(model.missing).toEqual([missing]);
        for (const sentence of model.missing) expect(sentence).toMatch(/^[A-Z].*\.$/);
      }
    });

    it("refuses models that it does not know", async () => {
      const large = make();
      const opened = large.open("nothing");
      await expect(opened.load()).rejects.toMatchObject({ data: { code: "model-unknown" } });
      opened.close();
      await expect(large.remove("nothing")).rejects.toMatchObject({ data: { code: "model-unknown" } });
    });

    it("answers nothing before it is loaded, and takes no adapter of another model", async () => {
      const large = make();
      const [first] = await large.list();
      const opened = large.open(first?.id ?? "");
      const request = {
        messages: [{ role: "user" as const, content: "hi" }],
        maxTokens: 1,
        temperature: 0,
        seed: 1,
      };
      await expect(opened.generate(request, () => {})).rejects.toMatchObject({
        data: { code: "model-not-loaded" },
      });
      await opened.setAdapter(null);
      const adapter = { baseModel: "another", rank: 1, tensors: [] };
      await expect(opened.setAdapter(adapter)).rejects.toMatchObject({
        data: { code: "environment-mismatch" },
      });
      opened.close();
    });

    it("says what is missing instead of downloading where the device lacks a GPU", async () => {
      const large = make();
      const { missing } = await large.device();
      if (missing === undefined) return;
      const [first] = await large.list();
      const opened = large.open(first?.id ?? "");
      await expect(opened.load()).rejects.toMatchObject({ data: { code: "gpu-missing", message: missing } });
      opened.close();
    });
  });
}
