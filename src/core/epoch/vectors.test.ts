import { describe, expect, it } from "vitest";
import { after } from "../../../vectors/lib/epoch.ts";
import { epochRootVector } from "../../../vectors/lib/epoch-root.ts";
import { protocolVectors } from "../../../vectors/lib/protocol.ts";
import { readVector } from "../../../vectors/lib/read.ts";
import { toJson } from "../../../vectors/lib/write.ts";
import { decodeGenesis, genesisCid } from "../artifacts/genesis.ts";
import { decodeState, stateRoot } from "../artifacts/state.ts";
import { hexToBytes } from "../bytes.ts";
import { z } from "../codec/zod.ts";
import { decodeMessage } from "../messages/message.ts";
import { drawnFor } from "./committee.ts";
import { epochContext } from "./context.ts";
import { leaderOrder } from "./leader.ts";
import { epochRootDigest, recoverOperator } from "./root.ts";
import { transition } from "./transition.ts";

const epochFile = z.object({
  genesis: z.string(),
  genesisCid: z.string(),
  before: z.object({ state: z.string(), stateRoot: z.string() }),
  leaderOrder: z.array(z.string()),
  drawn: z.record(z.string(), z.object({ committee: z.array(z.string()), reserves: z.array(z.string()) })),
  messageSet: z.string(),
  messages: z.array(z.string()).min(10),
  artifacts: z.record(z.string(), z.string()),
  after: z.record(z.string(), z.unknown()),
});

describe("vectors of the protocol", () => {
  it.each(Object.entries(protocolVectors()))("%s.json is what the code computes", (name, computed) => {
    expect(readVector(`${name}.json`, z.unknown())).toEqual(JSON.parse(toJson(computed)));
  });

  it("epoch-root.json: digest, signature and address fit together", () => {
    const vector = epochRootVector();
    expect(readVector("epoch-root.json", z.unknown())).toEqual(vector);
    expect(recoverOperator(vector.digest, vector.signature)).toBe(vector.address);
  });

  it("epoch.json can be replayed from its bytes alone", () => {
    const vector = readVector("epoch.json", epochFile);
    const genesis = decodeGenesis(hexToBytes(vector.genesis));
    expect(genesisCid(genesis)).toBe(vector.genesisCid);
    const before = decodeState(hexToBytes(vector.before.state));
    expect(stateRoot(before)).toBe(vector.before.stateRoot);
    const decode = (encoded: string) => decodeMessage(hexToBytes(encoded), vector.genesisCid);
    const messages = vector.messages.map(decode);
    const messageSet = decode(vector.messageSet);
    if (messageSet.kind !== "message-set") throw new Error("not a message set");
    const { registry, epoch } = messageSet.envelope.body;
    expect(leaderOrder(genesis, before, registry, epoch)).toEqual(vector.leaderOrder);
    for (const message of messages) {
      if (message.kind !== "submission") continue;
      const context = epochContext(genesis, before, registry, epoch);
      expect(drawnFor(context, message.envelope.author)).toEqual(vector.drawn[message.cid]);
    }
    const artifacts = new Map(
      Object.entries(vector.artifacts).map(([cid, bytes]) => [cid, hexToBytes(bytes)]),
    );
    const result = transition(genesis, before, { messageSet, messages, artifacts });
    const digest = epochRootDigest(genesis.chain, result.root);
    expect(JSON.parse(toJson(after(digest, result)))).toEqual(vector.after);
  });
});
