import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { failure, ParleyError } from "../core/errors.ts";
import { connectRpc, type Handlers, type RpcClient, serveRpc } from "./rpc.ts";

interface TestProtocol {
  add: { request: readonly number[]; response: number; event: never };
  count: { request: number; response: number; event: { done: number } };
  fill: { request: Uint8Array; response: Uint8Array; event: never };
  refuse: { request: null; response: never; event: never };
  wait: { request: null; response: string; event: "started" };
  held: { request: null; response: string; event: boolean };
}

const handlers: Handlers<TestProtocol> = {
  add: (numbers) => numbers.reduce((sum, value) => sum + value, 0),
  count: (total, { emit }) => {
    for (let done = 1; done <= total; done++) emit({ done });
    return total;
  },
  fill: (bytes, { transfer }) => {
    const filled = new Uint8Array(bytes.length).fill(7);
    transfer(filled.buffer);
    return filled;
  },
  refuse: () => {
    throw failure("refused", "No", "yes", "no");
  },
  wait: (_, { signal, emit }) =>
    new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve("stopped early"));
      emit("started");
    }),
  held: (_, { pace, emit }) =>
    new Promise((resolve) => {
      let changes = 0;
      pace.onChange(() => {
        emit(pace.isHeld);
        changes += 1;
        if (changes === 4) resolve("let go twice");
      });
    }),
};

describe("rpc", () => {
  let channel: MessageChannel;
  let client: RpcClient<TestProtocol>;
  let stop: () => void;

  beforeEach(() => {
    channel = new MessageChannel();
    stop = serveRpc<TestProtocol>(channel.port2, handlers);
    client = connectRpc<TestProtocol>(channel.port1);
  });
  afterEach(() => {
    client.close();
    stop();
    channel.port1.close();
    channel.port2.close();
  });

  it("answers calls that run at the same time, each with its own result", async () => {
    const answers = await Promise.all([client.call("add", [1, 2]), client.call("add", [3, 4])]);
    expect(answers).toEqual([3, 7]);
  });

  it("delivers events in order and before the result", async () => {
    const seen: number[] = [];
    const result = await client.call("count", 3, { onEvent: ({ done }) => seen.push(done) });
    expect(seen).toEqual([1, 2, 3]);
    expect(result).toBe(3);
  });

  it("moves transferred buffers instead of copying them", async () => {
    const bytes = new Uint8Array(4);
    const filled = await client.call("fill", bytes, { transfer: [bytes.buffer] });
    expect(filled).toEqual(new Uint8Array([7, 7, 7, 7]));
    expect(bytes.byteLength).toBe(0);
  });

  it("carries errors across unchanged", async () => {
    const thrown = await client.call("refuse", null).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(ParleyError);
    expect((thrown as ParleyError).data).toEqual({
      code: "refused",
      message: "No",
      expected: "yes",
      received: "no",
    });
  });

  it("holds a procedure and lets it go on, also one that was held before the call", async () => {
    const listeners = new Set<() => void>();
    const pace = {
      isHeld: true,
      onChange: (listener: () => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
    const seen: boolean[] = [];
    const done = client.call("held", null, {
      pace,
      onEvent: (held) => {
        seen.push(held);
        pace.isHeld = !held;
        for (const listener of [...listeners]) listener();
      },
    });
    expect(await done).toBe("let go twice");
    expect(seen).toEqual([true, false, true, false]);
    expect(listeners.size).toBe(0);
  });

  it("tells the procedure that the caller aborted, before or during the call", async () => {
    const during = new AbortController();
    const options = { signal: during.signal, onEvent: () => during.abort() };
    await expect(client.call("wait", null, options)).resolves.toBe("stopped early");
    await expect(client.call("wait", null, { signal: AbortSignal.abort() })).resolves.toBe("stopped early");
  });

  it("fails open and later calls when the client is closed", async () => {
    const open = client.call("wait", null);
    client.close({ code: "worker-failed", message: "gone" });
    await expect(open).rejects.toMatchObject({ data: { code: "worker-failed" } });
    await expect(client.call("add", [1])).rejects.toMatchObject({ data: { code: "worker-failed" } });
  });

  it("refuses a procedure the worker does not have", async () => {
    const other = connectRpc<{ toString: TestProtocol["refuse"] }>(channel.port1);
    await expect(other.call("toString", null)).rejects.toMatchObject({ data: { code: "unknown-procedure" } });
    other.close();
  });
});
