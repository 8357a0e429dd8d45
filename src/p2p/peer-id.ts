import { generateKeyPairFromSeed } from "@libp2p/crypto/keys";
import type { Ed25519PrivateKey, PeerId } from "@libp2p/interface";
import { bytesToHex } from "../core/bytes.ts";
import { failure } from "../core/errors.ts";
import type { NodeId } from "../core/primitives.ts";

/** The libp2p key of a node: the same Ed25519 key that signs its messages. Errors: bad-seed. */
export async function privateKeyOf(seed: Uint8Array): Promise<Ed25519PrivateKey> {
  if (seed.length !== 32) {
    throw failure("bad-seed", "A node's key is 32 bytes", "32 bytes", `${seed.length} bytes`);
  }
  return generateKeyPairFromSeed("Ed25519", seed);
}

/** Undefined for peers that are no nodes of ours: another key type, or a peer id without its key. */
export function nodeIdOfPeer(peer: PeerId): NodeId | undefined {
  return peer.type === "Ed25519" ? bytesToHex(peer.publicKey.raw) : undefined;
}
