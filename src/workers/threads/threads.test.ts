import { afterEach, describe, expect, it } from "vitest";
import { createIdentity } from "../../core/identity.ts";
import { signMessage } from "../../core/messages/message.ts";
import type { Validation } from "../validation/client.ts";
import { trainingThread, validationThread } from "./threads.ts";

const NETWORK = "bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";

describe("threads", () => {
  const open: { close(): void }[] = [];
  const lost: string[] = [];
  afterEach(() => {
    for (const thread of open.splice(0)) thread.close();
  });
  const validation = (): Validation => {
    const thread = validationThread(NETWORK, (name, reason) => lost.push(`${name}: ${reason}`));
    open.push(thread);
    return thread;
  };
  const ballot = () =>
    signMessage({
      network: NETWORK,
      secretKey: createIdentity(new Uint8Array(32).fill(7)).secretKey,
      sequence: 0,
      previous: null,
      timestampMs: 5,
      kind: "ballot",
      body: { proposal: NETWORK, choice: "for" },
    });

  it("check messages aside, many at once, and say of each why it is refused", async () => {
    const { decode } = validation();
    const { bytes, cid } = ballot();
    const spoiled = bytes.slice();
    spoiled[spoiled.length - 1] = (spoiled.at(-1) ?? 0) ^ 1;
    const outcomes = await Promise.allSettled([decode(bytes), decode(spoiled), decode(new Uint8Array([1]))]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
    expect(outcomes[0]).toMatchObject({ value: { cid } });
    expect(lost).toEqual([]);
  });

  it("fail their open calls when they are closed, and are not told as lost", async () => {
    const thread = validation();
    const asked = thread.decode(ballot().bytes);
    thread.close();
    await expect(asked).rejects.toMatchObject({ data: { code: "worker-closed" } });
    expect(lost).toEqual([]);
  });

  it("hand errors of the model on", async () => {
    const training = trainingThread({ folder: "/nowhere", threads: 1 }, (name) => lost.push(name));
    open.push(training);
    const refused = { data: { code: "model-file-missing" } };
    await expect(training.evaluator.environment()).rejects.toMatchObject(refused);
  });
});
