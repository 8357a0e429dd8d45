import type { ErrorData } from "../../src/core/errors.ts";
import type { Message } from "../../src/core/messages/message.ts";
import type { Cid } from "../../src/core/primitives.ts";

/**
 * One distinct message on the network: its bytes once for all nodes, with what every node would find out about them by
 * itself (see SharedWork). Nodes and authors are named by index, since a run handles packets hundreds of millions of times.
 */
export interface Packet {
  readonly index: number;
  /** That it travels on: a kind of message, but a liar may send something else there. */
  readonly topic: string;
  readonly cid: Cid;
  readonly bytes: Uint8Array;
  /** Undefined when the bytes are no good message. */
  readonly message: Message | undefined;
  readonly refusal: ErrorData | undefined;
  /** Index of its author, −1 without a message. */
  readonly author: number;
  readonly sequence: number;
  /** Nodes that have been handed it, by index. */
  readonly seen: Uint8Array;
  /** When it arrives at a node by the fastest copy under way; 0 for none. Dropped when it has gone round. */
  arrivals: Float64Array | undefined;
  readonly firstSentAtMs: number;
}
