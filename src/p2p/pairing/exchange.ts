/** Both sides of one pairing over a channel of frames; transport-free. The order of frames is in frames.ts. */
import { x25519 } from "@noble/curves/ed25519.js";
import { failure, ignore, type ParleyError, reject } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { NodeId } from "../../core/primitives.ts";
import type { PairingLink } from "../../ports/pairing.ts";
import type { FrameOf, PairingFrame } from "./frames.ts";
import {
  commitmentTo,
  invitationId,
  type PairingKeys,
  pairingKeys,
  requireSame,
  type Said,
  seal,
  unseal,
} from "./keys.ts";

const NONCE_BYTES = 16;
/** Any 32 bytes are a key of X25519. */
const SECRET_KEY_BYTES = 32;

/** Places of sealed frames in each direction. */
const NAME = 0;
const CONTENT = 1;

export interface PairingChannel {
  send(frame: PairingFrame): Promise<void>;
  receive(): Promise<PairingFrame>;
  close(): void;
}

export interface PairingContext {
  readonly network: string;
  /** Of both nodes, as the transport has proved them. */
  readonly host: NodeId;
  readonly guest: NodeId;
  /** The invitation's. */
  readonly secret: Uint8Array;
  /** How this device calls itself. */
  readonly name: string;
  readonly randomBytes: (length: number) => Uint8Array;
}

/** Whoever showed the code. `hello` was read already, to find the invitation that it names. */
export async function pairAsHost(
  channel: PairingChannel,
  context: PairingContext,
  hello: FrameOf<"hello">,
): Promise<PairingLink> {
  requireSame(hello.invitation, invitationId(context.secret));
  const secretKey = context.randomBytes(SECRET_KEY_BYTES);
  const hostEphemeral = x25519.getPublicKey(secretKey);
  await channel.send({ kind: "offer", ephemeral: hostEphemeral });
  const reveal = await expectFrame(channel, "reveal");
  requireSame(hello.commitment, commitmentTo(reveal.ephemeral, reveal.nonce));
  const { invitation, commitment } = hello;
  const { ephemeral: guestEphemeral, nonce } = reveal;
  const said = { ...context, invitation, commitment, hostEphemeral, guestEphemeral, nonce };
  const keys = pairingKeys(secretKey, guestEphemeral, context.secret, said);
  requireSame(reveal.proof, keys.guestProof);
  const name = readName(unseal(keys.guestKey, NAME, reveal.sealed));
  const sealed = seal(keys.hostKey, NAME, new TextEncoder().encode(context.name));
  await channel.send({ kind: "accept", proof: keys.hostProof, sealed });
  return linkOf(channel, context.guest, name, keys, { own: keys.hostKey, other: keys.guestKey });
}

/** Whoever read the code. */
export async function pairAsGuest(channel: PairingChannel, context: PairingContext): Promise<PairingLink> {
  const secretKey = context.randomBytes(SECRET_KEY_BYTES);
  const guestEphemeral = x25519.getPublicKey(secretKey);
  const nonce = context.randomBytes(NONCE_BYTES);
  const invitation = invitationId(context.secret);
  const commitment = commitmentTo(guestEphemeral, nonce);
  await channel.send({ kind: "hello", invitation, commitment });
  const { ephemeral: hostEphemeral } = await expectFrame(channel, "offer");
  const said: Said = { ...context, invitation, commitment, hostEphemeral, guestEphemeral, nonce };
  const keys = pairingKeys(secretKey, hostEphemeral, context.secret, said);
  const sealed = seal(keys.guestKey, NAME, new TextEncoder().encode(context.name));
  await channel.send({ kind: "reveal", ephemeral: guestEphemeral, nonce, proof: keys.guestProof, sealed });
  const accept = await expectFrame(channel, "accept");
  requireSame(accept.proof, keys.hostProof);
  const name = readName(unseal(keys.hostKey, NAME, accept.sealed));
  return linkOf(channel, context.host, name, keys, { own: keys.guestKey, other: keys.hostKey });
}

function linkOf(
  channel: PairingChannel,
  nodeId: NodeId,
  name: string,
  { digits }: PairingKeys,
  { own, other }: { readonly own: Uint8Array; readonly other: Uint8Array },
): PairingLink {
  return {
    nodeId,
    name,
    digits,
    async give(gift) {
      await channel.send({ kind: "gift", sealed: seal(own, CONTENT, gift) });
      unseal(other, CONTENT, (await expectFrame(channel, "thanks")).sealed);
      channel.close();
    },
    async take() {
      return unseal(other, CONTENT, (await expectFrame(channel, "gift")).sealed);
    },
    async thank() {
      await channel.send({ kind: "thanks", sealed: seal(own, CONTENT, new Uint8Array()) });
      channel.close();
    },
    refuse() {
      channel
        .send({ kind: "refuse", code: "pairing-refused" })
        .catch(() => undefined)
        .finally(() => channel.close());
    },
  };
}

/** Throws ParleyError: pairing-refused, pairing-frame (REJECT), and the channel's. */
async function expectFrame<K extends PairingFrame["kind"]>(
  channel: PairingChannel,
  kind: K,
): Promise<FrameOf<K>> {
  const frame = await channel.receive();
  if (isKind(frame, kind)) return frame;
  if (frame.kind === "refuse") throw refused(frame.code);
  throw reject("pairing-frame", "A frame out of its turn", kind, frame.kind);
}

function isKind<K extends PairingFrame["kind"]>(frame: PairingFrame, kind: K): frame is FrameOf<K> {
  return frame.kind === kind;
}

function refused(code: string): ParleyError {
  return code === "pairing-expired"
    ? failure("pairing-expired", "This code is too old. Show a new one on the other device.")
    : failure("pairing-refused", "The other device did not agree", undefined, code);
}

/** A stranger's text: of bounded length, in one line. Throws ParleyError, verdict REJECT: pairing-name. */
export function readName(bytes: Uint8Array): string {
  if (bytes.length > LIMITS.deviceNameCharacters * 4) throw reject("pairing-name", "This name is too long");
  return cleanName(new TextDecoder().decode(bytes));
}

export function cleanName(text: string): string {
  const line = text.replaceAll(/[\p{C}\p{Z}]+/gu, " ").trim();
  return [...line].slice(0, LIMITS.deviceNameCharacters).join("") || "Unnamed device";
}

export function ended(detail: string): ParleyError {
  return ignore("pairing-ended", "The other device went away before it was done", undefined, detail);
}
