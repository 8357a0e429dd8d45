import type { RegistrySnapshot } from "../../../core/chain-types.ts";
import { type Drawn, drawnFor } from "../../../core/epoch/committee.ts";
import { type EpochContext, epochContext } from "../../../core/epoch/context.ts";
import { leaderAt, leadersOf } from "../../../core/epoch/leader.ts";
import type { Genesis } from "../../../core/genesis.ts";
import type { NodeId } from "../../../core/primitives.ts";
import type { State } from "../../../core/state.ts";
import type { Situation } from "./situation.ts";

const contexts = new WeakMap<State, WeakMap<RegistrySnapshot, Map<number, EpochContext>>>();
const leaders = new WeakMap<EpochContext, readonly NodeId[]>();
const drawn = new WeakMap<EpochContext, Map<NodeId, Drawn>>();

/** The context of the epoch under way. Every tick asks for it, so it is made once for a state and a registry. */
export function contextOf(genesis: Genesis, { head, registry, epoch }: Situation): EpochContext {
  const ofState = contexts.get(head.state) ?? new WeakMap<RegistrySnapshot, Map<number, EpochContext>>();
  contexts.set(head.state, ofState);
  const ofRegistry = ofState.get(registry.registry) ?? new Map<number, EpochContext>();
  ofState.set(registry.registry, ofRegistry);
  const known = ofRegistry.get(epoch);
  if (known !== undefined) return known;
  const context = epochContext(genesis, head.state, registry.registry, epoch);
  ofRegistry.set(epoch, context);
  return context;
}

/** Leader of a round, from an order that is drawn once. */
export function leaderOf(context: EpochContext, round: number): NodeId | undefined {
  const known = leaders.get(context);
  if (known !== undefined) return leaderAt(known, round);
  const order = leadersOf(context);
  leaders.set(context, order);
  return leaderAt(order, round);
}

/** Who examines what an author submits, drawn once. */
export function validatorsOf(context: EpochContext, author: NodeId): Drawn {
  const ofContext = drawn.get(context) ?? new Map<NodeId, Drawn>();
  drawn.set(context, ofContext);
  const known = ofContext.get(author);
  if (known !== undefined) return known;
  const validators = drawnFor(context, author);
  ofContext.set(author, validators);
  return validators;
}
