import { createIdentity, type Identity } from "../core/identity.ts";
import type { Random } from "../ports/random.ts";
import type { Store } from "../ports/store.ts";

const IDENTITY_KEY = "identity-seed";
const OPERATOR_KEY = "operator-key";

export interface NodeKeys {
  readonly identity: Identity;
  /** secp256k1, 32 bytes: signs epoch votes. */
  readonly operatorKey: Uint8Array;
}

/** This profile's keys, made on the first start. */
export async function loadNodeKeys(store: Store, random: Random): Promise<NodeKeys> {
  return {
    identity: createIdentity(await keep(store, IDENTITY_KEY, random)),
    operatorKey: await keep(store, OPERATOR_KEY, random),
  };
}

/** 32 random bytes are a valid key of either kind but for a chance of 2^-127. */
async function keep(store: Store, key: string, random: Random): Promise<Uint8Array> {
  const kept = await store.getValue(key);
  if (kept) return kept;
  const made = random.bytes(32);
  await store.setValue(key, made);
  return made;
}
