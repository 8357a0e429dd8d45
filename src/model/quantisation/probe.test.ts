import { describe, expect, it } from "vitest";
import { failure } from "../../core/errors.ts";
import { nodeCpuRuntime } from "../runtime/node-cpu.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { livelyWeights } from "../testing/lively.ts";
import { TINY_CONFIG, TINY_LORA } from "../testing/tiny.ts";
import { probeForms } from "./probe.ts";

const config = { ...TINY_CONFIG, ownHead: true };
const options = { weights: livelyWeights(config), lora: TINY_LORA };

/** A runtime that refuses sessions by their number, from 0 on. */
function refusing(runtime: Runtime, refused: readonly number[]): Runtime {
  let count = 0;
  return {
    ...runtime,
    async createSession(model) {
      if (refused.includes(count++)) throw failure("session-failed", "No kernel.");
      return runtime.createSession(model);
    },
  };
}

describe("probing forms of weights", () => {
  it("measures each on the runtime, fastest first", async () => {
    const speeds = await probeForms(await nodeCpuRuntime(1), config, options);
    expect(speeds.map(({ form }) => form).sort()).toEqual(["float32", "int4", "int8"]);
    const rates = speeds.map(({ tokensPerSecond }) => tokensPerSecond);
    expect(rates).toEqual(rates.toSorted((a, b) => b - a));
    expect(Math.min(...rates)).toBeGreaterThan(1);
  });

  it("gives 0 to a form that the provider does not run, and goes on", async () => {
    const speeds = await probeForms(refusing(await nodeCpuRuntime(1), [1]), config, options);
    expect(speeds.at(-1)).toEqual({ form: "int8", tokensPerSecond: 0 });
    expect(speeds[0]?.tokensPerSecond).toBeGreaterThan(0);
  });

  it("stops when it is told to", async () => {
    const signal = AbortSignal.abort();
    await expect(probeForms(await nodeCpuRuntime(1), config, { ...options, signal })).rejects.toThrow(
      /Stopped/,
    );
  });
});
