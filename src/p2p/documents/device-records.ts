import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { concatBytes, utf8ToBytes } from "../../core/bytes.ts";
import { count } from "../../core/codec/fields.ts";
import { z } from "../../core/codec/zod.ts";
import { failure, ignore } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { NodeId } from "../../core/primitives.ts";
import type { DeviceGroup, DeviceRecords } from "../../ports/documents.ts";
import type { Part } from "./frames.ts";
import { Records, readDocument } from "./records.ts";
import { type DocumentParts, Scope } from "./scope.ts";

const NONCE_BYTES = 24;

interface Kept {
  readonly atMs: number;
  /** Null: removed. */
  readonly value: string | null;
}

const kept: z.ZodType<Kept> = z.object({
  atMs: count,
  value: z.string().max(LIMITS.deviceRecordCharacters).nullable(),
});

/**
 * Records of a person's own devices. Each device writes a part of its own, sealed with the group's key
 * (XChaCha20-Poly1305, draft-irtf-cfrg-xchacha); of several values of a key the one written last counts.
 */
export async function openDeviceRecords(
  base: DocumentParts,
  group: DeviceGroup,
  collection: string,
): Promise<DeviceRecords> {
  const name = `devices/${group.id}/${collection}`;
  const open = (part: Part): Uint8Array => unseal(group, name, part);
  const scope = await Scope.open(base, {
    scope: name,
    // Of the profile, not of the network: the devices outlive it.
    storedAs: `documents/${name}`,
    mayWrite: (document, author) => document === collection && group.members.includes(author),
    check: (part) => void readDocument(open(part)),
  });
  const seal = (update: Uint8Array): Uint8Array =>
    sealed(group, name, base.identity.nodeId, base.random.bytes(NONCE_BYTES), update);
  const records = new Records<Kept>(scope, collection, kept, LIMITS.deviceRecords, open, seal);
  return {
    entries: () => {
      const found = [...newest(records)].map(([key, { value }]) => [key, value] as const);
      return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)));
    },
    async put(key, value) {
      if (
        (value ?? "").length > LIMITS.deviceRecordCharacters ||
        key.length > LIMITS.documentNameCharacters
      ) {
        throw failure("document-full", "This is too long to be shared between devices.");
      }
      const found = newest(records);
      const atMs = Math.max(base.clock.nowMs(), (found.get(key)?.atMs ?? 0) + 1);
      await records.change((own) => {
        own.set(key, { atMs, value });
        // What another device has replaced since only takes room here.
        for (const [other, { author }] of found) {
          if (other !== key && author !== base.identity.nodeId) own.delete(other);
        }
      });
    },
    release: (keys) =>
      records.change((own) => {
        for (const key of keys) own.delete(key);
      }),
    onChange: (listener) => scope.onChange(listener),
    close: () => scope.close(),
  };
}

function newest(records: Records<Kept>): ReadonlyMap<string, Kept & { readonly author: NodeId }> {
  const found = new Map<string, Kept & { readonly author: NodeId }>();
  for (const { author, records: own } of records.all()) {
    for (const [key, record] of own) {
      const before = found.get(key);
      if (before === undefined || record.atMs >= before.atMs) found.set(key, { ...record, author });
    }
  }
  return found;
}

function sealed(
  group: DeviceGroup,
  name: string,
  author: NodeId,
  nonce: Uint8Array,
  update: Uint8Array,
): Uint8Array {
  return concatBytes(nonce, cipher(group, name, author, nonce).encrypt(update));
}

function unseal(group: DeviceGroup, name: string, { author, update }: Part): Uint8Array {
  try {
    const nonce = update.slice(0, NONCE_BYTES);
    return cipher(group, name, author, nonce).decrypt(update.slice(NONCE_BYTES));
  } catch {
    throw ignore("not-sealed", "This was not sealed with the key of these devices", undefined, author);
  }
}

/** Bound to place and author: a part cannot be shown as another's. */
const cipher = (group: DeviceGroup, name: string, author: NodeId, nonce: Uint8Array) =>
  xchacha20poly1305(group.key, nonce, utf8ToBytes(`${name} ${author}`));
