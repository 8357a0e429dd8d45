import { describe, expect, it } from "vitest";
import { paidIn, settle } from "../../../vectors/lib/economy.ts";
import { readVector } from "../../../vectors/lib/read.ts";
import { toJson } from "../../../vectors/lib/write.ts";
import { decodeGenesis, genesisCid } from "../artifacts/genesis.ts";
import { decodeState } from "../artifacts/state.ts";
import { hexToBytes } from "../bytes.ts";
import { z } from "../codec/zod.ts";
import { epochContext } from "../epoch/context.ts";
import { transition } from "../epoch/transition.ts";
import { decodeMessage, isMessageOf } from "../messages/message.ts";
import { emissionOf } from "./rewards.ts";

const stakeEntry = z.object({
  nodeId: z.string(),
  operator: z.templateLiteral(["0x", z.string()]),
  account: z.templateLiteral(["0x", z.string()]),
  stakeWei: z.string().transform(BigInt),
  delegatedWei: z.string().transform(BigInt),
  lockedUntilMs: z.int(),
});

const file = z.object({
  receipts: z.looseObject({
    genesis: z.string(),
    state: z.string(),
    registry: z.object({ blockNumber: z.int(), blockHash: z.string(), entries: z.array(stakeEntry) }),
    epoch: z.int(),
    receipts: z.array(z.string()).min(10),
    refused: z.array(z.unknown()).min(6),
  }),
  epochs: z.object({
    genesis: z.string(),
    before: z.string(),
    steps: z
      .array(
        z.object({
          messageSet: z.string(),
          messages: z.array(z.string()),
          artifacts: z.record(z.string(), z.string()),
          after: z.record(z.string(), z.unknown()),
        }),
      )
      .length(3),
  }),
});

describe("rewards.json", () => {
  it("can be replayed from its bytes: three epochs in a row with receipts, fines and pay held back", () => {
    const { epochs } = readVector("rewards.json", file);
    const genesis = decodeGenesis(hexToBytes(epochs.genesis));
    const network = genesisCid(genesis);
    let state = decodeState(hexToBytes(epochs.before));
    for (const step of epochs.steps) {
      const messageSet = decodeMessage(hexToBytes(step.messageSet), network);
      if (messageSet.kind !== "message-set") throw new Error("not a message set");
      const result = transition(genesis, state, {
        messageSet,
        messages: step.messages.map((bytes) => decodeMessage(hexToBytes(bytes), network)),
        artifacts: new Map(Object.entries(step.artifacts).map(([cid, bytes]) => [cid, hexToBytes(bytes)])),
      });
      expect(JSON.parse(toJson(paidIn(result)))).toEqual(step.after);
      state = result.state;
    }
  });

  it("says of each receipt what it pays or why it is refused", () => {
    const { receipts: vector } = readVector("rewards.json", file);
    const genesis = decodeGenesis(hexToBytes(vector.genesis));
    const state = decodeState(hexToBytes(vector.state));
    const messages = vector.receipts.map((bytes) => decodeMessage(hexToBytes(bytes), genesisCid(genesis)));
    const context = epochContext(genesis, state, vector.registry, vector.epoch);
    const settled = settle(
      context,
      messages.filter(isMessageOf("receipt")),
      emissionOf(genesis.parameters).inferenceWei,
    );
    expect(vector).toMatchObject(JSON.parse(toJson(settled)));
  });
});
