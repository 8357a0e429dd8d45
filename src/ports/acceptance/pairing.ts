import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LIMITS } from "../../core/limits.ts";
import type { NodeId } from "../../core/primitives.ts";
import type { Pairing, PairingLink } from "../pairing.ts";

export interface PairingPeer {
  readonly nodeId: NodeId;
  readonly pairing: Pairing;
}

export interface PairingUnderTest {
  /** Three nodes of one network that reach each other. */
  readonly peers: readonly [PairingPeer, PairingPeer, PairingPeer];
  /** A node of another network that reaches them too. */
  readonly stranger: PairingPeer;
  /** For all of them. */
  advance(ms: number): void;
  dispose(): Promise<void>;
}

const WAIT = { timeout: 40_000, interval: 20 };
const code = (value: string) => expect.objectContaining({ code: value });

/** Promises of the Pairing port. */
export function describePairing(name: string, make: () => Promise<PairingUnderTest>): void {
  describe(`Pairing: ${name}`, { timeout: 120_000 }, () => {
    let subject: PairingUnderTest;
    let one: PairingPeer;
    let two: PairingPeer;
    let three: PairingPeer;
    beforeEach(async () => {
      subject = await make();
      [one, two, three] = subject.peers;
    });
    afterEach(() => subject.dispose());

    it("brings two devices together: names, the same digits, and what the inviting one gives", async () => {
      const { host, guest } = await pair();
      expect([host.nodeId, host.name]).toEqual([two.nodeId, "Phone"]);
      expect([guest.nodeId, guest.name]).toEqual([one.nodeId, "Laptop"]);
      expect(host.digits).toMatch(/^\d{6}$/);
      expect(guest.digits).toBe(host.digits);
      const given = host.give(Uint8Array.of(1, 2, 3));
      expect(await guest.take()).toEqual(Uint8Array.of(1, 2, 3));
      await guest.thank();
      await given;
    });

    it("takes an invitation once", async () => {
      const { text } = await pair();
      await expect(three.pairing.join(text, "Other")).rejects.toThrow(code("pairing-expired"));
    });

    it("takes no invitation that was closed, or replaced by another one", async () => {
      const closed = one.pairing.invite("Laptop");
      closed.close();
      await expect(closed.link).rejects.toThrow(code("pairing-ended"));
      await expect(two.pairing.join(closed.code, "Phone")).rejects.toThrow(code("pairing-expired"));
      const replaced = one.pairing.invite("Laptop");
      const current = one.pairing.invite("Laptop");
      await expect(replaced.link).rejects.toThrow(code("pairing-ended"));
      await expect(two.pairing.join(replaced.code, "Phone")).rejects.toThrow(code("pairing-refused"));
      await two.pairing.join(current.code, "Phone");
    });

    it("takes no invitation that is too old, on either side", async () => {
      const invitation = one.pairing.invite("Laptop");
      subject.advance(LIMITS.pairingInvitationMs);
      await expect(two.pairing.join(invitation.code, "Phone")).rejects.toThrow(code("pairing-expired"));
    });

    it("says what is wrong with a code", async () => {
      const { code: text } = one.pairing.invite("Laptop");
      await expect(two.pairing.join(text.slice(0, -3), "Phone")).rejects.toThrow(code("pairing-code"));
      await expect(two.pairing.join("", "Phone")).rejects.toThrow(code("pairing-code"));
      await expect(one.pairing.join(text, "Laptop")).rejects.toThrow(code("pairing-own"));
      await expect(subject.stranger.pairing.join(text, "X")).rejects.toThrow(code("pairing-network"));
    });

    it("tells the other side when a person says no", async () => {
      const { host, guest } = await pair();
      const waiting = expect(guest.take()).rejects.toThrow(code("pairing-refused"));
      host.refuse();
      await waiting;
      const again = await pair();
      const given = expect(again.host.give(Uint8Array.of(1))).rejects.toThrow(code("pairing-refused"));
      await again.guest.take();
      again.guest.refuse();
      await given;
    });

    it("carries what devices tell each other to those that welcome it, and to nobody else", async () => {
      const heard: (readonly [NodeId, Uint8Array])[] = [];
      two.pairing.onTold(
        (nodeId) => nodeId === one.nodeId,
        (from, bytes) => heard.push([from, bytes]),
      );
      await vi.waitFor(async () => {
        expect(await one.pairing.tell(two.nodeId, Uint8Array.of(7))).toBe(true);
      }, WAIT);
      await three.pairing.tell(two.nodeId, Uint8Array.of(8));
      const large = new Uint8Array(LIMITS.householdBytes).fill(9);
      await one.pairing.tell(two.nodeId, large);
      await one.pairing.tell(two.nodeId, new Uint8Array(LIMITS.householdBytes + 1));
      await vi.waitFor(() => expect(heard.length).toBeGreaterThanOrEqual(2), WAIT);
      await one.pairing.tell(two.nodeId, Uint8Array.of(10));
      await vi.waitFor(() => expect(heard.at(-1)?.[1]).toEqual(Uint8Array.of(10)), WAIT);
      expect(heard).toEqual([
        [one.nodeId, Uint8Array.of(7)],
        [one.nodeId, large],
        [one.nodeId, Uint8Array.of(10)],
      ]);
      expect(await one.pairing.tell("ab".repeat(32), Uint8Array.of(1))).toBe(false);
    });

    it("says which nodes are in reach", async () => {
      const met = new Set<NodeId>();
      const stop = one.pairing.onPeer((nodeId) => met.add(nodeId));
      await vi.waitFor(
        () => expect([...met]).toEqual(expect.arrayContaining([two.nodeId, three.nodeId])),
        WAIT,
      );
      stop();
    });

    async function pair(): Promise<{ host: PairingLink; guest: PairingLink; text: string }> {
      const invitation = one.pairing.invite("Laptop");
      const [host, guest] = await Promise.all([invitation.link, two.pairing.join(invitation.code, "Phone")]);
      return { host, guest, text: invitation.code };
    }
  });
}
