import { beforeEach, describe, expect, it } from "vitest";
import { Chat } from "../src/app/chat/chat-service.ts";
import { Corrections } from "../src/app/chat/correction-service.ts";
import { failure } from "../src/core/errors.ts";
import type { GenerateRequest, GenerateResult, ModelInfo } from "../src/ports/inference.ts";
import { ManualClock } from "./adapters/clock.ts";
import { EchoInference } from "./adapters/model/inference.ts";
import { SeededRandom } from "./adapters/random.ts";
import { MemoryDisk, MemoryStore } from "./adapters/store.ts";
import { simulatedGenesis } from "./genesis.ts";

let disk: MemoryDisk;
let chat: Chat;
let corrections: Corrections;

/** The page as it is after a load: the disk outlives it. */
async function openPage(inference = new EchoInference(simulatedGenesis().model)): Promise<void> {
  const shared = { store: new MemoryStore(disk), clock: new ManualClock(0), random: new SeededRandom(1) };
  chat = new Chat({ ...shared, inference });
  corrections = new Corrections({ ...shared, chat });
  await Promise.all([chat.start(), corrections.start()]);
}

const contents = () => chat.turns.value.map(({ role, content }) => `${role}: ${content}`);

function lastTurnId(): string {
  const turn = chat.turns.value.at(-1);
  if (!turn) throw new Error("no turn yet");
  return turn.id;
}

beforeEach(async () => {
  disk = new MemoryDisk();
  await openPage();
});

describe("chat", () => {
  it("streams an answer and keeps the thread over a reload", async () => {
    const lengths: number[] = [];
    chat.live.subscribe((live) => {
      if (live) lengths.push(live.text.length);
    });
    await chat.send("  hello there ");
    expect(contents()).toEqual(["user: hello there", "assistant: You said: hello there"]);
    expect(new Set(lengths).size).toBeGreaterThan(2);
    expect(chat.live.value).toBeUndefined();
    await openPage();
    expect(contents()).toEqual(["user: hello there", "assistant: You said: hello there"]);
    expect(chat.threads.value.map(({ title }) => title)).toEqual(["hello there"]);
  });

  it("keeps what was written when it is stopped", async () => {
    const answer = chat.send("one two three four five six");
    const stop = chat.live.subscribe((live) => {
      if (live?.text.includes("two")) chat.stop();
    });
    await answer;
    stop();
    expect(contents()[1]).toBe("assistant: You said: one two");
    expect(chat.turns.value[1]?.stoppedBy).toBe("abort");
  });

  it("refuses an empty message, a huge one, and a second one while it answers", async () => {
    await expect(chat.send(" \n")).rejects.toMatchObject({ code: "empty-prompt" });
    await expect(chat.send("x".repeat(10_000))).rejects.toMatchObject({ code: "prompt-too-long" });
    const first = chat.send("first");
    await expect(chat.send("second")).rejects.toMatchObject({ code: "busy" });
    await first;
    expect(contents()).toHaveLength(2);
  });

  it("retries by replacing the last answer", async () => {
    await chat.send("hello");
    const before = lastTurnId();
    await chat.retry();
    expect(contents()).toHaveLength(2);
    expect(lastTurnId()).not.toBe(before);
  });

  it("forgets a deleted thread with its turns", async () => {
    await chat.send("hello");
    await chat.deleteThread(chat.threads.value[0]?.id ?? "");
    expect(chat.turns.value).toEqual([]);
    await openPage();
    expect(chat.threads.value).toEqual([]);
  });
});

describe("a correction", () => {
  it("keeps the pair, marks the turn, and replaces an earlier one of the same answer", async () => {
    await chat.send("hello");
    await corrections.correct(lastTurnId(), "Good day.");
    await corrections.correct(lastTurnId(), "Good day to you.");
    expect(corrections.pairs.value).toHaveLength(1);
    expect(corrections.pairs.value[0]).toMatchObject({
      prompt: "hello",
      answer: "Good day to you.",
      rejectedAnswer: "You said: hello",
    });
    expect(chat.turns.value.at(-1)?.correctedTo).toBe("Good day to you.");
    await openPage();
    expect(corrections.pairs.value).toHaveLength(1);
  });

  it("says what is wrong with an empty, unchanged or misplaced one, and can be deleted", async () => {
    await chat.send("hello");
    const [question] = chat.turns.value;
    await expect(corrections.correct(lastTurnId(), " ")).rejects.toMatchObject({ code: "empty-answer" });
    await expect(corrections.correct(lastTurnId(), "You said: hello")).rejects.toMatchObject({
      code: "unchanged",
    });
    await expect(corrections.correct(question?.id ?? "", "x")).rejects.toMatchObject({ code: "not-found" });
    await corrections.correct(lastTurnId(), "Good day.");
    await corrections.remove(corrections.pairs.value[0]?.id ?? "");
    expect(corrections.pairs.value).toEqual([]);
  });
});

/** A model that a network which is away does not give, and that was trained on so many earlier exchanges. */
class FarInference extends EchoInference {
  readonly asked: GenerateRequest[] = [];
  isAway = false;
  trainedOn: Pick<ModelInfo, "historyTurns"> = {};

  override async load(): Promise<ModelInfo> {
    if (this.isAway) throw failure("model-file-missing", "model.json could not be loaded.");
    return { ...(await super.load()), ...this.trainedOn };
  }

  override generate(
    request: GenerateRequest,
    onText: (piece: string) => void,
    signal?: AbortSignal,
  ): Promise<GenerateResult> {
    this.asked.push(request);
    return super.generate(request, onText, signal);
  }
}

describe("a model that failed", () => {
  it("is loaded again when asked, with the adapter that came meanwhile", async () => {
    const inference = new FarInference(simulatedGenesis().model);
    inference.isAway = true;
    await openPage(inference);
    expect(chat.model.value).toMatchObject({ state: "failed", error: { code: "model-file-missing" } });
    await expect(chat.send("hello")).rejects.toMatchObject({ code: "model-file-missing" });
    await chat.useAdapter(null, "epoch 3");
    await chat.reloadModel();
    expect(chat.model.value.state).toBe("failed");
    inference.isAway = false;
    await chat.reloadModel();
    expect(chat.model.value).toMatchObject({ state: "ready", version: "epoch 3" });
    await chat.retry();
    expect(contents()).toEqual(["user: hello", "assistant: You said: hello"]);
  });
});

describe("history", () => {
  const asked = async (trainedOn: Pick<ModelInfo, "historyTurns">): Promise<string[]> => {
    const inference = new FarInference(simulatedGenesis().model);
    inference.trainedOn = trainedOn;
    await openPage(inference);
    for (const text of ["one", "two", "three"]) await chat.send(text);
    return inference.asked.at(-1)?.messages.map(({ content }) => content) ?? [];
  };

  it("is as many exchanges as the model was trained to read", async () => {
    expect(await asked({ historyTurns: 1 })).toEqual(["two", "You said: two", "three"]);
    expect(await asked({ historyTurns: 0 })).toEqual(["three"]);
  });

  it("is all of it where the model does not say", async () => {
    const all = ["one", "You said: one", "two", "You said: two", "three"];
    expect(await asked({})).toEqual(all);
  });
});
