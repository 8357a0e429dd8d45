import { ParleyError, toErrorData } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Message } from "../../core/messages/message.ts";
import type { Cid } from "../../core/primitives.ts";
import { connectWorker, type RpcClient } from "../rpc.ts";
import type { ValidationProtocol } from "./protocol.ts";

export interface Validation {
  /** A checked message. Throws what core's decodeMessage throws, and worker-failed. */
  decode(bytes: Uint8Array): Promise<Message>;
  /** Ends the worker. */
  close(): void;
}

/** Validation in a worker of its own. */
export function validationClient(network: Cid): Validation {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "validation" });
  return validationOver(connectWorker<ValidationProtocol>(worker), network);
}

interface Waiting {
  readonly bytes: Uint8Array;
  readonly resolve: (message: Message) => void;
  readonly reject: (error: ParleyError) => void;
}

/** Validation over any connection. While a batch is under way, what comes in waits for the next one. */
export function validationOver(rpc: RpcClient<ValidationProtocol>, network: Cid): Validation {
  const waiting: Waiting[] = [];
  let running = false;

  const runAll = async (): Promise<void> => {
    running = true;
    // Whoever decodes many at once does so in one turn: let them all in first.
    await Promise.resolve();
    while (waiting.length > 0) {
      await runBatch(rpc, network, waiting.splice(0, LIMITS.validationBatchMessages));
    }
    running = false;
  };
  return {
    decode: (bytes) =>
      new Promise((resolve, reject) => {
        waiting.push({ bytes, resolve, reject });
        if (!running) void runAll();
      }),
    close: () => rpc.close(),
  };
}

async function runBatch(
  rpc: RpcClient<ValidationProtocol>,
  network: Cid,
  batch: readonly Waiting[],
): Promise<void> {
  try {
    const outcomes = await rpc.call("decode", { network, messages: batch.map(({ bytes }) => bytes) });
    for (const [index, { resolve, reject }] of batch.entries()) {
      const outcome = outcomes[index];
      if (outcome?.message !== undefined) resolve(outcome.message);
      else reject(new ParleyError(outcome?.error ?? { code: "worker-failed", message: "No outcome came" }));
    }
  } catch (thrown) {
    for (const { reject } of batch) reject(new ParleyError(toErrorData(thrown)));
  }
}
