import { describe, expect, it } from "vitest";
import { afterEpoch } from "../../../vectors/lib/disputes.ts";
import { readVector } from "../../../vectors/lib/read.ts";
import { toJson } from "../../../vectors/lib/write.ts";
import { decodeGenesis } from "../artifacts/genesis.ts";
import { decodeState, stateRoot } from "../artifacts/state.ts";
import { hexToBytes } from "../bytes.ts";
import { z } from "../codec/zod.ts";
import { transition } from "../epoch/transition.ts";
import { decodeMessage } from "../messages/message.ts";

const playFile = z.array(
  z.object({
    name: z.string(),
    genesis: z.string(),
    genesisCid: z.string(),
    before: z.object({ state: z.string(), stateRoot: z.string() }),
    epochs: z.array(
      z.object({
        epoch: z.number(),
        messageSet: z.string(),
        messages: z.array(z.string()),
        artifacts: z.record(z.string(), z.string()),
        after: z.record(z.string(), z.unknown()),
      }),
    ),
  }),
);

describe("disputes.json", () => {
  it("can be replayed from its bytes alone, epoch by epoch, to the same verdicts, charges and roots", () => {
    const plays = readVector("disputes.json", playFile);
    expect(plays.map(({ name }) => name)).toEqual(["overturned", "upheld", "expired"]);
    for (const play of plays) {
      const genesis = decodeGenesis(hexToBytes(play.genesis));
      let state = decodeState(hexToBytes(play.before.state));
      expect(stateRoot(state)).toBe(play.before.stateRoot);
      for (const { messageSet: encoded, messages, artifacts, after } of play.epochs) {
        const messageSet = decodeMessage(hexToBytes(encoded), play.genesisCid);
        if (messageSet.kind !== "message-set") throw new Error("not a message set");
        const result = transition(genesis, state, {
          messageSet,
          messages: messages.map((bytes) => decodeMessage(hexToBytes(bytes), play.genesisCid)),
          artifacts: new Map(Object.entries(artifacts).map(([cid, bytes]) => [cid, hexToBytes(bytes)])),
        });
        expect(JSON.parse(toJson(afterEpoch(result)))).toEqual(after);
        state = result.state;
      }
    }
  });
});
