/**
 * Frames of /parley/pair/1, DAG-CBOR, each behind its length, in this order (G the guest, who read the code; H the host, who showed it):
 *
 *   G → H  hello   invitation (names it without giving its secret away), commitment = H(ephemeral of G, nonce)
 *   H → G  offer   ephemeral of H
 *   G → H  reveal  ephemeral of G, nonce, proof of G, sealed name of G
 *   H → G  accept  proof of H, sealed name of H                    both screens now show the digits
 *   H → G  gift    sealed; after the person at H said that the digits are the same
 *   G → H  thanks  sealed; after the person at G said so, and the gift is durable
 *
 * Either side may send refuse in the place of any of them, and ends.
 */
import { decodeBlock, encodeBlock, type Schema } from "../../core/codec/block.ts";
import { bytes, code } from "../../core/codec/fields.ts";
import { z } from "../../core/codec/zod.ts";
import { LIMITS } from "../../core/limits.ts";

export const PAIRING_PROTOCOL = "/parley/pair/1";

export type PairingFrame =
  | { readonly kind: "hello"; readonly invitation: Uint8Array; readonly commitment: Uint8Array }
  | { readonly kind: "offer"; readonly ephemeral: Uint8Array }
  | {
      readonly kind: "reveal";
      readonly ephemeral: Uint8Array;
      readonly nonce: Uint8Array;
      readonly proof: Uint8Array;
      readonly sealed: Uint8Array;
    }
  | { readonly kind: "accept"; readonly proof: Uint8Array; readonly sealed: Uint8Array }
  | { readonly kind: "gift"; readonly sealed: Uint8Array }
  | { readonly kind: "thanks"; readonly sealed: Uint8Array }
  | { readonly kind: "refuse"; readonly code: string };

export type FrameOf<K extends PairingFrame["kind"]> = Extract<PairingFrame, { kind: K }>;

const short = bytes(16, 16);
const long = bytes(32, 32);
const sealed = bytes(16, LIMITS.pairingFrameBytes);

const schema: Schema<PairingFrame> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("hello"), invitation: short, commitment: long }),
  z.strictObject({ kind: z.literal("offer"), ephemeral: long }),
  z.strictObject({ kind: z.literal("reveal"), ephemeral: long, nonce: short, proof: long, sealed }),
  z.strictObject({ kind: z.literal("accept"), proof: long, sealed }),
  z.strictObject({ kind: z.literal("gift"), sealed }),
  z.strictObject({ kind: z.literal("thanks"), sealed }),
  z.strictObject({ kind: z.literal("refuse"), code }),
]);

export function encodePairingFrame(frame: PairingFrame): Uint8Array {
  return encodeBlock(schema, "pairing frame", frame);
}

/** Errors: those of decodeBlock. */
export function decodePairingFrame(frame: Uint8Array): PairingFrame {
  return decodeBlock(schema, "pairing frame", frame, LIMITS.pairingFrameBytes);
}
