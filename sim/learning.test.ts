import { beforeEach, describe, expect, it } from "vitest";
import { Chat } from "../src/app/chat/chat-service.ts";
import { Corrections } from "../src/app/chat/correction-service.ts";
import { learningData } from "../src/app/learning/learning-data.ts";
import { Learning, type LearningRequest } from "../src/app/learning/learning-service.ts";
import type { PrivacyPlan } from "../src/app/parley.ts";
import { failure } from "../src/core/errors.ts";
import { RenyiAccountant } from "../src/model/training/privacy/accountant.ts";
import { ManualClock } from "./adapters/clock.ts";
import { EchoInference } from "./adapters/model/inference.ts";
import { SeededRandom } from "./adapters/random.ts";
import { MemoryDisk, MemoryStore } from "./adapters/store.ts";
import { simulatedGenesis } from "./genesis.ts";

const accountant = new RenyiAccountant();
const PLAN: PrivacyPlan = {
  clipNormMicro: 1_000_000,
  noiseMultiplierMilli: 1_000,
  batchSize: 4,
  budget: { epsilonMicro: 8_000_000, deltaBillionths: 10_000 },
};

let disk: MemoryDisk;
let store: MemoryStore;
beforeEach(() => {
  disk = new MemoryDisk();
  store = new MemoryStore(disk);
});

async function openLearning(seed = 1): Promise<Learning> {
  const learning = new Learning({
    store: new MemoryStore(disk),
    accountant,
    random: new SeededRandom(seed),
  });
  await learning.start();
  return learning;
}

const pair = (id: string) => ({
  id,
  prompt: `${id}?`,
  answer: "yes",
  rejectedAnswer: "no",
  createdAtMs: Number(id),
});

/** A trainer that hands back what it was asked for. */
const asked = async (request: LearningRequest): Promise<LearningRequest> => request;

describe("learning data", () => {
  async function openChat() {
    const shared = { store, clock: new ManualClock(0), random: new SeededRandom(2) };
    const chat = new Chat({ ...shared, inference: new EchoInference(simulatedGenesis().model) });
    const corrections = new Corrections({ ...shared, chat });
    await Promise.all([chat.start(), corrections.start()]);
    return { chat, corrections };
  }

  it("is corrections with what they replaced, liked answers, and disliked ones apart", async () => {
    const { chat, corrections } = await openChat();
    for (const question of ["one", "two", "three", "four"]) await chat.send(question);
    const answers = chat.turns.value.filter(({ role }) => role === "assistant").map(({ id }) => id);
    const [first = "", second = "", third = "", fourth = ""] = answers;
    await corrections.judge(first, "up");
    await corrections.judge(second, "down");
    await corrections.judge(third, "down");
    await corrections.correct(third, "better");
    await corrections.judge(fourth, "up");
    await corrections.judge(fourth, undefined);
    expect(await learningData(store)).toEqual({
      pairs: [
        { prompt: "three", answer: "better", rejected: "You said: three" },
        { prompt: "one", answer: "You said: one" },
      ],
      unwanted: [{ prompt: "two", answer: "You said: two" }],
    });
    expect(chat.turns.value.map(({ thumb }) => thumb)).toEqual([
      undefined,
      "up",
      undefined,
      "down",
      undefined,
      "down",
      undefined,
      undefined,
    ]);
  });

  it("has no thumbs on questions", async () => {
    const { chat, corrections } = await openChat();
    await chat.send("one");
    const question = chat.turns.value[0]?.id ?? "";
    await expect(corrections.judge(question, "up")).rejects.toMatchObject({ data: { code: "not-found" } });
  });
});

describe("learning", () => {
  it("asks for answers alone, or for preferences with what was disliked", async () => {
    await store.putPair(pair("1"));
    const learning = await openLearning();
    expect(await learning.train(10, asked)).toEqual({
      pairs: [{ prompt: "1?", answer: "yes", rejected: "no" }],
    });
    await learning.setObjective("preferences");
    expect(await (await openLearning()).train(10, asked)).toMatchObject({
      objective: "preferences",
      unwanted: [],
    });
  });

  it("needs something to learn", async () => {
    const learning = await openLearning();
    await expect(learning.train(10, asked)).rejects.toMatchObject({ data: { code: "no-pairs" } });
  });

  it("keeps what private runs spent over a reload, with new noise each time", async () => {
    for (const id of ["1", "2", "3"]) await store.putPair(pair(id));
    const learning = await openLearning();
    await learning.setPrivacy(PLAN);
    expect(learning.state.value).toEqual({
      objective: "answers",
      privacy: PLAN,
      spentMicro: 0,
      leftMicro: 8_000_000,
    });
    const first = await learning.train(2, asked);
    expect(first.privacy).toMatchObject({ spent: [], batchSize: 3, clipNormMicro: 1_000_000 });
    const again = await openLearning(2);
    const spending = { noiseMultiplierMilli: 1_000, batchSize: 3, pairCount: 3, steps: 2 };
    const { spentMicro, leftMicro = 0 } = again.state.value;
    expect(spentMicro).toBe(accountant.epsilonMicro([spending], 10_000));
    expect(spentMicro + leftMicro).toBe(8_000_000);
    const second = await again.train(2, asked);
    expect(second.privacy?.spent).toEqual([spending]);
    expect(second.privacy?.noiseSeed).toHaveLength(32);
    expect(second.privacy?.noiseSeed).not.toEqual(first.privacy?.noiseSeed);
  });

  it("has spent a run's privacy before its first step, and gets it back only when the run failed here", async () => {
    await store.putPair(pair("1"));
    const learning = await openLearning();
    await learning.setPrivacy(PLAN);
    let during = 0;
    const failing = learning.train(3, async () => {
      during = (await openLearning()).state.value.spentMicro;
      throw failure("aborted", "stopped");
    });
    await expect(failing).rejects.toMatchObject({ data: { code: "aborted" } });
    expect(during).toBeGreaterThan(0);
    expect(learning.state.value.spentMicro).toBe(0);
    expect((await openLearning()).state.value.spentMicro).toBe(0);
  });

  it("does not forget what was spent when privacy is switched off", async () => {
    await store.putPair(pair("1"));
    const learning = await openLearning();
    await learning.setPrivacy(PLAN);
    await learning.train(3, asked);
    await learning.setPrivacy(undefined);
    const { spentMicro, privacy } = (await openLearning()).state.value;
    expect(privacy).toBeUndefined();
    expect(spentMicro).toBeGreaterThan(0);
    expect((await learning.train(3, asked)).privacy).toBeUndefined();
  });

  it("refuses settings under which no run could be private, and stays as it was", async () => {
    const learning = await openLearning();
    const refusal = { data: { code: "privacy-settings" } };
    await expect(learning.setPrivacy({ ...PLAN, noiseMultiplierMilli: 5 })).rejects.toMatchObject(refusal);
    const hollow = { ...PLAN, budget: { ...PLAN.budget, deltaBillionths: 900_000_000 } };
    await expect(learning.setPrivacy(hollow)).rejects.toMatchObject(refusal);
    expect((await openLearning()).state.value).toEqual({ objective: "answers", spentMicro: 0 });
  });

  it("does not guess where its books are not readable", async () => {
    await store.setValue("learning", new TextEncoder().encode('{"version":1,"spent":"all"}'));
    await expect(openLearning()).rejects.toMatchObject({ data: { code: "learning-malformed" } });
  });
});
