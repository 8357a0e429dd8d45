import { x25519 } from "@noble/curves/ed25519.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SeededRandom } from "../../../sim/adapters/random.ts";
import { bytesToHex } from "../../core/bytes.ts";
import { createIdentity } from "../../core/identity.ts";
import type { PairingLink } from "../../ports/pairing.ts";
import { networkMark, readCode, writeCode } from "./code.ts";
import { ended, type PairingChannel, type PairingContext, pairAsGuest, pairAsHost } from "./exchange.ts";
import { decodePairingFrame, encodePairingFrame, type PairingFrame } from "./frames.ts";
import { commitmentTo, invitationId, pairingKeys } from "./keys.ts";

const random = new SeededRandom("pairing");
const SECRET = random.bytes(16);
const HOST = createIdentity(random.bytes(32)).nodeId;
const GUEST = createIdentity(random.bytes(32)).nodeId;
const code = (value: string) => expect.objectContaining({ code: value });

type Change = (frame: PairingFrame) => PairingFrame | undefined;

describe("pairing", () => {
  it("gives both the same digits, each other's name, and the gift", async () => {
    const { host, guest } = await pair({});
    expect(host).toMatchObject({ nodeId: GUEST, name: "Phone" });
    expect(guest).toMatchObject({ nodeId: HOST, name: "Laptop" });
    expect(host.digits).toMatch(/^\d{6}$/);
    expect(guest.digits).toBe(host.digits);
    const gift = random.bytes(600);
    const given = host.give(gift);
    expect(await guest.take()).toEqual(gift);
    await guest.thank();
    await given;
  });

  it("is what it always was (vector)", async () => {
    const [hostKey, guestKey] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const [hostEphemeral, guestEphemeral] = [x25519.getPublicKey(hostKey), x25519.getPublicKey(guestKey)];
    const [secret, nonce] = [new Uint8Array(16).fill(3), new Uint8Array(16).fill(4)];
    const said = {
      network: "vector",
      host: "11".repeat(32),
      guest: "22".repeat(32),
      invitation: invitationId(secret),
      commitment: commitmentTo(guestEphemeral, nonce),
      hostEphemeral,
      guestEphemeral,
      nonce,
    };
    const keys = pairingKeys(hostKey, guestEphemeral, secret, said);
    expect(pairingKeys(guestKey, hostEphemeral, secret, said)).toEqual(keys);
    const { digits, ...rest } = keys;
    expect([bytesToHex(said.invitation), bytesToHex(said.commitment)]).toMatchInlineSnapshot(`
      [
        "2a00247509453fa0402f357ad6ad677e",
        "e85429c424f1065fbfce76f853fc86f3313324ee1d6585ec16713b4bbc7d1a24",
      ]
    `);
    expect([...Object.values(rest).map(bytesToHex), digits]).toMatchInlineSnapshot(`
      [
        "ff793bb8a633754c18718fb52c31e67b3c4671834985caca98c4111780601c2e",
        "80b4a8654c361bfc08a3455f6041e48c5771b135b165407003c785867bd05d25",
        "fc70ceb0a32811d6b458b3e9f8d79c79282038dc55db4c807e1b1bcb704cfb3b",
        "96709c87e4df64bc2ac59509a7c9cb754b932debf391d0c3eda5cd7d9d32a226",
        "816674",
      ]
    `);
  });

  it("refuses a guest that does not know the secret", async () => {
    await expect(pair({ guest: { secret: random.bytes(16) } })).rejects.toThrow(code("pairing-wrong"));
  });

  it("refuses a guest that names the invitation without knowing its secret", async () => {
    const pretend: Change = (frame) =>
      frame.kind === "hello" ? { ...frame, invitation: invitationId(SECRET) } : frame;
    const pairing = pair({ guest: { secret: random.bytes(16) }, toHost: pretend });
    await expect(pairing).rejects.toThrow(code("pairing-wrong"));
  });

  it("refuses when the two mean different nodes or networks", async () => {
    for (const guest of [{ host: GUEST }, { guest: HOST }, { network: "other" }]) {
      await expect(pair({ guest })).rejects.toThrow(code("pairing-wrong"));
    }
  });

  it("refuses a frame in which anything was changed on the way", async () => {
    const fields: readonly (readonly [PairingFrame["kind"], string])[] = [
      ["hello", "invitation"],
      ["hello", "commitment"],
      ["offer", "ephemeral"],
      ["reveal", "ephemeral"],
      ["reveal", "nonce"],
      ["reveal", "proof"],
      ["reveal", "sealed"],
      ["accept", "proof"],
      ["accept", "sealed"],
    ];
    for (const [kind, field] of fields) {
      const change: Change = (frame) => (frame.kind === kind ? flipped(frame, field) : frame);
      await expect(pair({ toHost: change, toGuest: change }), `${kind}.${field}`).rejects.toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^pairing-(wrong|ended)$/) }),
      );
    }
  });

  it("refuses a guest that chooses its key after it has seen the host's", async () => {
    const late: Change = (frame) =>
      frame.kind === "reveal" ? { ...frame, ephemeral: x25519.getPublicKey(random.bytes(32)) } : frame;
    await expect(pair({ toHost: late })).rejects.toThrow(code("pairing-wrong"));
  });

  it("refuses points of small order", async () => {
    const zero: Change = (frame) =>
      frame.kind === "offer" ? { ...frame, ephemeral: new Uint8Array(32) } : frame;
    await expect(pair({ toGuest: zero })).rejects.toThrow(code("pairing-key"));
  });

  it("shows different digits when somebody who saw the code stands in between", async () => {
    const [toHost, toGuest] = [channels(), channels()];
    const middle = createIdentity(random.bytes(32)).nodeId;
    const hello = toHost.b.receive().then((frame) => asHello(frame));
    const forGuest = toGuest.b.receive().then((frame) => asHello(frame));
    const asked = pairAsGuest(toGuest.a, context({ host: middle, name: "Phone" }));
    const fooling = forGuest.then((frame) =>
      pairAsHost(toGuest.b, context({ host: middle, name: "Laptop" }), frame),
    );
    const posing = pairAsGuest(toHost.a, context({ guest: middle, name: "Phone" }));
    const host = hello.then((frame) =>
      pairAsHost(toHost.b, context({ guest: middle, name: "Laptop" }), frame),
    );
    const links = await Promise.all([asked, fooling, posing, host]);
    const [guestSide, , , hostSide] = links;
    expect(guestSide.digits).not.toBe(hostSide.digits);
  });

  it("refuses a frame out of its turn, a repeated one, and says when the other side ended it", async () => {
    const again: Change = (frame) =>
      frame.kind === "reveal" ? { kind: "thanks", sealed: frame.sealed } : frame;
    await expect(pair({ toHost: again })).rejects.toThrow(code("pairing-frame"));
    const no: Change = (frame) =>
      frame.kind === "offer" ? { kind: "refuse", code: "pairing-expired" } : frame;
    await expect(pair({ toGuest: no })).rejects.toThrow(code("pairing-expired"));
    const { host, guest } = await pair({});
    const taken = expect(guest.take()).rejects.toThrow(code("pairing-refused"));
    host.refuse();
    await taken;
  });

  it("does not let what one side sent be sent back to it", async () => {
    const { a, b } = channels();
    const guest = pairAsGuest(a, context({}));
    const hello = asHello(await b.receive());
    await b.send({ kind: "offer", ephemeral: x25519.getPublicKey(random.bytes(32)) });
    const reveal = await b.receive();
    if (reveal.kind !== "reveal") throw new Error("expected reveal");
    expect(hello.commitment).toEqual(commitmentTo(reveal.ephemeral, reveal.nonce));
    await b.send({ kind: "accept", proof: reveal.proof, sealed: reveal.sealed });
    await expect(guest).rejects.toThrow(code("pairing-wrong"));
  });

  it("keeps a stranger's name short and in one line", async () => {
    const { host } = await pair({ guest: { name: `A\n<b>\u202e${"x".repeat(60)}` } }).catch((thrown) => {
      expect(thrown).toMatchObject({ code: "pairing-wrong" });
      return { host: undefined };
    });
    expect(host?.name ?? "").not.toMatch(/[\n\u202e]/);
    expect((host?.name ?? "").length).toBeLessThanOrEqual(40);
  });
});

