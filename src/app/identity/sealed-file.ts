/**
 * Bytes under a passphrase. The file is DAG-CBOR
 * { format: "parley-profile", version: 1, kdf: { name: "scrypt", logN, r, p, salt: 16 bytes }, nonce: 24 bytes, sealed: bytes };
 * `sealed` is XChaCha20-Poly1305 under scrypt(NFKC(passphrase), salt) with the encoding of all other fields as associated data.
 * Sources: RFC 7914 (scrypt), draft-irtf-cfrg-xchacha-03. Cost 2^17 · 8 · 1 as OWASP recommends: 128 MiB once.
 */
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { scryptAsync } from "@noble/hashes/scrypt.js";
import { utf8ToBytes } from "../../core/bytes.ts";
import { decodeBlock, encodeBlock, type Schema } from "../../core/codec/block.ts";
import { encodeCbor } from "../../core/codec/dag-cbor.ts";
import { bytes, integer } from "../../core/codec/fields.ts";
import { z } from "../../core/codec/zod.ts";
import { failure } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { OnProgress } from "../../ports/progress.ts";
import type { Random } from "../../ports/random.ts";

const SALT_BYTES = 16;
const NONCE_BYTES = 24;
const KEY_BYTES = 32;
const LOG_N = 17;
const BLOCK_SIZE = 8;
export const SHORTEST_PASSPHRASE = 10;

interface Header {
  readonly format: "parley-profile";
  readonly version: 1;
  readonly kdf: {
    readonly name: "scrypt";
    readonly logN: number;
    readonly r: number;
    readonly p: number;
    readonly salt: Uint8Array;
  };
  readonly nonce: Uint8Array;
}

const schema: Schema<Header & { readonly sealed: Uint8Array }> = z.strictObject({
  format: z.literal("parley-profile"),
  version: z.literal(1),
  kdf: z.strictObject({
    name: z.literal("scrypt"),
    logN: integer(14, LIMITS.profileScryptLogN),
    r: integer(BLOCK_SIZE, BLOCK_SIZE),
    p: integer(1, 4),
    salt: bytes(SALT_BYTES, SALT_BYTES),
  }),
  nonce: bytes(NONCE_BYTES, NONCE_BYTES),
  sealed: bytes(16, LIMITS.profileFileBytes),
});

/** Errors: passphrase-short. `logN` is for tests; files are opened with what they say. */
export async function sealFile(
  content: Uint8Array,
  passphrase: string,
  random: Random,
  onProgress?: OnProgress,
  logN = LOG_N,
): Promise<Uint8Array> {
  if ([...passphrase].length < SHORTEST_PASSPHRASE) {
    throw failure("passphrase-short", "This passphrase is too short", `${SHORTEST_PASSPHRASE} characters`);
  }
  const header: Header = {
    format: "parley-profile",
    version: 1,
    kdf: { name: "scrypt", logN, r: BLOCK_SIZE, p: 1, salt: random.bytes(SALT_BYTES) },
    nonce: random.bytes(NONCE_BYTES),
  };
  const sealed = (await cipherOf(header, passphrase, onProgress)).encrypt(content);
  return encodeBlock(schema, "profile file", { ...header, sealed });
}

/**
 * Errors: profile-file (not such a file, or damaged outside), profile-version (of a later version of the app),
 * profile-passphrase (the wrong one, or the content was changed).
 */
export async function openFile(
  file: Uint8Array,
  passphrase: string,
  onProgress?: OnProgress,
): Promise<Uint8Array> {
  const { sealed, ...header } = readOuter(file);
  const cipher = await cipherOf(header, passphrase, onProgress);
  try {
    return cipher.decrypt(sealed);
  } catch {
    throw failure("profile-passphrase", "The passphrase is wrong, or the file was changed");
  }
}

function readOuter(file: Uint8Array) {
  try {
    return decodeBlock(schema, "profile file", file, LIMITS.profileFileBytes);
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    throw failure("profile-file", "This is no file of a Parley profile", undefined, detail);
  }
}

async function cipherOf(header: Header, passphrase: string, onProgress?: OnProgress) {
  const { logN, r, p, salt } = header.kdf;
  const key = await scryptAsync(utf8ToBytes(passphrase.normalize("NFKC")), salt, {
    N: 2 ** logN,
    r,
    p,
    dkLen: KEY_BYTES,
    maxmem: 2 ** (LIMITS.profileScryptLogN + 10) + 2 ** 20,
    asyncTick: 10,
    onProgress: (share) =>
      onProgress?.({ step: "Key from passphrase", done: Math.round(share * 100), total: 100 }),
  });
  return xchacha20poly1305(key, header.nonce, encodeCbor(header));
}
