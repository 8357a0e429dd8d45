import { LIMITS } from "./limits.ts";
import type { NodeId } from "./primitives.ts";

/** The node ID that a person typed or pasted, with or without 0x; undefined when it is none. */
export function parseNodeId(text: string): NodeId | undefined {
  if (text.length > LIMITS.typedNodeIdCharacters) return undefined;
  return /^(?:0x)?([0-9a-f]{64})$/.exec(text.trim().toLowerCase())?.[1];
}
