import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadModel, type Model } from "../folder.ts";
import { nodeCpuRuntime } from "../runtime/node-cpu.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { installedRuntime, nodeWasmRuntime } from "../runtime/wasm-node.ts";
import { randomAdapter } from "../testing/adapters.ts";
import { readTiny } from "../testing/tiny-folder.ts";
import { Decoder } from "./decoder.ts";

const sequence = (length: number, seed = 1): number[] =>
  Array.from({ length }, (_, index) => 4 + ((index * 31 + seed * 17) % 250));

function difference(one: Float32Array | undefined, other: Float32Array | undefined): number {
  expect(one?.length).toBe(other?.length);
  return Array.from(one ?? []).reduce(
    (most, value, index) => Math.max(most, Math.abs(value - (other?.[index] ?? Number.NaN))),
    0,
  );
}

/** As a model so large that its prompts are read in the smallest chunks, 16 tokens. */
const inSmallChunks = (model: Model): Model => ({
  ...model,
  manifest: { ...model.manifest, parameters: 2 ** 36 },
});

/** Both ways to keep the cache: in the host's memory, and carried by the session as on a graphics card. */
const KINDS = {
  "cache on the host": (runtime: Runtime): Runtime => runtime,
  "cache carried by the session": (runtime: Runtime): Runtime => ({ ...runtime, provider: "webgpu" }),
};

describe.each(Object.entries(KINDS))("%s", (_name, kind) => {
  let model: Model;
  let decoder: Decoder;
  let fresh: Decoder;
  beforeAll(async () => {
    model = inSmallChunks(await loadModel(readTiny));
    // A carrying session without a graphics card: the same graph and calls, in the host's memory.
    const runtime = kind(await nodeCpuRuntime(1));
    const native = { ...runtime, createSession: (await nodeCpuRuntime(1)).createSession };
    decoder = await Decoder.create(model, native);
    fresh = await Decoder.create(model, await nodeCpuRuntime(1));
  });
  afterAll(async () => {
    await decoder.release();
    await fresh.release();
  });

  const expected = async (tokens: readonly number[]): Promise<Float32Array> => {
    fresh.reset();
    return fresh.read(tokens);
  };

  it("reads a long prompt in chunks to what it gives in one piece", async () => {
    decoder.reset();
    const tokens = sequence(60);
    const { logits, reusedTokens } = await decoder.follow(tokens);
    expect(reusedTokens).toBe(0);
    expect(difference(logits, await expected(tokens))).toBeLessThan(1e-4);
  });

  it("reads only what differs from the sequence before, to the same logits", async () => {
    decoder.reset();
    await decoder.follow(sequence(40));
    const turns = [
      [...sequence(40), 9, 10, 11],
      [...sequence(40), 9, 12],
      sequence(10),
      [...sequence(10), ...sequence(20, 2)],
    ];
    const reused: number[] = [];
    for (const tokens of turns) {
      const followed = await decoder.follow(tokens);
      reused.push(followed.reusedTokens);
      expect(difference(followed.logits, await expected(tokens))).toBeLessThan(1e-4);
    }
    expect(reused).toEqual([40, 41, 9, 10]);
  });

  it("gives the logits of a sequence that it holds already", async () => {
    const tokens = sequence(20);
    await decoder.follow(tokens);
    const { logits, reusedTokens } = await decoder.follow(tokens);
    expect(reusedTokens).toBe(19);
    expect(difference(logits, await expected(tokens))).toBeLessThan(1e-4);
  });

  it("stops between chunks when it is aborted, and goes on from there", async () => {
    decoder.reset();
    const tokens = sequence(60);
    const stop = new AbortController();
    const chunks: number[] = [];
    const onChunk = (done: number): void => {
      chunks.push(done);
      stop.abort();
    };
    expect((await decoder.follow(tokens, { signal: stop.signal, onChunk })).logits).toBeUndefined();
    expect(chunks).toEqual([16]);
    const { logits, reusedTokens } = await decoder.follow(tokens);
    expect(reusedTokens).toBe(16);
    expect(difference(logits, await expected(tokens))).toBeLessThan(1e-4);
  });

  it("forgets what it has read when the adapter changes", async () => {
    const tokens = sequence(20);
    const before = await decoder.follow(tokens);
    decoder.setAdapter(randomAdapter(model, 1));
    const { logits, reusedTokens } = await decoder.follow(tokens);
    expect(reusedTokens).toBe(0);
    expect(difference(logits, before.logits)).toBeGreaterThan(0.01);
  });
});

it("on WebAssembly gives the same in chunks, token by token and with a cache from before", async () => {
  const model = inSmallChunks(await loadModel(readTiny));
  const decoder = await Decoder.create(model, await nodeWasmRuntime(1, await installedRuntime()));
  const tokens = sequence(48);
  const { logits: inChunks } = await decoder.follow(tokens);
  decoder.reset();
  for (let length = 1; length < tokens.length; length++) await decoder.follow(tokens.slice(0, length));
  const { logits: oneByOne } = await decoder.follow(tokens);
  await decoder.follow(sequence(30));
  const { logits: reusing } = await decoder.follow(tokens);
  await decoder.release();
  expect(difference(oneByOne, inChunks)).toBeLessThan(1e-5);
  expect(difference(reusing, inChunks)).toBeLessThan(1e-5);
});

describe("a second session that reads prompts", () => {
  const counting = (runtime: Runtime) => {
    const runs: number[] = [];
    const released: number[] = [];
    const counted: Runtime = {
      ...runtime,
      async createSession(bytes, settings) {
        const session = await runtime.createSession(bytes, settings);
        const index = runs.push(0) - 1;
        return {
          takeCarried: () => session.takeCarried(),
          release: async () => {
            released.push(index);
            await session.release();
          },
          run(feeds) {
            runs[index] = (runs[index] ?? 0) + 1;
            return session.run(feeds);
          },
        };
      },
    };
    return { counted, runs, released };
  };

  it("gives the same logits, before and behind rows that either has read", async () => {
    const model = await loadModel(readTiny);
    const { counted, runs, released } = counting(await nodeWasmRuntime(1, await installedRuntime()));
    const [plain, decoder] = [await Decoder.create(model, counted), await Decoder.create(model, counted)];
    await decoder.prepareReader();
    for (const each of [plain, decoder]) each.setAdapter(randomAdapter(model, 0.3));
    for (const length of [20, 23, 45, 46]) {
      const [one, other] = [plain, decoder].map((each) => each.follow(sequence(length)));
      expect(difference((await one)?.logits, (await other)?.logits)).toBeLessThan(1e-5);
    }
    await plain.release();
    await decoder.release();
    // Pieces of 20 and 22 by the second session, of 3 and 1 by the first.
    expect(runs).toEqual([4, 2, 2]);
    expect(released).toEqual([0, 1, 2]);
  });

  it("is made once, and not for a model whose weights are too large to be kept twice", async () => {
    const tiny = await loadModel(readTiny);
    const large = { ...tiny, manifest: { ...tiny.manifest, parameters: 2 ** 24 } };
    for (const [model, sessions] of [
      [tiny, 2],
      [large, 1],
    ] as const) {
      const { counted, runs } = counting(await nodeCpuRuntime(1));
      const decoder = await Decoder.create(model, counted);
      await decoder.prepareReader();
      await decoder.prepareReader();
      expect(runs).toHaveLength(sessions);
      await decoder.release();
    }
  });
});
