import type { RpcEndpoint } from "./rpc.ts";

/** The page's end of a dedicated worker's connection, seen from inside the worker. */
export const workerScope: RpcEndpoint = {
  postMessage: (message, transfer) => globalThis.postMessage(message, { transfer }),
  addEventListener: (type, listener) => globalThis.addEventListener(type, listener),
  removeEventListener: (type, listener) => globalThis.removeEventListener(type, listener),
};
