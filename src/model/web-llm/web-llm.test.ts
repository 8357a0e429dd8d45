import { describe, expect, test } from "vitest";
import { describeLargeModels } from "../../ports/acceptance/large-models.ts";
import type { GpuReport } from "../../ports/large-models.ts";
import { CATALOGUE, downloadBytes, entryOf, modelId } from "./catalogue.ts";
import { missingFor, type Needs } from "./fit.ts";
import { Collected } from "./inference.ts";
import { listLargeModels, webLlmModels } from "./large-models.ts";
import { toCompletionRequest } from "./request.ts";

describeLargeModels("WebLLM without a GPU", webLlmModels);

const GIB = 2 ** 30;
const roomy: GpuReport = { halfPrecision: true, storageBufferBytes: 2 * GIB, freeStorageBytes: 100 * GIB };
const needs: Needs = {
  memoryBytes: 2 * GIB,
  downloadBytes: GIB,
  storageBufferBytes: GIB / 8,
  cached: false,
};

describe("what a device lacks", () => {
  test("nothing, where everything suffices or the browser does not tell", () => {
    expect(missingFor(needs, roomy)).toEqual([]);
    expect(missingFor(needs, { ...roomy, memoryBytes: 16 * GIB })).toEqual([]);
    expect(missingFor(needs, { halfPrecision: false, storageBufferBytes: GIB })).toEqual([]);
  });

  test("without WebGPU only the reason is named", () => {
    const missing = "This browser has no WebGPU.";
    expect(missingFor(needs, { missing, halfPrecision: false, storageBufferBytes: 0 })).toEqual([missing]);
  });

  test("memory, buffers and storage are each named with both figures", () => {
    const poor = { ...roomy, memoryBytes: 2 * GIB, storageBufferBytes: GIB / 16, freeStorageBytes: GIB / 2 };
    const missing = missingFor(needs, poor);
    expect(missing).toHaveLength(3);
    expect(missing[0]).toMatch(/2,048 MiB of memory.*2,048 MiB in all/);
    expect(missing[1]).toMatch(/128 MiB.*64 MiB/);
    expect(missing[2]).toMatch(/1,024 MiB.*512 MiB/);
  });

  test("memory reported at the browsers' cap is no upper bound", () => {
    const huge = { ...needs, memoryBytes: 30 * GIB };
    expect(missingFor(huge, { ...roomy, memoryBytes: 8 * GIB })).toEqual([]);
    expect(missingFor(huge, { ...roomy, memoryBytes: 4 * GIB })).toHaveLength(1);
  });

  test("a model that is here needs no storage", () => {
    expect(missingFor({ ...needs, cached: true }, { ...roomy, freeStorageBytes: 0 })).toEqual([]);
  });
});

describe("the catalogue", () => {
  test("every entry is a model of the installed WebLLM, in both precisions", async () => {
    const { prebuiltAppConfig } = await import("@mlc-ai/web-llm");
    const known = new Set(prebuiltAppConfig.model_list.map((model) => model.model_id));
    const missing = CATALOGUE.flatMap((entry) => [modelId(entry, "half"), modelId(entry, "single")]).filter(
      (id) => !known.has(id),
    );
    expect(missing).toEqual([]);
  });

  test("an id leads back to its entry", () => {
    for (const entry of CATALOGUE) {
      expect(entryOf(modelId(entry, "single"))).toEqual({ entry, precision: "single" });
    }
    expect(entryOf("nothing")).toBeUndefined();
  });

  test("sizes are those of four-bit weights with their scales", () => {
    const [smallest] = CATALOGUE;
    if (smallest === undefined) throw new Error("the catalogue is empty");
    expect(downloadBytes(smallest, "half") / smallest.parameters).toBeCloseTo(0.5625, 6);
    expect(downloadBytes(smallest, "single") / smallest.parameters).toBeCloseTo(0.625, 6);
  });

  test("the list names size, memory, licence and what is missing for each model", async () => {
    const models = await listLargeModels({ ...roomy, halfPrecision: false, memoryBytes: 4 * GIB });
    expect(models).toHaveLength(CATALOGUE.length);
    for (const model of models) {
      expect(model.id).toContain("q4f32_1");
      expect(model.memoryBytes).toBeGreaterThan(model.downloadBytes / 2);
      expect(model.licence.url).toMatch(/^https:/);
      expect(model.contextTokens).toBeGreaterThan(0);
      expect(model.cached).toBe(false);
      expect(model.missing.length > 0).toBe(model.memoryBytes > 2 * GIB);
    }
  });
});

describe("a request to WebLLM", () => {
  const request = {
    messages: [{ role: "user" as const, content: "send 5 to bob" }],
    maxTokens: 32,
    temperature: 0,
    seed: 0xffff_ffff,
  };

  test("carries the sampling options that WebLLM has", () => {
    const sent = toCompletionRequest({
      ...request,
      topP: 0.9,
      repetitionPenalty: 1.1,
      stop: ["\n"],
      topK: 40,
    });
    expect(sent).toMatchObject({
      stream: true,
      max_tokens: 32,
      temperature: 0,
      top_p: 0.9,
      repetition_penalty: 1.1,
      stop: ["\n"],
      seed: 0x7fff_ffff,
    });
    expect(Object.keys(sent).some((key) => /top_?k/i.test(key))).toBe(false);
  });

  test("gives a schema to WebLLM's grammar", () => {
    const schema = { type: "object", properties: { intent: { const: "send" } } };
    expect(toCompletionRequest({ ...request, schema }).response_format).toEqual({
      type: "json_object",
      schema: JSON.stringify(schema),
    });
    expect(toCompletionRequest(request).response_format).toBeUndefined();
  });

  test("writes marks into the words", () => {
    const marks = [
      { start: 5, end: 6, label: "amount1" },
      { start: 10, end: 13, label: "name1" },
    ];
    const { messages } = toCompletionRequest({
      ...request,
      messages: [{ role: "user", content: "send 5 to bob", marks }],
    });
    expect(messages).toEqual([{ role: "user", content: "send [amount1: 5] to [name1: bob]" }]);
  });
});

describe("WebLLM's chunks", () => {
  const chunk = (content: string, finish: "stop" | "length" | "abort" | null = null) => ({
    id: "1",
    model: "m",
    object: "chat.completion.chunk" as const,
    created: 0,
    choices: [{ index: 0, delta: { content }, finish_reason: finish }],
  });

  test("add up to the answer and say why it ended", () => {
    const collected = new Collected();
    expect([chunk("Hel"), chunk("lo"), chunk("", "length")].map((part) => collected.add(part))).toEqual([
      "Hel",
      "lo",
      "",
    ]);
    expect(collected.result(false, false)).toEqual({
      text: "Hello",
      promptTokens: 0,
      generatedTokens: 0,
      stoppedBy: "length",
    });
    expect(collected.result(true, false).stoppedBy).toBe("abort");
  });
});
