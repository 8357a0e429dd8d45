import { afterEach, describe, expect, it } from "vitest";
import { startDevices } from "../../../e2e/support/memory-devices.ts";
import { LIMITS } from "../../core/limits.ts";
import { describePairing } from "../../ports/acceptance/pairing.ts";
import { readCode, writeCode } from "./code.ts";

describePairing("libp2p in memory", startDevices);

describe("Libp2pPairing", () => {
  let devices: Awaited<ReturnType<typeof startDevices>>;
  afterEach(() => devices.dispose());
  const code = (value: string) => expect.objectContaining({ code: value });

  it("ends an invitation after too many wrong secrets, and counts them against who tried", async () => {
    devices = await startDevices();
    const [host, guest] = devices.peers;
    const invitation = host.pairing.invite("Laptop");
    const wrong = writeCode({ ...readCode(invitation.code), secret: new Uint8Array(16) });
    for (let tries = 0; tries < LIMITS.pairingWrongAnswers; tries++) {
      await expect(guest.pairing.join(wrong, "X")).rejects.toThrow(code("pairing-refused"));
    }
    await expect(invitation.link).rejects.toThrow(code("pairing-wrong"));
    await expect(guest.pairing.join(invitation.code, "Phone")).rejects.toThrow(code("pairing-expired"));
    expect(host.refusals.counts()[guest.libp2p.peerId.toString()]?.["pairing-wrong"]).toBe(
      LIMITS.pairingWrongAnswers,
    );
  });

  it("dials nobody else than the node that the code names", async () => {
    devices = await startDevices();
    const [host, guest, third] = devices.peers;
    const invitation = readCode(host.pairing.invite("Laptop").code);
    const addresses = third.libp2p.getMultiaddrs().map(String);
    const node = "ab".repeat(32);
    const misled = writeCode({ ...invitation, node, addresses });
    await expect(guest.pairing.join(misled, "X")).rejects.toThrow(code("pairing-unreachable"));
  });

  it("answers what is no frame, or too large a one, with an end of the stream", async () => {
    devices = await startDevices();
    const [host, guest] = devices.peers;
    const invitation = host.pairing.invite("Laptop");
    for (const bytes of [Uint8Array.of(3, 1, 2, 3), Uint8Array.of(255, 255, 255, 127)]) {
      const stream = await guest.libp2p.dialProtocol(host.libp2p.peerId, "/parley/pair/1");
      stream.send(bytes);
      let answered = 0;
      for await (const part of stream) answered += part.byteLength;
      expect(answered).toBeLessThan(100);
    }
    const [link] = await Promise.all([invitation.link, guest.pairing.join(invitation.code, "Phone")]);
    expect(link.name).toBe("Phone");
  });
});
