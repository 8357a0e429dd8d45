import { describe, expect, it } from "vitest";
import { History } from "../../sim/history.ts";
import { genesisCid } from "../../src/core/artifacts/genesis.ts";
import { CollectedLogs } from "./collected-logs.ts";

describe("CollectedLogs", () => {
  it("keeps each log in order, and refuses what is forged or comes too early", async () => {
    const history = new History();
    await history.stakeAll();
    await history.clock.advanceTo(history.genesis.startMs);
    await history.runEpoch(0);
    const logs = new CollectedLogs(genesisCid(history.genesis));
    const [first] = history.messages;
    const second = history.messages.find(({ envelope }) => envelope.sequence === 1);
    const forged = Uint8Array.from(first?.bytes ?? []);
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;

    expect(await logs.ingest(forged)).toMatchObject({ verdict: "REJECT" });
    expect(await logs.ingest(second?.bytes ?? forged)).toMatchObject({ code: "log-gap" });
    expect(logs.messages()).toEqual([]);
    for (const bytes of [...history.bytes(), ...history.bytes()]) {
      expect(await logs.ingest(bytes)).toBeUndefined();
    }
    expect(logs.messages()).toHaveLength(history.messages.length);
    const author = first?.envelope.author ?? "";
    const count = (await logs.heads()).get(author) ?? 0;
    expect(await logs.read(author, 0, count)).toEqual(
      history.messages
        .filter(({ envelope }) => envelope.author === author)
        .map(({ bytes }) => new Uint8Array(bytes)),
    );
  });
});
