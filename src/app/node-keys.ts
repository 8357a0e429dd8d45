/**
 * A profile's keys: DAG-CBOR { version: 1, seed, operatorKey: bytes or null } under one name, so that one write replaces both.
 * First byte: 0, the block follows as it is (Node, which keeps it in a file of its owner alone); 1, sealed by the vault.
 */
import { concatBytes, equalBytes } from "../core/bytes.ts";
import { decodeBlock, encodeBlock, type Schema } from "../core/codec/block.ts";
import { bytes } from "../core/codec/fields.ts";
import { z } from "../core/codec/zod.ts";
import { failure } from "../core/errors.ts";
import { createIdentity, type Identity } from "../core/identity.ts";
import { operatorKeyOf } from "../core/operator-key.ts";
import type { KeyVault } from "../ports/key-vault.ts";
import type { Random } from "../ports/random.ts";
import type { Store } from "../ports/store.ts";

const KEYS = "identity-keys";
/** Where earlier versions kept them, in clear. */
const OLD_SEED = "identity-seed";
const OLD_OPERATOR = "operator-key";

const LABEL = "parley/identity-keys";
const PLAIN = 0;
const SEALED = 1;
const SECRET_BYTES = 32;
const KEYS_BYTES = 256;

export interface NodeKeys {
  readonly identity: Identity;
  /** secp256k1, 32 bytes: signs epoch votes. */
  readonly operatorKey: Uint8Array;
  /** False for profiles made before the operator key followed from the seed: their phrase brings back the node alone. */
  readonly isOperatorDerived: boolean;
  /** Whether the database holds them sealed. */
  readonly isSealed: boolean;
}

/** `operatorKey` null: it follows from the seed. */
export interface KeyMaterial {
  readonly seed: Uint8Array;
  readonly operatorKey: Uint8Array | null;
}

const schema: Schema<KeyMaterial & { readonly version: 1 }> = z.strictObject({
  version: z.literal(1),
  seed: bytes(SECRET_BYTES, SECRET_BYTES),
  operatorKey: z.nullable(bytes(SECRET_BYTES, SECRET_BYTES)),
});

/**
 * This profile's keys, made on the first start; those of earlier versions are taken over and sealed.
 * Errors: identity-locked (they are there and cannot be read: no others are made in their place), those of the store.
 */
export async function loadNodeKeys(store: Store, random: Random, vault?: KeyVault): Promise<NodeKeys> {
  const load = async (): Promise<NodeKeys> => {
    const { material, isSealed } = (await find(store, vault)) ?? (await make(store, random, vault));
    const { seed, operatorKey } = material;
    return {
      identity: createIdentity(seed),
      operatorKey: operatorKey ?? operatorKeyOf(seed),
      isOperatorDerived: operatorKey === null || equalBytes(operatorKey, operatorKeyOf(seed)),
      isSealed,
    };
  };
  return vault === undefined ? load() : vault.exclusively(load);
}

/** Whether the profile has keys, of this version or an earlier one. */
export async function hasNodeKeys(store: Store): Promise<boolean> {
  return ((await store.getValue(KEYS)) ?? (await store.getValue(OLD_SEED))) !== undefined;
}

/** Puts other keys in the place of this profile's. Once it resolves the new ones count, before that the old ones. */
export async function replaceNodeKeys(store: Store, material: KeyMaterial, vault?: KeyVault): Promise<void> {
  const replace = async (): Promise<void> => {
    await write(store, material, vault);
    await forgetOld(store);
  };
  await (vault === undefined ? replace() : vault.exclusively(replace));
}

interface Found {
  readonly material: KeyMaterial;
  readonly isSealed: boolean;
}

async function find(store: Store, vault: KeyVault | undefined): Promise<Found | undefined> {
  const kept = await store.getValue(KEYS);
  const old = await findOld(store);
  if (kept === undefined) return old === undefined ? undefined : takeOver(store, old, vault);
  let found: Found;
  try {
    found = await read(kept, vault);
  } catch (thrown) {
    // A crash may have come between writing the sealed keys and deleting the clear ones.
    if (old !== undefined) return takeOver(store, old, vault);
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    throw failure("identity-locked", "This profile's identity cannot be read", undefined, detail);
  }
  if (old !== undefined) await forgetOld(store);
  return !found.isSealed && vault !== undefined ? takeOver(store, found.material, vault) : found;
}

async function findOld(store: Store): Promise<KeyMaterial | undefined> {
  const seed = await store.getValue(OLD_SEED);
  return seed === undefined ? undefined : { seed, operatorKey: (await store.getValue(OLD_OPERATOR)) ?? null };
}

async function forgetOld(store: Store): Promise<void> {
  await store.setValue(OLD_OPERATOR, undefined);
  await store.setValue(OLD_SEED, undefined);
}

/** Write the new, read it again, only then delete the old: whenever it stops, one of them is whole. */
async function takeOver(store: Store, material: KeyMaterial, vault: KeyVault | undefined): Promise<Found> {
  const found = await write(store, material, vault);
  await forgetOld(store);
  return found;
}

async function make(store: Store, random: Random, vault: KeyVault | undefined): Promise<Found> {
  return write(store, { seed: random.bytes(SECRET_BYTES), operatorKey: null }, vault);
}

async function write(store: Store, material: KeyMaterial, vault: KeyVault | undefined): Promise<Found> {
  const block = encodeBlock(schema, "key record", { version: 1, ...material });
  await store.setValue(KEYS, await pack(block, vault));
  const kept = await store.getValue(KEYS);
  const found = kept && (await read(kept, vault));
  if (found === undefined || !equalBytes(found.material.seed, material.seed)) {
    throw failure("storage-failed", "The keys could not be kept");
  }
  return found;
}

/** A browser that keeps no key of its own (vault-unavailable) keeps the identity in clear; the page says so. */
async function pack(block: Uint8Array, vault: KeyVault | undefined): Promise<Uint8Array> {
  const sealed = await vault?.seal(LABEL, block).catch(() => undefined);
  return sealed === undefined
    ? concatBytes(Uint8Array.of(PLAIN), block)
    : concatBytes(Uint8Array.of(SEALED), sealed);
}

async function read(kept: Uint8Array, vault: KeyVault | undefined): Promise<Found> {
  const isSealed = kept[0] === SEALED;
  const rest = kept.subarray(1);
  if (isSealed && vault === undefined) throw failure("vault-unavailable", "These keys are sealed");
  const block = isSealed && vault !== undefined ? await vault.open(LABEL, rest) : rest;
  const { seed, operatorKey } = decodeBlock(schema, "key record", block, KEYS_BYTES);
  return { material: { seed, operatorKey }, isSealed };
}
