/**
 * A wallet and a node that say they belong together: both sign one text, the wallet as a personal message (EIP-191, version
 * 0x45, https://eips.ethereum.org/EIPS/eip-191), the node with its Ed25519 key. Contract wallets (EIP-1271) sign nothing
 * that can be checked without the chain: they cannot be linked this way.
 */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, concatBytes, utf8ToBytes } from "./bytes.ts";
import { decodeBlock, encodeBlock, type Schema } from "./codec/block.ts";
import { address, cid, hex, nodeId, timestampMs } from "./codec/fields.ts";
import { z } from "./codec/zod.ts";
import { DOMAINS } from "./domains.ts";
import { recoverOperator } from "./epoch/root.ts";
import { reject } from "./errors.ts";
import { nodeIdOf, signBytes, verifyBytes } from "./identity.ts";
import { LIMITS } from "./limits.ts";
import type { Address, Cid, Hash, Hex, NodeId } from "./primitives.ts";

/** What both sign. */
export interface LinkClaim {
  /** Genesis CID: a link of one network says nothing in another. */
  readonly network: Cid;
  readonly nodeId: NodeId;
  readonly account: Address;
  /** Of two links of one node the later one counts. */
  readonly signedAtMs: number;
}

export interface IdentityLink extends LinkClaim {
  readonly version: 1;
  /** Ed25519, 64 bytes. */
  readonly nodeSignature: Hex;
  /** r ‖ s ‖ v, 65 bytes, v 27 or 28, low s. */
  readonly walletSignature: Hex;
}

const schema: Schema<IdentityLink> = z.strictObject({
  version: z.literal(1),
  network: cid,
  nodeId,
  account: address,
  signedAtMs: timestampMs,
  nodeSignature: hex(64),
  walletSignature: hex(65),
});

/** What the wallet shows its owner; every field of the claim stands in it. */
export function linkText({ network, nodeId, account, signedAtMs }: LinkClaim): string {
  return [
    "Parley: this wallet and this node belong to one person.",
    "",
    `Wallet: ${account}`,
    `Node: ${nodeId}`,
    `Network: ${network}`,
    `Signed at: ${signedAtMs} ms after 1970`,
    "",
    "Signing costs nothing and moves no tokens.",
  ].join("\n");
}

/** The node's half. */
export function signLinkAsNode(secretKey: Uint8Array, claim: Omit<LinkClaim, "nodeId">): Hex {
  return signBytes(secretKey, nodeBytes({ ...claim, nodeId: nodeIdOf(secretKey) }));
}

/** keccak256("\x19Ethereum Signed Message:\n" ‖ length ‖ text), the length in decimal digits of bytes. */
export function personalMessageDigest(text: string): Hash {
  const bytes = utf8ToBytes(text);
  return bytesToHex(
    keccak_256(concatBytes(utf8ToBytes(`\x19Ethereum Signed Message:\n${bytes.length}`), bytes)),
  );
}

/** Throws ParleyError, verdict REJECT: link-node-signature, link-wallet-signature. */
export function verifyIdentityLink(link: IdentityLink): void {
  if (!verifyBytes(link.nodeId, nodeBytes(link), link.nodeSignature)) {
    throw reject("link-node-signature", "The node did not sign this link", `Ed25519 by ${link.nodeId}`);
  }
  const signer = walletOf(link);
  if (signer !== link.account) {
    throw reject("link-wallet-signature", "The wallet did not sign this link", link.account, signer);
  }
}

/** Errors: unencodable. */
export function encodeIdentityLink(link: IdentityLink): Uint8Array {
  return encodeBlock(schema, "identity link", link);
}

/** A link from outside, both signatures checked. Throws what decodeBlock and verifyIdentityLink throw. */
export function decodeIdentityLink(bytes: Uint8Array): IdentityLink {
  const link = decodeBlock(schema, "identity link", bytes, LIMITS.identityLinkBytes);
  verifyIdentityLink(link);
  return link;
}

function walletOf(link: IdentityLink): Address {
  try {
    return recoverOperator(personalMessageDigest(linkText(link)), link.walletSignature);
  } catch {
    throw reject("link-wallet-signature", "Not a wallet's signature", "65 bytes r, s, v with low s");
  }
}

function nodeBytes(claim: LinkClaim): Uint8Array {
  return concatBytes(utf8ToBytes(DOMAINS.identityLink), Uint8Array.of(0), utf8ToBytes(linkText(claim)));
}
