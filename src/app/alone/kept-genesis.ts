import { decodeGenesis } from "../../core/artifacts/genesis.ts";
import { cidOf } from "../../core/codec/dag-cbor.ts";
import { failure, toErrorData } from "../../core/errors.ts";
import type { Genesis } from "../../core/genesis.ts";
import type { Cid } from "../../core/primitives.ts";

/**
 * The genesis of this browser's own network, as an earlier visit kept it. One that this version cannot read was made by
 * another version, which had other contracts or rules. Errors: alone-outdated.
 */
export function decodeKeptGenesis(kept: Uint8Array): Genesis {
  try {
    return decodeGenesis(kept);
  } catch (thrown) {
    const { message } = toErrorData(thrown);
    throw failure("alone-outdated", "Another version of Parley began this network", undefined, message);
  }
}

/** What names a kept network, and its databases; also of one that cannot be read any more. */
export function cidOfKept(kept: Uint8Array): Cid {
  return cidOf(kept);
}
