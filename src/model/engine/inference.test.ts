import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failure } from "../../core/errors.ts";
import type { GenerateRequest } from "../../ports/inference.ts";
import { createNodeModel, type NodeModel } from "../node.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { randomAdapter } from "../testing/adapters.ts";
import { readTiny } from "../testing/tiny-folder.ts";
import { OnnxInference } from "./inference.ts";

let node: NodeModel;
const created: OnnxInference[] = [];
beforeAll(async () => {
  node = await createNodeModel(readTiny, 1);
});
afterAll(async () => {
  for (const inference of created) await inference.release();
  await node.release();
});

async function loaded(
  loadRuntime: () => Promise<Runtime> = async () => node.runtime,
): Promise<OnnxInference> {
  const loadFallback = async (): Promise<Runtime> => node.runtime;
  const inference = new OnnxInference({ loadModel: async () => node.model, loadRuntime, loadFallback });
  created.push(inference);
  await inference.load();
  return inference;
}

const request: GenerateRequest = {
  messages: [{ role: "user", content: "hello" }],
  maxTokens: 30,
  temperature: 1,
  seed: 3,
};

/** A graphics card that is gone after `runs` runs: the WebAssembly runtime under another name. */
function dying(runs: number, code = "device-lost"): () => Promise<Runtime> {
  let left = runs;
  return async () => ({
    ...node.runtime,
    provider: "webgpu",
    async createSession(bytes, settings) {
      const session = await node.runtime.createSession(bytes, settings);
      return {
        takeCarried: () => session.takeCarried(),
        release: () => session.release(),
        async run(feeds) {
          left -= 1;
          if (left < 0) throw failure(code, "The graphics card is gone.");
          return session.run(feeds);
        },
      };
    },
  });
}

describe("a graphics card that is lost", () => {
  it.each([3, 4, 12])(
    "after %d runs: the answer goes on, and the result says what answers now",
    async (runs) => {
      const reference = await loaded();
      const inference = await loaded(dying(runs));
      expect((await inference.load()).provider).toBe("webgpu");
      for (const each of [reference, inference]) await each.setAdapter(randomAdapter(node.model, 0.3));
      const pieces: string[] = [];
      const result = await inference.generate(request, (piece) => pieces.push(piece));
      const expected = await reference.generate(request, () => undefined);
      expect(result.text).toBe(expected.text);
      expect(pieces.join("")).toBe(expected.text);
      expect(result.model).toMatchObject({ provider: "wasm" });
      expect(await inference.load()).toEqual(result.model);
      expect((await inference.generate(request, () => undefined)).model).toBeUndefined();
    },
  );

  it("while it starts: the processor answers", async () => {
    const inference = await loaded(dying(0, "session-failed"));
    expect((await inference.load()).provider).toBe("wasm");
    expect((await inference.generate(request, () => undefined)).generatedTokens).toBeGreaterThan(0);
  });
});

describe("the session that reads prompts faster", () => {
  it("is made behind the first answer, changes no answer and stops none when it cannot be made", async () => {
    for (const limit of [2, 1]) {
      let sessions = 0;
      const inference = await loaded(async () => ({
        ...node.runtime,
        async createSession(bytes, settings) {
          sessions += 1;
          if (sessions > limit) throw failure("session-failed", "No memory is left.");
          return node.runtime.createSession(bytes, settings);
        },
      }));
      await inference.setAdapter(randomAdapter(node.model, 0.3));
      const question = { role: "user", content: "what is an epoch of the network" } as const;
      const greedy = { ...request, messages: [question], temperature: 0 };
      const first = await inference.generate(greedy, () => undefined);
      expect(sessions).toBe(1);
      // Changing the adapter waits for what is queued, and makes the next answer read its prompt again.
      await inference.setAdapter(randomAdapter(node.model, 0.3));
      expect(sessions).toBe(2);
      expect((await inference.generate(greedy, () => undefined)).text).toBe(first.text);
    }
  });
});

describe("answers that are longer than the context", () => {
  it("go on past it", async () => {
    const { contextTokens } = node.model.config;
    const inference = await loaded();
    const found = [];
    for (let seed = 0; seed < 40 && found.length === 0; seed++) {
      const long = { ...request, maxTokens: contextTokens * 3, temperature: 3, seed };
      const result = await inference.generate(long, () => undefined);
      if (result.generatedTokens > contextTokens * 2) found.push(result);
    }
    expect(found).toHaveLength(1);
    expect(found[0]?.text.isWellFormed()).toBe(true);
  });
});

describe("answers to a schema", () => {
  const schema = {
    type: "object",
    properties: {
      intent: { enum: ["send_tokens", "show_balance", "propose"] },
      amount: { type: "integer", minimum: 0, maximum: 999 },
    },
    required: ["intent", "amount"],
    additionalProperties: false,
  };

  it("parse and satisfy it, whatever is drawn", async () => {
    const inference = await loaded();
    for (let seed = 0; seed < 25; seed++) {
      const drawn = { ...request, schema, temperature: 2, maxTokens: 120, seed };
      const pieces: string[] = [];
      const { text, stoppedBy } = await inference.generate(drawn, (piece) => pieces.push(piece));
      const value: unknown = JSON.parse(text);
      expect(stoppedBy).toBe("end");
      expect(pieces.join("")).toBe(text);
      expect(value).toEqual({
        intent: expect.stringMatching(/^(send_tokens|show_balance|propose)$/),
        amount: expect.toSatisfy(
          (amount: number) => Number.isInteger(amount) && amount >= 0 && amount <= 999,
        ),
      });
    }
  });

  it("are read in fewer passes than they have tokens", async () => {
    let runs = 0;
    const inference = await loaded(async () => ({
      ...node.runtime,
      async createSession(bytes, settings) {
        const session = await node.runtime.createSession(bytes, settings);
        return {
          takeCarried: () => session.takeCarried(),
          release: () => session.release(),
          run(feeds) {
            runs += 1;
            return session.run(feeds);
          },
        };
      },
    }));
    runs = 0;
    const { generatedTokens } = await inference.generate(
      { ...request, schema, maxTokens: 120, temperature: 0 },
      () => undefined,
    );
    expect(generatedTokens).toBeGreaterThan(20);
    expect(runs).toBeLessThan(generatedTokens / 2);
  });

  it("give certainty as the log-probability of what was not chosen", async () => {
    const inference = await loaded();
    const result = await inference.generate(
      { ...request, schema, maxTokens: 120, logProbabilities: true },
      () => undefined,
    );
    expect(result.logProbabilities).toHaveLength(result.generatedTokens);
    expect(result.logProbabilities?.[0]).toEqual({ text: "{", logProbability: 0 });
  });
});