describe("pairing frames and codes", () => {
  it("survive the wire, and nothing else is a frame", () => {
    const frame: PairingFrame = { kind: "hello", invitation: random.bytes(16), commitment: random.bytes(32) };
    expect(decodePairingFrame(encodePairingFrame(frame))).toEqual(frame);
    expect(() => decodePairingFrame(new Uint8Array(40_000))).toThrow(code("too-large"));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => decodePairingFrame(Uint8Array.from(bytes))).toThrow(
          expect.objectContaining({ name: "ParleyError" }),
        );
      }),
    );
  });

  const invitation = {
    node: HOST,
    network: networkMark("a network"),
    secret: SECRET,
    expiresAtMs: 1_800_000_000_000,
    addresses: ["/dns4/relay.example/tcp/443/wss/p2p/12D3KooW/p2p-circuit"],
  };

  it("come back from a code, however it was copied", () => {
    const written = writeCode(invitation);
    expect(written).toMatch(/^PARLEY-PAIR-1:[A-Z2-7]+$/);
    expect(readCode(written)).toEqual(invitation);
    expect(readCode(` ${written.toLowerCase().replaceAll(/(.{20})/g, "$1\n")} `)).toEqual(invitation);
  });

  it("say of a code that is cut, mistyped or none that it is no code", () => {
    const written = writeCode(invitation);
    const bad = code("pairing-code");
    for (const text of [
      "",
      "hello",
      written.slice(0, -1),
      `${written}A`,
      written.slice(14),
      "PARLEY-PAIR-1:",
    ]) {
      expect(() => readCode(text)).toThrow(bad);
    }
    expect(() => readCode(`PARLEY-PAIR-1:${"A".repeat(5_000)}`)).toThrow(bad);
    fc.assert(
      fc.property(
        fc.integer({ min: 14, max: written.length - 1 }),
        fc.constantFrom("A", "7", "Q"),
        (at, letter) => {
          const typed = `${written.slice(0, at)}${letter}${written.slice(at + 1)}`;
          if (typed !== written) expect(() => readCode(typed)).toThrow(bad);
        },
      ),
    );
  });
});

