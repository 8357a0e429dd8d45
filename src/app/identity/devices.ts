import { bytesToHex, concatBytes } from "../../core/bytes.ts";
import { failure, ParleyError, toErrorData } from "../../core/errors.ts";
import type { NodeId } from "../../core/primitives.ts";
import type { Clock } from "../../ports/clock.ts";
import type { KeyVault } from "../../ports/key-vault.ts";
import type { Invitation, Pairing, PairingLink } from "../../ports/pairing.ts";
import type { Random } from "../../ports/random.ts";
import type { Store } from "../../ports/store.ts";
import { KeyedMutex } from "../mutex.ts";
import { Subject } from "../observable.ts";
import type { DevicesService, PairedDevice, PairingState } from "../parley.ts";
import {
  activeDevices,
  decodeHousehold,
  encodeHousehold,
  type Household,
  isMember,
  merge,
  newHousehold,
  withDevice,
  withoutDevice,
} from "./household.ts";

const KEY = "household";
const LABEL = "parley/household";
const PLAIN = 0;
const SEALED = 1;
/** First byte of what devices tell each other: the list follows; the listener was removed; the teller leaves. */
const LIST = 1;
const REMOVED = 2;
const LEAVING = 3;

export interface DevicesDependencies {
  readonly store: Store;
  readonly vault: KeyVault | undefined;
  readonly pairing: Pairing;
  readonly clock: Clock;
  readonly random: Random;
  readonly nodeId: NodeId;
  /** What this device is called until its owner says otherwise. */
  readonly defaultName: string;
}

/** A key of the group and its name; what was encrypted under one says which. */
export interface GroupKey {
  readonly id: string;
  readonly key: Uint8Array;
}

/** The devices of this profile's person: pairing, the list, and the key that they share. */
export class Devices implements DevicesService {
  readonly devices = new Subject<readonly PairedDevice[]>([]);
  readonly pairing = new Subject<PairingState>({ step: "idle" });
  readonly #dependencies: DevicesDependencies;
  readonly #mutex = new KeyedMutex();
  readonly #deviceListeners = new Set<(nodeId: NodeId) => void>();
  #household: Household | undefined;
  #invitation: Invitation | undefined;
  /** Ends what the person's answer is waited for; undefined: nothing is. */
  #answer: ((isSame: boolean) => void) | undefined;
  #attempt = 0;
  #stops: (() => void)[] = [];

  constructor(dependencies: DevicesDependencies) {
    this.#dependencies = dependencies;
  }

  async start(): Promise<void> {
    const { pairing } = this.#dependencies;
    await this.#run(async () => this.#set(await this.#read()));
    this.#stops = [
      pairing.onTold(
        (nodeId) => this.isPaired(nodeId),
        (from, bytes) => void this.#run(() => this.#hear(from, bytes)).catch(() => undefined),
      ),
      pairing.onPeer((nodeId) => void this.#met(nodeId)),
    ];
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.cancel();
  }

  /** One of this person's other devices, that has not been removed. */
  isPaired(nodeId: NodeId): boolean {
    return nodeId !== this.#dependencies.nodeId && isMember(this.#household, nodeId);
  }

  /** The key to encrypt with; undefined while no other device is paired. Never to be sent, shown or logged. */
  async groupKey(): Promise<GroupKey | undefined> {
    const household = this.#household;
    if (household === undefined || activeDevices(household).length < 2) return undefined;
    return { id: bytesToHex(household.key.id), key: household.key.key.slice() };
  }

  /** Calls when a paired device comes into reach, and when one was paired. */
  onDevice(listener: (nodeId: NodeId) => void): () => void {
    this.#deviceListeners.add(listener);
    return () => this.#deviceListeners.delete(listener);
  }

