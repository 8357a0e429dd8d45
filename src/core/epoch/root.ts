/** EIP-712 (https://eips.ethereum.org/EIPS/eip-712) over EpochRoot, as the EpochAnchor contract checks it. */
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { bigEndian, bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "../bytes.ts";
import type { EpochRoot } from "../chain-types.ts";
import { reject } from "../errors.ts";
import type { GenesisChain } from "../genesis.ts";
import type { Address, Hash, Hex } from "../primitives.ts";

export const EPOCH_ROOT_TYPE =
  "EpochRoot(uint64 epoch,bytes32 previousRoot,bytes32 stateRoot,bytes32 claimsRoot,bytes32 manifestDigest,uint64 snapshotBlock)";
const DOMAIN_TYPE = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";

const keccakText = (text: string): Uint8Array => keccak_256(utf8ToBytes(text));
const ROOT_TYPE_HASH = keccakText(EPOCH_ROOT_TYPE);
const DOMAIN_TYPE_HASH = keccakText(DOMAIN_TYPE);
const NAME_HASH = keccakText("Parley");
const VERSION_HASH = keccakText("1");

/** The same for the same root and for no other: votes are gathered by all that they sign, and roots compared so. */
export function rootKey(root: EpochRoot): string {
  const { epoch, previousRoot, stateRoot, claimsRoot, manifestDigest, snapshotBlock } = root;
  return [epoch, previousRoot, stateRoot, claimsRoot, manifestDigest, snapshotBlock].join(" ");
}

/** Digest that operators sign for an epoch. */
export function epochRootDigest(chain: Pick<GenesisChain, "chainId" | "epochAnchor">, root: EpochRoot): Hash {
  const struct = keccak_256(
    concatBytes(
      ROOT_TYPE_HASH,
      bigEndian(root.epoch, 32),
      hexToBytes(root.previousRoot),
      hexToBytes(root.stateRoot),
      hexToBytes(root.claimsRoot),
      hexToBytes(root.manifestDigest),
      bigEndian(root.snapshotBlock, 32),
    ),
  );
  return typedDigest(chain.chainId, chain.epochAnchor, struct);
}

/** keccak256(0x1901 ‖ separator of the domain {Parley, 1, chain, contract} ‖ struct hash). */
export function typedDigest(chainId: number, contract: Address, structHash: Uint8Array): Hash {
  const domain = keccak_256(
    concatBytes(
      DOMAIN_TYPE_HASH,
      NAME_HASH,
      VERSION_HASH,
      bigEndian(chainId, 32),
      bigEndian(BigInt(contract), 32),
    ),
  );
  return bytesToHex(keccak_256(concatBytes(Uint8Array.of(0x19, 0x01), domain, structHash)));
}

/** 65 bytes r ‖ s ‖ v (27 or 28), low s, RFC 6979. */
export function signDigest(digest: Hash, secretKey: Uint8Array): Hex {
  const recovered = secp256k1.sign(hexToBytes(digest), secretKey, { prehash: false, format: "recovered" });
  return `${bytesToHex(recovered.subarray(1))}${bytesToHex(Uint8Array.of(27 + (recovered[0] ?? 0)))}`;
}

/** Signatures whose signer is remembered: those of some epochs of a large network. */
const REMEMBERED = 4_096;
const signers = new Map<string, Address>();

/**
 * Address that signed `digest`. Throws ParleyError bad-operator-signature (also for high s, as OpenZeppelin's ECDSA does).
 * Remembered, since a certificate's signatures are looked at again with every vote that comes before it is complete.
 */
export function recoverOperator(digest: Hash, signature: Hex): Address {
  const key = `${digest}${signature}`;
  const known = signers.get(key);
  if (known !== undefined) return known;
  const signer = recover(digest, signature);
  if (signers.size >= REMEMBERED) signers.clear();
  signers.set(key, signer);
  return signer;
}

function recover(digest: Hash, signature: Hex): Address {
  const v = Number.parseInt(signature.slice(128), 16);
  if (!/^[0-9a-f]{130}$/.test(signature) || (v !== 27 && v !== 28)) throw badSignature();
  try {
    const parsed = secp256k1.Signature.fromHex(signature.slice(0, 128)).addRecoveryBit(v - 27);
    if (parsed.hasHighS()) throw badSignature();
    return addressOfPublicKey(parsed.recoverPublicKey(hexToBytes(digest)).toBytes(false));
  } catch {
    throw badSignature();
  }
}

/** Address of a 32-byte secp256k1 secret key. */
export function operatorAddress(secretKey: Uint8Array): Address {
  return addressOfPublicKey(secp256k1.getPublicKey(secretKey, false));
}

function addressOfPublicKey(uncompressed: Uint8Array): Address {
  return `0x${bytesToHex(keccak_256(uncompressed.subarray(1)).subarray(12))}`;
}

function badSignature() {
  return reject("bad-operator-signature", "Not an operator's signature", "65 bytes r, s, v with low s");
}
