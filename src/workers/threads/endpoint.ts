import { type MessagePort, parentPort, type Worker } from "node:worker_threads";
import { failure } from "../../core/errors.ts";
import type { RpcEndpoint } from "../rpc.ts";

type Listener = (event: MessageEvent) => void;

/**
 * A thread of Node, or a port to one, as the calls of rpc.ts want it: Node emits bare values where browsers dispatch
 * events, and has another list of what can move.
 */
export function threadEndpoint(thread: Worker | MessagePort): RpcEndpoint {
  const wrapped = new Map<Listener, (value: unknown) => void>();
  return {
    postMessage: (message, transfer) => thread.postMessage(message, transfer.filter(isMovable)),
    addEventListener(_, listener) {
      const onMessage = (data: unknown) => listener(new MessageEvent("message", { data }));
      wrapped.set(listener, onMessage);
      thread.on("message", onMessage);
    },
    removeEventListener(_, listener) {
      const onMessage = wrapped.get(listener);
      wrapped.delete(listener);
      if (onMessage !== undefined) thread.off("message", onMessage);
    },
  };
}

/** The end of this thread's own connection to the one that started it. Errors: no-thread (it is the main thread). */
export function parentEndpoint(): RpcEndpoint {
  if (parentPort === null) throw failure("no-thread", "This file is the entry of a worker thread");
  return threadEndpoint(parentPort);
}

/** Bytes move; whatever else is listed is copied. */
function isMovable(object: unknown): object is ArrayBuffer {
  return object instanceof ArrayBuffer;
}
