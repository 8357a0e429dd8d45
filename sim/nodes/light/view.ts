import type { Kind } from "../../../src/core/messages/kinds.ts";
import { signMessage, type TypedMessage } from "../../../src/core/messages/message.ts";
import { topicClassOf } from "../../../src/core/messages/topics.ts";
import { SeededRandom } from "../../adapters/random.ts";
import type { AdversaryView } from "../../adversaries/adversary.ts";
import { isDefined } from "../../engine/values.ts";
import { adapterOf, blockOf } from "./blocks.ts";
import type { LightContext } from "./context.ts";
import { honestDelta, measure } from "./train.ts";

/** What the gang of an adversary shares. */
export interface GangBoard {
  readonly gang: readonly string[];
  readonly board: Map<string, string>;
}

/** The node as its adversary sees it. */
export function viewOf(context: LightContext, { gang, board }: GangBoard, seed: string): AdversaryView {
  const { surroundings, plan } = context;
  const { genesis, mesh, work, blocks, networkCid } = surroundings;
  const indexesOf = (nodeIds: readonly string[] | undefined) =>
    nodeIds?.map((nodeId) => mesh.indexOf(nodeId));
  const version = () => {
    const adapter = adapterOf(context, context.head.state.modelVersion);
    if (adapter === undefined) throw new Error("an adversary has the version that it follows");
    return adapter;
  };
  const view: AdversaryView = {
    genesis,
    identity: plan.identity,
    gang,
    board,
    random: new SeededRandom(`${seed} adversary ${plan.name}`),
    nowMs: () => context.clock.nowMs(),
    state: () => context.head.state,
    root: () => context.head.root,
    adapter: version,
    registry: (epoch) => context.registryAt(epoch),
    neighbours: () =>
      mesh
        .neighbours(plan.index)
        .map((index) => mesh.nodeIds[index])
        .filter(isDefined),
    held: (epoch, kind) =>
      context.log
        .ofEpoch(epoch, kind)
        .map(({ packet }): TypedMessage<Kind> | undefined => packet.message)
        .filter(isKindOf(kind)),
    artifact: (cid) => blockOf(context, cid),
    putArtifact: (bytes) => blocks.put(plan.index, bytes),
    train: (number) => honestDelta(context, version(), number),
    measure: (delta) => measure(context, version(), delta),
    nextPlace: () => {
      const last = context.log.last(plan.index);
      return { sequence: (last?.sequence ?? -1) + 1, previous: last?.cid ?? null };
    },
    sign: (kind, body, place, timestampMs) => {
      const { clock, log } = context;
      const message = signMessage({
        network: networkCid,
        secretKey: plan.identity.secretKey,
        ...(place ?? view.nextPlace()),
        timestampMs: timestampMs ?? clock.nowMs(),
        kind,
        body,
      });
      work.trust(message);
      if (place === undefined) log.accept(mesh.packetOf(topicClassOf(kind), message.bytes), clock.nowMs());
      return message;
    },
    send: ({ kind, bytes }, to) => {
      mesh.publish(mesh.packetOf(topicClassOf(kind), bytes), plan.index, indexesOf(to));
    },
    sendBytes: (kind, bytes, to) => {
      mesh.publish(mesh.packetOf(topicClassOf(kind), bytes), plan.index, indexesOf(to));
    },
    later: (delayMs, task) => context.later(delayMs, task),
  };
  return view;
}

function isKindOf<K extends Kind>(kind: K) {
  return (message: TypedMessage<Kind> | undefined): message is TypedMessage<K> => message?.kind === kind;
}
