import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { genesisCid } from "../src/core/artifacts/genesis.ts";
import { genesisState } from "../src/core/artifacts/state.ts";
import { engineOver } from "../src/workers/core/client.ts";
import { coreHandlers } from "../src/workers/core/handlers.ts";
import type { CoreProtocol } from "../src/workers/core/protocol.ts";
import { connectRpc, type Handlers, type Protocol, type RpcClient, serveRpc } from "../src/workers/rpc.ts";
import { validationOver } from "../src/workers/validation/client.ts";
import { validationHandlers } from "../src/workers/validation/handlers.ts";
import type { ValidationProtocol } from "../src/workers/validation/protocol.ts";
import { History } from "./history.ts";

describe("validation and core workers", () => {
  let channel: MessageChannel;
  beforeEach(() => {
    channel = new MessageChannel();
  });
  afterEach(() => {
    channel.port1.close();
    channel.port2.close();
  });
  const connected = <P extends Protocol<P>>(handlers: Handlers<P>): RpcClient<P> => {
    serveRpc<P>(channel.port2, handlers);
    return connectRpc<P>(channel.port1);
  };

  it("decodes many messages in few batches, each to its own caller, and refuses the bad one alone", async () => {
    const history = new History();
    await history.stakeAll();
    await history.clock.advanceTo(history.genesis.startMs);
    for (const epoch of [0, 1, 2, 3, 4, 5, 6, 7]) await history.runEpoch(epoch);
    let batches = 0;
    const rpc = connected<ValidationProtocol>({
      decode: (request, context) => {
        batches++;
        return validationHandlers.decode(request, context);
      },
    });
    const validation = validationOver(rpc, genesisCid(history.genesis));
    const bad = Uint8Array.from(history.bytes()[3] ?? []);
    bad[bad.length - 1] = (bad[bad.length - 1] ?? 0) ^ 1;
    const good = history.messages.map(({ bytes }) => validation.decode(bytes));
    await expect(validation.decode(bad)).rejects.toMatchObject({ data: { verdict: "REJECT" } });
    expect(await Promise.all(good)).toEqual(history.messages);
    expect(batches).toBe(2);
    validation.close();
    await expect(validation.decode(bad)).rejects.toMatchObject({ data: { code: "worker-closed" } });
  });

  it("computes in the worker what the page would compute", async () => {
    const history = new History();
    await history.stakeAll();
    await history.clock.advanceTo(history.genesis.startMs);
    const result = await history.runEpoch(0);
    const engine = engineOver(connected<CoreProtocol>(coreHandlers), history.genesis);
    const state = genesisState(history.genesis);
    const input = history.lastInput();
    expect(await engine.transition(state, input)).toEqual(structuredClone(result));
    const { epoch, registry } = input.messageSet.envelope.body;
    const aggregation = await engine.aggregate(state, { ...input, epoch, registry });
    expect(aggregation.adapter).toEqual(result.adapter);
    const wrong = { ...input, messages: [] };
    await expect(engine.transition(state, wrong)).rejects.toMatchObject({ data: { code: "member-missing" } });
    engine.close();
  });
});
