import { bytesToHex, hashWithDomain, hexToBytes } from "../bytes.ts";
import type { StakeEntry } from "../chain-types.ts";
import { DOMAINS } from "../domains.ts";
import { type ErrorData, ignore, reject } from "../errors.ts";
import type { TypedMessage } from "../messages/message.ts";
import type { ReceiptBody } from "../messages/receipt/schema.ts";
import type { Hash, NodeId } from "../primitives.ts";
import type { State } from "../state.ts";

export type ReceiptMessage = TypedMessage<"receipt">;

/** What a receipt is checked against: the state before its epoch and who takes part in it. */
export interface ReceiptContext {
  readonly state: State;
  readonly staked: ReadonlyMap<NodeId, StakeEntry>;
}

/**
 * What is wrong with a receipt by itself; the epoch and live nodes share it. Checked in this order:
 * REJECT self-receipt (provider and requester are one), receipt-flops (more FLOPs than its tokens need);
 * IGNORE not-staked (one of the two does not take part), stale-model-version (not the state's version).
 * decodeMessage has checked both signatures.
 */
export function checkReceipt(context: ReceiptContext, message: ReceiptMessage): ErrorData | undefined {
  const { author, body } = message.envelope;
  if (body.requester === author) {
    return reject("self-receipt", "Nobody answers itself for pay").data;
  }
  return (
    checkFlops(context.state, body) ??
    checkParties(context, author, body.requester) ??
    checkVersion(context.state, body)
  );
}

function checkFlops(
  { parameters }: State,
  { tokensIn, tokensOut, flops }: ReceiptBody,
): ErrorData | undefined {
  const most = (BigInt(tokensIn) + BigInt(tokensOut)) * BigInt(parameters.flopsPerToken);
  if (BigInt(flops) <= most) return undefined;
  const message = "It claims more FLOPs than its tokens need";
  return reject("receipt-flops", message, `at most ${most}`, `${flops}`).data;
}

function checkParties(
  { staked }: ReceiptContext,
  provider: NodeId,
  requester: NodeId,
): ErrorData | undefined {
  const absent = [provider, requester].find((nodeId) => !staked.has(nodeId));
  if (absent === undefined) return undefined;
  return ignore("not-staked", "Its provider or requester has too little at stake", undefined, absent).data;
}

function checkVersion({ modelVersion }: State, body: ReceiptBody): ErrorData | undefined {
  if (body.modelVersion === modelVersion) return undefined;
  const message = "Answered with a version that is not the current one";
  return ignore("stale-model-version", message, modelVersion, body.modelVersion).data;
}

/**
 * Key of a request in the state: H("parley/request/1", requester, request). The requester inside keeps others from using
 * up a request that is not theirs.
 */
export function requestKey({ requester, request }: Pick<ReceiptBody, "requester" | "request">): Hash {
  return bytesToHex(hashWithDomain(DOMAINS.request, hexToBytes(requester), hexToBytes(request)));
}