function context(changes: Partial<PairingContext>): PairingContext {
  return {
    network: "network",
    host: HOST,
    guest: GUEST,
    secret: SECRET,
    name: "Phone",
    randomBytes: (length) => random.bytes(length),
    ...changes,
  };
}

interface Attempt {
  readonly guest?: Partial<PairingContext>;
  readonly toHost?: Change;
  readonly toGuest?: Change;
}

async function pair(attempt: Attempt): Promise<{ host: PairingLink; guest: PairingLink }> {
  const { a, b } = channels(attempt.toHost, attempt.toGuest);
  const guest = pairAsGuest(a, context(attempt.guest ?? {}));
  const host = b.receive().then((frame) => pairAsHost(b, context({ name: "Laptop" }), asHello(frame)));
  const closing = (channel: PairingChannel) => (thrown: unknown) => {
    channel.close();
    throw thrown;
  };
  const [first, second] = await Promise.allSettled([host.catch(closing(b)), guest.catch(closing(a))]);
  if (first.status === "rejected" && thrownCode(first.reason) !== "pairing-ended") throw first.reason;
  if (second.status === "rejected") throw second.reason;
  if (first.status === "rejected") throw first.reason;
  return { host: first.value, guest: second.value };
}

function thrownCode(thrown: unknown): unknown {
  return typeof thrown === "object" && thrown !== null && "code" in thrown ? thrown.code : undefined;
}

function asHello(frame: PairingFrame) {
  if (frame.kind !== "hello") throw new Error("expected hello");
  return frame;
}

function flipped(frame: PairingFrame, field: string): PairingFrame {
  const entries = Object.entries(frame).map(([key, value]) => {
    if (key !== field || !(value instanceof Uint8Array)) return [key, value];
    const changed = value.slice();
    changed[3] = (changed[3] ?? 0) ^ 1;
    return [key, changed];
  });
  return { ...frame, ...Object.fromEntries(entries) };
}

/** Two ends; what goes to each can be changed on the way. Closing one ends both. */
function channels(toB: Change = (frame) => frame, toA: Change = (frame) => frame) {
  const [forA, forB] = [new Pipe(), new Pipe()];
  const end = (out: Pipe, into: Pipe, change: Change): PairingChannel => ({
    async send(frame) {
      const passed = change(frame);
      if (passed !== undefined) out.put(passed);
    },
    receive: () => into.take(),
    close() {
      out.end();
      into.end();
    },
  });
  return { a: end(forB, forA, toB), b: end(forA, forB, toA) };
}

class Pipe {
  readonly #frames: PairingFrame[] = [];
  #waiting: ((frame: PairingFrame | undefined) => void) | undefined;
  #ended = false;

  put(frame: PairingFrame): void {
    this.#frames.push(frame);
    this.#waiting?.(undefined);
  }

  end(): void {
    this.#ended = true;
    this.#waiting?.(undefined);
  }

  async take(): Promise<PairingFrame> {
    while (this.#frames.length === 0 && !this.#ended) {
      await new Promise<unknown>((resolve) => {
        this.#waiting = resolve;
      });
    }
    const next = this.#frames.shift();
    if (next === undefined) throw ended("closed");
    return next;
  }
}
