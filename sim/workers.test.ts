import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { localEngine } from "../src/app/node/engine.ts";
import { genesisCid } from "../src/core/artifacts/genesis.ts";
import { genesisState } from "../src/core/artifacts/state.ts";
import { LIMITS } from "../src/core/limits.ts";
import { describeEpochEngine } from "../src/ports/acceptance/epoch-engine.ts";
import { engineOver } from "../src/workers/core/client.ts";
import { coreHandlers } from "../src/workers/core/handlers.ts";
import type { CoreProtocol } from "../src/workers/core/protocol.ts";
import { connectRpc, type Handlers, type Protocol, type RpcClient, serveRpc } from "../src/workers/rpc.ts";
import { validationOver } from "../src/workers/validation/client.ts";
import { validationHandlers } from "../src/workers/validation/handlers.ts";
import type { ValidationProtocol } from "../src/workers/validation/protocol.ts";
import { History } from "./history.ts";

describe("validation worker", () => {
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
    await history.runEpoch(0);
    const batch = LIMITS.validationBatchMessages;
    const times = Math.ceil(batch / history.messages.length);
    // One batch full of good messages; the bad one comes in the next.
    const messages = Array.from({ length: times }, () => history.messages)
      .flat()
      .slice(0, batch);
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
    const good = messages.map(({ bytes }) => validation.decode(bytes));
    await expect(validation.decode(bad)).rejects.toMatchObject({ data: { verdict: "REJECT" } });
    expect(await Promise.all(good)).toEqual(messages);
    expect(batches).toBe(2);
    validation.close();
    await expect(validation.decode(bad)).rejects.toMatchObject({ data: { code: "worker-closed" } });
  });
});

/** A history of one epoch, with the state before it. */
async function oneEpoch() {
  const history = new History();
  await history.stakeAll();
  await history.clock.advanceTo(history.genesis.startMs);
  await history.runEpoch(0);
  const { genesis } = history;
  return { genesis, state: genesisState(genesis), input: history.lastInput() };
}

describeEpochEngine("in this thread", async () => {
  const epoch = await oneEpoch();
  return { ...epoch, engine: localEngine(epoch.genesis), dispose: async () => {} };
});

describeEpochEngine("over the worker protocol", async () => {
  const epoch = await oneEpoch();
  const channel = new MessageChannel();
  const stop = serveRpc<CoreProtocol>(channel.port2, coreHandlers);
  const engine = engineOver(connectRpc<CoreProtocol>(channel.port1), epoch.genesis);
  const dispose = async (): Promise<void> => {
    engine.close();
    stop();
    channel.port1.close();
    channel.port2.close();
  };
  return { ...epoch, engine, dispose };
});
