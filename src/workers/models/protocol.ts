import type { Cid } from "../../core/primitives.ts";
import type { KeptModel, ModelSource } from "../../ports/model-library.ts";
import type { Progress } from "../../ports/progress.ts";

/** Calls of the worker that brings models onto this device: the ModelLibrary port. */
export interface ModelsProtocol {
  list: { request: null; response: readonly KeptModel[]; event: never };
  add: { request: ModelSource; response: KeptModel; event: Progress };
  share: { request: string; response: Cid; event: Progress };
  unshare: { request: Cid; response: null; event: never };
  remove: { request: string; response: null; event: never };
  /** A port on which the page answers `BlocksProtocol`: the network runs there. */
  connectPeers: { request: MessagePort; response: null; event: never };
}

/** What the worker asks of the page. */
export interface BlocksProtocol {
  get: { request: Cid; response: Uint8Array; event: never };
  put: { request: Uint8Array; response: Cid; event: never };
  has: { request: Cid; response: boolean; event: never };
  delete: { request: Cid; response: null; event: never };
}
