import { NETWORK_VALUE_PREFIX, type Store } from "../../ports/store.ts";

const NODE_ID_KEY = `${NETWORK_VALUE_PREFIX}node-id`;
/** What one identity promised or gave away in this network, and another cannot keep. */
const OF_ONE_IDENTITY = ["donating", "held-out", "residual", "identity-link"];

/**
 * After another identity has taken this profile over, what the one before had promised is not this one's to keep: its duties,
 * its submission under way, its outbox. Its messages stay, as anybody's. Does nothing else.
 */
export async function forgetPromisesOfAnother(store: Store, nodeId: string): Promise<void> {
  const kept = await store.getValue(NODE_ID_KEY);
  const before = kept === undefined ? undefined : new TextDecoder().decode(kept);
  if (before === nodeId) return;
  if (before !== undefined) {
    for (const { id } of await store.listDuties()) await store.deleteDuty(id);
    for (const { cid } of await store.listOutbox()) await store.deleteOutbox(cid);
    for (const key of OF_ONE_IDENTITY) await store.setValue(`${NETWORK_VALUE_PREFIX}${key}`, undefined);
  }
  await store.setValue(NODE_ID_KEY, new TextEncoder().encode(nodeId));
}
