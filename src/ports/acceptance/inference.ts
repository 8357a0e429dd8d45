import { expect, it } from "vitest";
import type { Adapter } from "../../core/primitives.ts";
import type { GenerateRequest, GenerateResult, Inference } from "../inference.ts";

export interface InferenceSubject {
  readonly inference: Inference;
  /** An adapter that changes what a greedy answer is. */
  readonly adapter: Adapter;
  /** An adapter whose shapes are not the model's. */
  readonly misfit: Adapter;
}

const request = (content: string, change: Partial<GenerateRequest> = {}): GenerateRequest => ({
  messages: [{ role: "user", content }],
  maxTokens: 12,
  temperature: 0,
  seed: 1,
  ...change,
});

/** A result without what may differ from call to call: how much of the prompt was in the cache. */
function withoutReuse({ reusedTokens: _, ...result }: GenerateResult): GenerateResult {
  return result;
}

/** What every adapter of the Inference port promises. `create` gives a fresh, not yet loaded one. */
export function inferenceAcceptance(create: () => Promise<InferenceSubject>): void {
  it("refuses to answer before it is loaded", async () => {
    const { inference } = await create();
    await expect(inference.generate(request("hello"), () => undefined)).rejects.toMatchObject({
      data: { code: "model-not-loaded" },
    });
  });

  it("says what it loaded", async () => {
    const { inference } = await create();
    const info = await inference.load();
    expect(info.modelCid).toMatch(/^bafkrei/);
    expect(info.contextTokens).toBeGreaterThan(0);
    expect(info.parameters).toBeGreaterThan(0);
    expect(await inference.load()).toEqual(info);
  });

  it("streams the text that it returns, and answers the same to the same seed", async () => {
    const { inference } = await create();
    await inference.load();
    const pieces: string[] = [];
    const sampled = request("hello", { temperature: 1, topK: 20, seed: 7 });
    const first = await inference.generate(sampled, (piece) => pieces.push(piece));
    expect(pieces.join("")).toBe(first.text);
    expect(pieces.every((piece) => piece.isWellFormed() && piece !== "")).toBe(true);
    expect(first.generatedTokens).toBeLessThanOrEqual(12);
    const again = await inference.generate(sampled, () => undefined);
    expect(withoutReuse(again)).toEqual(withoutReuse(first));
  });

  it("never generates more than it was asked for", async () => {
    const { inference } = await create();
    await inference.load();
    const result = await inference.generate(request("hello", { maxTokens: 1 }), () => undefined);
    expect(result.generatedTokens).toBeLessThanOrEqual(1);
    expect(["end", "length"]).toContain(result.stoppedBy);
  });

  it("stops within one token when aborted, and keeps what it has", async () => {
    const { inference } = await create();
    await inference.load();
    const stop = new AbortController();
    const pieces: string[] = [];
    const onText = (piece: string): void => {
      pieces.push(piece);
      stop.abort();
    };
    const long = request("hello", { temperature: 1, maxTokens: 40, seed: 3 });
    const result = await inference.generate(long, onText, stop.signal);
    expect(result.stoppedBy).toBe("abort");
    expect(pieces.join("")).toBe(result.text);
    expect(pieces.length).toBeLessThanOrEqual(2);
  });

  it("does not read again what the turns before have in common with this one", async () => {
    const { inference } = await create();
    await inference.load();
    const question = { role: "user", content: "hello, who votes" } as const;
    const first = await inference.generate({ ...request(""), messages: [question] }, () => undefined);
    const messages = [
      question,
      { role: "assistant", content: first.text },
      { role: "user", content: "thanks" },
    ] as const;
    const second = await inference.generate({ ...request(""), messages }, () => undefined);
    expect(first.reusedTokens).toBe(0);
    expect(second.reusedTokens).toBeGreaterThanOrEqual(first.promptTokens - 1);
    expect(second.reusedTokens).toBeLessThan(second.promptTokens);
  });

  it("keeps what it has read when it is aborted", async () => {
    const { inference } = await create();
    await inference.load();
    const stop = new AbortController();
    const long = request("hello, who votes", { temperature: 1, maxTokens: 40, seed: 3 });
    await inference.generate(long, () => stop.abort(), stop.signal);
    const { reusedTokens, promptTokens } = await inference.generate(long, () => undefined);
    expect(reusedTokens).toBeGreaterThanOrEqual(promptTokens - 1);
  });

  it("generates a token at most when it is aborted before", async () => {
    const { inference } = await create();
    await inference.load();
    const long = request("hello", { temperature: 1, maxTokens: 40, seed: 3 });
    const result = await inference.generate(long, () => undefined, AbortSignal.abort());
    expect(result.stoppedBy).toBe("abort");
    expect(result.generatedTokens).toBeLessThanOrEqual(1);
  });

  it("ends before a stop string, and streams nothing of it", async () => {
    const { inference } = await create();
    await inference.load();
    const sampled = request("hello", { temperature: 1, maxTokens: 40, seed: 7 });
    const { text } = await inference.generate(sampled, () => undefined);
    const stop = text.slice(2, 5);
    expect(stop).toHaveLength(3);
    const pieces: string[] = [];
    const stopped = await inference.generate({ ...sampled, stop: [stop] }, (piece) => pieces.push(piece));
    expect(stopped).toMatchObject({ text: text.slice(0, text.indexOf(stop)), stoppedBy: "stop" });
    expect(pieces.join("")).toBe(stopped.text);
  });

  it("gives the log-probability of each token, and the tokens' texts are the answer's", async () => {
    const { inference } = await create();
    await inference.load();
    const sampled = request("hello", { temperature: 1, seed: 7, logProbabilities: true });
    const {
      text,
      generatedTokens,
      logProbabilities = [],
    } = await inference.generate(sampled, () => undefined);
    expect(logProbabilities).toHaveLength(generatedTokens);
    expect(logProbabilities.map((token) => token.text).join("")).toBe(text);
    expect(logProbabilities.every(({ logProbability }) => logProbability <= 0)).toBe(true);
  });

  it("refuses sampling options out of range", async () => {
    const { inference } = await create();
    await inference.load();
    await expect(inference.generate(request("hello", { topP: 0 }), () => undefined)).rejects.toMatchObject({
      data: { code: "sampling-options" },
    });
  });

  it("drops old turns that do not fit, and refuses a question that does not", async () => {
    const { inference } = await create();
    const { contextTokens } = await inference.load();
    const old = { role: "user", content: "hello ".repeat(contextTokens / 4) } as const;
    const messages = [
      old,
      { role: "assistant", content: "hello" },
      { role: "user", content: "hello" },
    ] as const;
    const result = await inference.generate({ ...request(""), messages }, () => undefined);
    expect(result.promptTokens).toBeLessThan(contextTokens);
    const question = request("hello ".repeat(contextTokens * 2));
    await expect(inference.generate(question, () => undefined)).rejects.toMatchObject({
      data: { code: "prompt-too-long" },
    });
  });

  it("answers with an adapter, and without it as before", async () => {
    const { inference, adapter, misfit } = await create();
    await inference.load();
    const base = await inference.generate(request("hello"), () => undefined);
    await inference.setAdapter(adapter);
    const adapted = await inference.generate(request("hello"), () => undefined);
    expect(adapted.text).not.toBe(base.text);
    await inference.setAdapter(null);
    const bare = await inference.generate(request("hello"), () => undefined);
    expect(withoutReuse(bare)).toEqual(withoutReuse(base));
    await expect(inference.setAdapter(misfit)).rejects.toMatchObject({ data: { code: "adapter-shape" } });
  });

  it("answers calls that come together one after the other", async () => {
    const { inference } = await create();
    await inference.load();
    const alone = await inference.generate(request("hello"), () => undefined);
    const together = await Promise.all([
      inference.generate(request("hello"), () => undefined),
      inference.generate(request("hello"), () => undefined),
    ]);
    expect(together.map(withoutReuse)).toEqual([withoutReuse(alone), withoutReuse(alone)]);
  });
}
