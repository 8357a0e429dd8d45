import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startDevices } from "../../../e2e/support/memory-devices.ts";
import { SeededRandom } from "../../../sim/adapters/random.ts";
import { MemoryDisk, MemoryStore } from "../../../sim/adapters/store.ts";
import { bytesToHex } from "../../core/bytes.ts";
import type { PairingPeer } from "../../ports/acceptance/pairing.ts";
import { systemClock } from "../../store/system.ts";
import type { PairingState } from "../parley.ts";
import { Devices } from "./devices.ts";

const WAIT = { timeout: 40_000, interval: 20 };
const code = (value: string) => expect.objectContaining({ code: value });

interface Party {
  readonly nodeId: string;
  readonly devices: Devices;
  readonly disk: MemoryDisk;
  readonly peer: PairingPeer;
}

describe("Devices", { timeout: 120_000 }, () => {
  let network: Awaited<ReturnType<typeof startDevices>>;
  let laptop: Party;
  let phone: Party;
  let tablet: Party;
  beforeEach(async () => {
    network = await startDevices();
    [laptop, phone, tablet] = [
      await party(network.peers[0], "Laptop"),
      await party(network.peers[1], "Phone"),
      await party(network.peers[2], "Tablet"),
    ];
  });
  afterEach(async () => {
    for (const { devices } of [laptop, phone, tablet]) devices.stop();
    await network.dispose();
  });

  it("pairs two: both list each other and hold the same key, also after a reload", async () => {
    expect(await laptop.devices.groupKey()).toBeUndefined();
    await pair(laptop, phone);
    expect(names(laptop)).toEqual(["Laptop", "Phone"]);
    expect(names(phone)).toEqual(["Phone", "Laptop"]);
    expect(laptop.devices.isPaired(phone.nodeId)).toBe(true);
    expect(laptop.devices.isPaired(laptop.nodeId)).toBe(false);
    const key = await laptop.devices.groupKey();
    expect(key?.key.length).toBe(32);
    expect(await phone.devices.groupKey()).toEqual(key);
    phone.devices.stop();
    const again = await party(phone.peer, "Phone", phone.disk);
    expect(await again.devices.groupKey()).toEqual(key);
    again.devices.stop();
  });

  it("tells a third device's arrival to all, and a removal re-keys the rest and ends it for the removed one", async () => {
    await pair(laptop, phone);
    await pair(phone, tablet);
    await vi.waitFor(() => expect(names(laptop).toSorted()).toEqual(["Laptop", "Phone", "Tablet"]), WAIT);
    const before = await laptop.devices.groupKey();
    await laptop.devices.remove(tablet.nodeId);
    await vi.waitFor(() => expect(names(phone).toSorted()).toEqual(["Laptop", "Phone"]), WAIT);
    await vi.waitFor(() => expect(names(tablet)).toEqual([]), WAIT);
    const after = await laptop.devices.groupKey();
    expect(after?.id).not.toBe(before?.id);
    await vi.waitFor(async () => expect(await phone.devices.groupKey()).toEqual(after), WAIT);
    expect(await tablet.devices.groupKey()).toBeUndefined();
  });

  it("tells a device that it was removed when the two meet again", async () => {
    await pair(laptop, phone);
    const [one, two] = network.peers;
    await one.libp2p.hangUp(two.libp2p.peerId);
    await laptop.devices.remove(phone.nodeId);
    expect(names(phone)).toEqual(["Phone", "Laptop"]);
    await two.libp2p.dial(one.libp2p.getMultiaddrs());
    await vi.waitFor(() => expect(names(phone)).toEqual([]), WAIT);
  });

  it("lets a device leave, under a key that it does not know", async () => {
    await pair(laptop, phone);
    await pair(laptop, tablet);
    await vi.waitFor(() => expect(names(phone).length).toBe(3), WAIT);
    const before = await tablet.devices.groupKey();
    await tablet.devices.remove(tablet.nodeId);
    await vi.waitFor(async () => {
      const [one, other] = [await laptop.devices.groupKey(), await phone.devices.groupKey()];
      expect(one?.id).not.toBe(before?.id);
      expect(other).toEqual(one);
    }, WAIT);
    expect(names(laptop)).toEqual(["Laptop", "Phone"]);
    expect(names(tablet)).toEqual([]);
  });

  it("shares nothing when the person says that the digits differ", async () => {
    await laptop.devices.invite();
    await phone.devices.join(shownCode(laptop));
    await step(laptop, "comparing");
    laptop.devices.confirm(false);
    expect(await step(laptop, "failed")).toMatchObject({ error: { code: "pairing-differs" } });
    await step(phone, "comparing");
    phone.devices.confirm(true);
    expect(await step(phone, "failed")).toMatchObject({ error: { code: "pairing-refused" } });
    expect([names(laptop), names(phone)]).toEqual([[], []]);
  });

  it("takes the device out again when it says no after all, and makes another key", async () => {
    await pair(laptop, tablet);
    const before = await laptop.devices.groupKey();
    await laptop.devices.invite();
    await phone.devices.join(shownCode(laptop));
    await step(laptop, "comparing");
    laptop.devices.confirm(true);
    await step(phone, "comparing");
    phone.devices.confirm(false);
    expect(await step(laptop, "failed")).toMatchObject({ error: { code: "pairing-refused" } });
    await vi.waitFor(() => expect(names(laptop)).toEqual(["Laptop", "Tablet"]), WAIT);
    expect((await laptop.devices.groupKey())?.id).not.toBe(before?.id);
  });

  it("says what is wrong with a code, and goes on with the next", async () => {
    await expect(phone.devices.join("nonsense")).rejects.toThrow(code("pairing-code"));
    expect(phone.devices.pairing.value).toMatchObject({ step: "failed" });
    await pair(laptop, phone);
    await expect(phone.devices.join("anything")).rejects.toThrow(code("pairing-grouped"));
  });

  it("ends what is under way when it is cancelled", async () => {
    await laptop.devices.invite();
    const shown = shownCode(laptop);
    laptop.devices.cancel();
    expect(laptop.devices.pairing.value).toEqual({ step: "idle" });
    await expect(phone.devices.join(shown)).rejects.toThrow(code("pairing-expired"));
    await laptop.devices.invite();
    await phone.devices.join(shownCode(laptop));
    await step(phone, "comparing");
    await expect(phone.devices.join("another")).rejects.toThrow(code("busy"));
    phone.devices.cancel();
    await step(laptop, "comparing");
    laptop.devices.confirm(true);
    await step(laptop, "failed");
    expect(names(laptop)).not.toContain("Phone");
  });

  it("keeps names short, in one line and never empty, and tells a new one to the others", async () => {
    await pair(laptop, phone);
    await phone.devices.renameThis(`  My\nphone ${"x".repeat(80)}`);
    await vi.waitFor(() => expect(names(laptop)[1]).toMatch(/^My phone x+$/), WAIT);
    expect(names(laptop)[1]?.length).toBe(40);
    await phone.devices.renameThis(" ");
    expect(names(phone)[0]).toBe("Unnamed device");
  });

  it("keeps the group's key out of everything that pages see", async () => {
    await pair(laptop, phone);
    const key = bytesToHex((await laptop.devices.groupKey())?.key ?? new Uint8Array());
    const shown = JSON.stringify([laptop.devices.devices.value, laptop.devices.pairing.value]);
    expect(key.length).toBe(64);
    expect(shown).not.toContain(key);
  });
});

