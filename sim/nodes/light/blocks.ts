import { decodeAdapter } from "../../../src/core/artifacts/adapter.ts";
import type { Message } from "../../../src/core/messages/message.ts";
import type { Adapter, Cid } from "../../../src/core/primitives.ts";
import type { State } from "../../../src/core/state.ts";
import type { LightContext } from "./context.ts";

const decoded = new WeakMap<Uint8Array, Adapter>();

/** An adapter version by CID; undefined when no holder can be reached. */
export function adapterOf(context: LightContext, cid: Cid): Adapter | undefined {
  const bytes = blockOf(context, cid);
  if (bytes === undefined) return undefined;
  const known = decoded.get(bytes);
  if (known !== undefined) return known;
  const adapter = decodeAdapter(context.surroundings.genesis, bytes);
  decoded.set(bytes, adapter);
  return adapter;
}

/** A block that this node holds from now on; its way here is not timed, verification's is. */
export function blockOf(context: LightContext, cid: Cid): Uint8Array | undefined {
  const { blocks } = context.surroundings;
  const found = blocks.find(context.plan.index, cid);
  if (found !== undefined && found.tookMs > 0) blocks.hold(context.plan.index, cid, found.bytes);
  return found?.bytes;
}

/** What a transition reads: the versions that the state names, and the bundles that somebody passed. */
export function artifactsFor(
  context: LightContext,
  messages: readonly Message[],
): ReadonlyMap<Cid, Uint8Array> {
  const artifacts = new Map<Cid, Uint8Array>();
  const passed = messages.flatMap((message) =>
    message.kind === "attestation" && message.envelope.body.pass ? [message.envelope.body.deltaCid] : [],
  );
  for (const cid of new Set([...versionsOf(context.head.state), ...passed])) {
    const bytes = blockOf(context, cid);
    if (bytes !== undefined) artifacts.set(cid, bytes);
  }
  return artifacts;
}

function versionsOf(state: State): readonly Cid[] {
  const momentum = state.momentum === null ? [] : [state.momentum];
  return [state.modelVersion, ...momentum, ...state.clusters.map(({ adapter }) => adapter)];
}
