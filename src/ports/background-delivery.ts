import type { ErrorData } from "../core/errors.ts";
import type { Cid, NodeId } from "../core/primitives.ts";

export interface WaitingMessage {
  readonly cid: Cid;
  /** The signed envelope. */
  readonly bytes: Uint8Array;
}

/** `by`: the node that holds it now. `error`: why a mailbox did not take it; it goes on waiting. */
export interface DeliveryOutcome {
  readonly cid: Cid;
  readonly by?: NodeId | undefined;
  readonly error?: ErrorData | undefined;
}

/** Delivery of this node's own signed messages while no tab is open, to nodes that keep a mailbox. */
export interface BackgroundDelivery {
  /** What waits now, in the order of the log; takes the place of what was handed over before. */
  handOver(messages: readonly WaitingMessage[]): Promise<void>;
  /** What came of it, each told once. */
  outcomes(): Promise<readonly DeliveryOutcome[]>;
}