async function party(peer: PairingPeer, defaultName: string, disk = new MemoryDisk()): Promise<Party> {
  const { nodeId, pairing } = peer;
  const store = new MemoryStore(disk);
  const random = new SeededRandom(`${nodeId} ${defaultName}`);
  const devices = new Devices({
    store,
    vault: undefined,
    pairing,
    clock: systemClock,
    random,
    nodeId,
    defaultName,
  });
  await devices.start();
  return { nodeId, devices, disk, peer };
}

async function pair(host: Party, guest: Party): Promise<void> {
  await host.devices.invite();
  await guest.devices.join(shownCode(host));
  const [one, other] = [await step(host, "comparing"), await step(guest, "comparing")];
  expect(one).toMatchObject({ digits: other.step === "comparing" ? other.digits : "none" });
  host.devices.confirm(true);
  guest.devices.confirm(true);
  await step(host, "done");
  await step(guest, "done");
}

function shownCode({ devices }: Party): string {
  const state = devices.pairing.value;
  if (state.step !== "waiting") throw new Error(`expected a code, not ${state.step}`);
  return state.code;
}

async function step({ devices }: Party, wanted: PairingState["step"]): Promise<PairingState> {
  await vi.waitFor(() => expect(devices.pairing.value.step).toBe(wanted), WAIT);
  return devices.pairing.value;
}

function names({ devices }: Party): readonly string[] {
  return devices.devices.value.map(({ name }) => name);
}
