import { cidOf } from "../../core/codec/dag-cbor.ts";
import { failure } from "../../core/errors.ts";
import type { Cid } from "../../core/primitives.ts";

/** The bytes of a runtime's .wasm file and their raw CID. What is hashed here is what is then run. */
export interface RuntimeBinary {
  readonly bytes: Uint8Array;
  readonly cid: Cid;
}

export function runtimeBinary(bytes: Uint8Array): RuntimeBinary {
  return { bytes, cid: cidOf(bytes, "raw") };
}

/** Errors: model-file-missing. */
export async function fetchRuntime(url: string): Promise<RuntimeBinary> {
  const response = await fetch(url).catch(() => undefined);
  if (response?.ok) return runtimeBinary(new Uint8Array(await response.arrayBuffer()));
  throw failure(
    "model-file-missing",
    `${url} could not be loaded.`,
    "200",
    `${response?.status ?? "no answer"}`,
  );
}
