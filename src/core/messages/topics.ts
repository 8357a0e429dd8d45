/**
 * The gossip topics of a network. Kinds that are said in the same phase of an epoch, by the same sort of node and in
 * sizes of the same order share a topic: each topic has a mesh, a score and quotas of its own, so that a flood of one
 * class leaves the others alone.
 */
import type { TimedPhase } from "../genesis.ts";
import type { Cid } from "../primitives.ts";
import type { Kind } from "./kinds.ts";

export const TOPIC_CLASSES = ["commit", "reveal", "verify", "set", "vote", "use", "govern", "judge"] as const;
export type TopicClass = (typeof TOPIC_CLASSES)[number];

const ANY: readonly TimedPhase[] = ["commit", "reveal", "verify", "sign"];

interface TopicRule {
  readonly kinds: readonly Kind[];
  /** When most of it is said. At other times it is still heard, at a quarter of the quota. */
  readonly phases: readonly TimedPhase[];
}

/** Every kind stands in exactly one class. */
export const TOPICS: Readonly<Record<TopicClass, TopicRule>> = {
  commit: { kinds: ["commit"], phases: ["commit"] },
  reveal: { kinds: ["submission"], phases: ["reveal"] },
  // A validator that woke up late may attest until the epoch ends.
  verify: { kinds: ["attestation", "held-out-reveal"], phases: ["verify", "sign"] },
  // Megabytes, from one leader a round: apart from the votes, which are small and many.
  set: { kinds: ["message-set"], phases: ["sign"] },
  vote: { kinds: ["epoch-vote"], phases: ["sign"] },
  use: { kinds: ["receipt"], phases: ANY },
  govern: { kinds: ["proposal", "ballot", "held-out-commit"], phases: ANY },
  judge: { kinds: ["evidence", "dispute", "ruling"], phases: ANY },
};

const CLASS_OF = new Map<Kind, TopicClass>(
  TOPIC_CLASSES.flatMap((name) => TOPICS[name].kinds.map((kind): [Kind, TopicClass] => [kind, name])),
);

export function topicClassOf(kind: Kind): TopicClass {
  const found = CLASS_OF.get(kind);
  if (found === undefined) throw new Error(`the kind ${kind} has no topic`);
  return found;
}

/** The network's CID keeps networks apart. */
export function topicOf(network: Cid, topicClass: TopicClass): string {
  return `/parley/${network.slice(-16)}/${topicClass}`;
}

/** The class that a topic's name ends in; undefined when it is no topic of messages. */
export function classOfTopic(topic: string): TopicClass | undefined {
  if (!topic.startsWith("/parley/")) return undefined;
  const name = topic.slice(topic.lastIndexOf("/") + 1);
  return TOPIC_CLASSES.find((known) => known === name);
}
