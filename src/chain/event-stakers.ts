import type { Address } from "../core/primitives.ts";
import type { ChainEvent, ChainRecords } from "../ports/chain-records.ts";

/**
 * A lock names the node only, and whoever staked for the node last has locked it: the contract takes a stake and a lock of a
 * node from nobody else. `events`: in the chain's order, next after what is in the records.
 */
export async function withStakers(
  events: readonly ChainEvent[],
  records: Pick<ChainRecords, "events">,
): Promise<readonly ChainEvent[]> {
  const stakers = new Map<string, Address>();
  const known: ChainEvent[] = [];
  for (const event of events) {
    if (event.kind === "staked") stakers.set(event.nodeId, event.account);
    known.push(event.kind === "locked" ? await withStaker(event, stakers, records) : event);
  }
  return known;
}

async function withStaker(
  event: ChainEvent & { readonly kind: "locked" },
  stakers: ReadonlyMap<string, Address>,
  records: Pick<ChainRecords, "events">,
): Promise<ChainEvent> {
  const { nodeId } = event;
  const account = stakers.get(nodeId) ?? (await lastStaker(nodeId, records));
  return account === undefined ? event : { ...event, account };
}

async function lastStaker(
  nodeId: string,
  records: Pick<ChainRecords, "events">,
): Promise<Address | undefined> {
  const [last] = await records.events({ nodeId, kinds: ["staked"], limit: 1 });
  return last?.kind === "staked" ? last.account : undefined;
}
