/**
 * The devices of one person and the key that they share, as a state that merges: whatever order changes arrive in, the devices
 * end with the same. Of two words about one device the later revision counts (of equal ones, being removed); of two keys the one
 * of the later generation (of equal ones, the larger id). Removing a device makes a key of a new generation.
 */
import { compareBytes } from "../../core/bytes.ts";
import { decodeBlock, encodeBlock, type Schema } from "../../core/codec/block.ts";
import { bytes, count, nodeId, text, timestampMs } from "../../core/codec/fields.ts";
import { z } from "../../core/codec/zod.ts";
import { failure } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { NodeId } from "../../core/primitives.ts";
import type { Random } from "../../ports/random.ts";

const KEY_BYTES = 32;
const KEY_ID_BYTES = 8;
/** Devices ever, removed ones among them. */
const ENTRIES = 4 * LIMITS.pairedDevices;

export interface HouseholdDevice {
  readonly nodeId: NodeId;
  readonly name: string;
  readonly addedAtMs: number;
  readonly revision: number;
  readonly isRemoved: boolean;
}

export interface HouseholdKey {
  readonly generation: number;
  readonly id: Uint8Array;
  readonly key: Uint8Array;
}

export interface Household {
  readonly version: 1;
  /** By node id. */
  readonly devices: readonly HouseholdDevice[];
  readonly key: HouseholdKey;
}

const schema: Schema<Household> = z.strictObject({
  version: z.literal(1),
  devices: z
    .array(
      z.strictObject({
        nodeId,
        name: text(1, LIMITS.deviceNameCharacters),
        addedAtMs: timestampMs,
        revision: count,
        isRemoved: z.boolean(),
      }),
    )
    .max(ENTRIES)
    .readonly(),
  key: z.strictObject({
    generation: count,
    id: bytes(KEY_ID_BYTES, KEY_ID_BYTES),
    key: bytes(KEY_BYTES, KEY_BYTES),
  }),
});

export function encodeHousehold(household: Household): Uint8Array {
  return encodeBlock(schema, "list of devices", household);
}

/** Errors: those of decodeBlock. */
export function decodeHousehold(block: Uint8Array): Household {
  return decodeBlock(schema, "list of devices", block, LIMITS.householdBytes);
}

/** A group of one. */
export function newHousehold(
  first: Omit<HouseholdDevice, "revision" | "isRemoved">,
  random: Random,
): Household {
  return { version: 1, devices: [{ ...first, revision: 0, isRemoved: false }], key: newKey(0, random) };
}

export function activeDevices({ devices }: Household): readonly HouseholdDevice[] {
  return devices.filter(({ isRemoved }) => !isRemoved);
}

export function isMember(household: Household | undefined, nodeId: NodeId): boolean {
  return household !== undefined && activeDevices(household).some((device) => device.nodeId === nodeId);
}

/** Adds a device, again after it was removed, or gives it another name. Errors: pairing-full. */
export function withDevice(
  household: Household,
  device: Pick<HouseholdDevice, "nodeId" | "name" | "addedAtMs">,
): Household {
  const before = household.devices.find(({ nodeId }) => nodeId === device.nodeId);
  const isNew = before === undefined || before.isRemoved;
  if (isNew && activeDevices(household).length >= LIMITS.pairedDevices) throw full();
  if (before === undefined && household.devices.length >= ENTRIES) throw full();
  const addedAtMs = isNew ? device.addedAtMs : before.addedAtMs;
  return put(household, { ...device, addedAtMs, revision: revisionAfter(household), isRemoved: false });
}

/** The same without this device, under a new key. */
export function withoutDevice(household: Household, removed: NodeId, random: Random): Household {
  const before = household.devices.find(({ nodeId }) => nodeId === removed);
  if (before === undefined || before.isRemoved) return household;
  const rest = put(household, { ...before, revision: revisionAfter(household), isRemoved: true });
  return { ...rest, key: newKey(household.key.generation + 1, random) };
}

/** Commutative, associative, idempotent. Errors: pairing-full. */
export function merge(one: Household, other: Household): Household {
  const byId = new Map(one.devices.map((device) => [device.nodeId, device]));
  for (const device of other.devices) {
    const held = byId.get(device.nodeId);
    if (held === undefined || isLater(device, held)) byId.set(device.nodeId, device);
  }
  const devices = [...byId.values()].sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1));
  if (devices.length > ENTRIES) throw full();
  return { version: 1, devices, key: isLaterKey(other.key, one.key) ? other.key : one.key };
}

function isLater(one: HouseholdDevice, other: HouseholdDevice): boolean {
  if (one.revision !== other.revision) return one.revision > other.revision;
  if (one.isRemoved !== other.isRemoved) return one.isRemoved;
  return one.name !== other.name ? one.name > other.name : one.addedAtMs > other.addedAtMs;
}

function isLaterKey(one: HouseholdKey, other: HouseholdKey): boolean {
  if (one.generation !== other.generation) return one.generation > other.generation;
  const order = compareBytes(one.id, other.id);
  return order === 0 ? compareBytes(one.key, other.key) > 0 : order > 0;
}

function put(household: Household, device: HouseholdDevice): Household {
  const others = household.devices.filter(({ nodeId }) => nodeId !== device.nodeId);
  const devices = [...others, device].sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1));
  return { ...household, devices };
}

function revisionAfter({ devices }: Household): number {
  return devices.reduce((highest, { revision }) => Math.max(highest, revision), 0) + 1;
}

function newKey(generation: number, random: Random): HouseholdKey {
  return { generation, id: random.bytes(KEY_ID_BYTES), key: random.bytes(KEY_BYTES) };
}

function full() {
  return failure("pairing-full", "No more devices fit into one group", `${LIMITS.pairedDevices}`);
}