  async invite(): Promise<void> {
    const attempt = this.#begin();
    // Tells before anybody scans that there is no room.
    withDevice(this.#own(), { nodeId: "0".repeat(64), name: "another", addedAtMs: 0 });
    const invitation = this.#dependencies.pairing.invite(this.#name());
    this.#invitation = invitation;
    this.pairing.set({ step: "waiting", code: invitation.code, expiresAtMs: invitation.expiresAtMs });
    void this.#settle(attempt, async () => this.#welcome(attempt, await invitation.link));
  }

  async join(code: string): Promise<void> {
    const attempt = this.#begin();
    if (this.#household !== undefined && activeDevices(this.#household).length > 1) {
      throw failure(
        "pairing-grouped",
        "This device belongs to a group already. Show its code on the other device instead.",
      );
    }
    this.pairing.set({ step: "connecting" });
    await this.#settle(attempt, async () => {
      const link = await this.#dependencies.pairing.join(code, this.#name());
      void this.#settle(attempt, () => this.#follow(attempt, link));
    });
    const state = this.pairing.value;
    if (state.step === "failed") {
      const { code: errorCode, message, expected, received } = state.error;
      throw failure(errorCode, message, expected, received);
    }
  }

  confirm(isSame: boolean): void {
    this.#answer?.(isSame);
  }

  cancel(): void {
    this.#attempt++;
    this.#invitation?.close();
    this.#invitation = undefined;
    this.#answer?.(false);
    this.pairing.set({ step: "idle" });
  }

  renameThis(name: string): Promise<void> {
    const { nodeId, clock } = this.#dependencies;
    return this.#run(async () => {
      const device = { nodeId, name: nameOf(name), addedAtMs: clock.nowMs() };
      await this.#change(withDevice(this.#own(), device));
    });
  }

  remove(removed: NodeId): Promise<void> {
    const { nodeId, random, pairing } = this.#dependencies;
    return this.#run(async () => {
      const household = this.#household;
      if (household === undefined || !isMember(household, removed)) return;
      if (removed === nodeId) {
        // The others make the new key: who leaves must not know it.
        await this.#tellAll(household, Uint8Array.of(LEAVING));
        await this.#keep(undefined);
        return;
      }
      await this.#change(withoutDevice(household, removed, random));
      await pairing.tell(removed, Uint8Array.of(REMOVED));
    });
  }

  /** The host's side, once the device that came has shown that it knows the code. */
  async #welcome(attempt: number, link: PairingLink): Promise<void> {
    const { clock } = this.#dependencies;
    if (!(await this.#compare(attempt, link))) return;
    const { nodeId, name } = link;
    // Before the other has it: what was given away must be removable here, whatever becomes of the link.
    await this.#run(() =>
      this.#keep(withDevice(this.#own(), { nodeId, name: nameOf(name), addedAtMs: clock.nowMs() })),
    );
    try {
      await link.give(encodeHousehold(this.#own()));
    } catch (thrown) {
      if (thrown instanceof ParleyError && thrown.code === "pairing-refused") await this.remove(nodeId);
      throw thrown;
    }
    await this.#run(() => this.#tellAll(this.#own()));
    this.#done(attempt, link);
  }

  /** The guest's side. */
  async #follow(attempt: number, link: PairingLink): Promise<void> {
    if (!(await this.#compare(attempt, link))) return;
    const household = decodeHousehold(await link.take());
    const { nodeId } = this.#dependencies;
    if (!isMember(household, nodeId) || !isMember(household, link.nodeId)) {
      link.refuse();
      throw failure("pairing-wrong", "The other device sent a list that this one is not in");
    }
    await this.#run(() => this.#keep(household));
    await link.thank();
    this.#done(attempt, link);
  }

  /** Resolves with what the person says; false also when it was cancelled. */
  async #compare(attempt: number, link: PairingLink): Promise<boolean> {
    const { digits, name } = link;
    const isSame =
      attempt === this.#attempt &&
      (await new Promise<boolean>((resolve) => {
        this.#answer = resolve;
        this.pairing.set({ step: "comparing", digits, name });
      }));
    this.#answer = undefined;
    if (!isSame) {
      link.refuse();
      if (attempt === this.#attempt) {
        throw failure(
          "pairing-differs",
          "The digits differ: somebody may have stood in between. Nothing was shared.",
        );
      }
      return false;
    }
    this.pairing.set({ step: "finishing", name });
    return true;
  }

  #done(attempt: number, { name, nodeId }: PairingLink): void {
    if (attempt === this.#attempt) this.pairing.set({ step: "done", name });
    for (const listener of this.#deviceListeners) listener(nodeId);
  }

  /** Errors: busy. */
  #begin(): number {
    const { step } = this.pairing.value;
    if (step === "connecting" || step === "comparing" || step === "finishing") {
      throw failure("busy", "Another pairing is under way");
    }
    this.cancel();
    return this.#attempt;
  }

  async #settle(attempt: number, task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (thrown) {
      if (attempt === this.#attempt) this.pairing.set({ step: "failed", error: toErrorData(thrown) });
    }
  }

  async #met(nodeId: NodeId): Promise<void> {
    const { pairing } = this.#dependencies;
    if (!this.isPaired(nodeId)) {
      // It was out of reach when it was removed, and still lists this one.
      if (wasRemoved(this.#household, nodeId)) await pairing.tell(nodeId, Uint8Array.of(REMOVED));
      return;
    }
    await pairing.tell(nodeId, listMessage(this.#own()));
    for (const listener of this.#deviceListeners) listener(nodeId);
  }

  async #hear(from: NodeId, bytes: Uint8Array): Promise<void> {
    const held = this.#household;
    if (held === undefined || !isMember(held, from)) return;
    const rest = bytes.subarray(1);
    if (bytes[0] === REMOVED) return this.#keep(undefined);
    if (bytes[0] === LEAVING) return this.#change(withoutDevice(held, from, this.#dependencies.random));
    if (bytes[0] !== LIST) return;
    const merged = merge(held, decodeHousehold(rest));
    if (!isMember(merged, this.#dependencies.nodeId)) return this.#keep(undefined);
    if (bytesToHex(encodeHousehold(merged)) !== bytesToHex(encodeHousehold(held))) await this.#change(merged);
  }

  /** Keeps a changed list and tells it to the others; who is not in reach hears of it when they meet again. */
  async #change(household: Household): Promise<void> {
    await this.#keep(household);
    await this.#tellAll(household);
  }

  async #tellAll(household: Household, message = listMessage(household)): Promise<void> {
    const { nodeId, pairing } = this.#dependencies;
    const others = activeDevices(household).filter((device) => device.nodeId !== nodeId);
    await Promise.all(others.map((device) => pairing.tell(device.nodeId, message)));
  }

  #own(): Household {
    const { nodeId, defaultName, clock, random } = this.#dependencies;
    return (
      this.#household ?? newHousehold({ nodeId, name: nameOf(defaultName), addedAtMs: clock.nowMs() }, random)
    );
  }

  #name(): string {
    const { nodeId } = this.#dependencies;
    return this.#own().devices.find((device) => device.nodeId === nodeId)?.name ?? nameOf("");
  }

  async #keep(household: Household | undefined): Promise<void> {
    const { store, vault } = this.#dependencies;
    if (household === undefined) await store.setValue(KEY, undefined);
    else {
      const block = encodeHousehold(household);
      const sealed = await vault?.seal(LABEL, block).catch(() => undefined);
      const kept = concatBytes(Uint8Array.of(sealed === undefined ? PLAIN : SEALED), sealed ?? block);
      await store.setValue(KEY, kept);
    }
    this.#set(household);
  }

  /** Of another identity, or sealed by a vault that is gone: as if there were none. Pairing again mends it. */
  async #read(): Promise<Household | undefined> {
    const { store, vault, nodeId } = this.#dependencies;
    const kept = await store.getValue(KEY);
    if (kept === undefined) return undefined;
    try {
      const rest = kept.subarray(1);
      const block = kept[0] === SEALED && vault !== undefined ? await vault.open(LABEL, rest) : rest;
      const household = decodeHousehold(block);
      return isMember(household, nodeId) ? household : undefined;
    } catch {
      return undefined;
    }
  }

  #set(household: Household | undefined): void {
    const { nodeId } = this.#dependencies;
    this.#household = household;
    const devices = household === undefined ? [] : activeDevices(household);
    this.devices.set(
      devices
        .map((device) => ({
          nodeId: device.nodeId,
          name: device.name,
          addedAtMs: device.addedAtMs,
          isThis: device.nodeId === nodeId,
        }))
        .sort((a, b) => Number(b.isThis) - Number(a.isThis) || a.addedAtMs - b.addedAtMs),
    );
  }

  #run<T>(task: () => Promise<T>): Promise<T> {
    return this.#mutex.run("household", task);
  }
}

function wasRemoved(household: Household | undefined, nodeId: NodeId): boolean {
  return household?.devices.some((device) => device.nodeId === nodeId && device.isRemoved) === true;
}

function listMessage(household: Household): Uint8Array {
  return concatBytes(Uint8Array.of(LIST), encodeHousehold(household));
}

const LONGEST_NAME = 40;

function nameOf(text: string): string {
  const line = text.replaceAll(/[\p{C}\p{Z}]+/gu, " ").trim();
  return [...line].slice(0, LONGEST_NAME).join("") || "Unnamed device";
}
