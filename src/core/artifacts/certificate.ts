/** Certificate: DAG-CBOR { root, signatures: [{ operator: bytes 20, signature: bytes 65 }] }, ascending by operator. */

import type { Certificate } from "../chain-types.ts";
import { decodeBlock, encodeBlock, type Schema } from "../codec/block.ts";
import { address, hex } from "../codec/fields.ts";
import { epochRoot, isAscending } from "../codec/shared.ts";
import { z } from "../codec/zod.ts";
import { LIMITS } from "../limits.ts";

const schema: Schema<Certificate> = z.strictObject({
  root: epochRoot,
  signatures: z
    .array(z.strictObject({ operator: address, signature: hex(65) }))
    .max(LIMITS.registryEntries)
    .readonly()
    .refine((entries) => isAscending(entries.map(({ operator }) => operator)), "not ascending by operator"),
});

export function encodeCertificate(certificate: Certificate): Uint8Array {
  return encodeBlock(schema, "certificate", certificate);
}

/** Errors: too-large, malformed-cbor, not-canonical, unknown-field, schema. */
export function decodeCertificate(bytes: Uint8Array): Certificate {
  return decodeBlock(schema, "certificate", bytes, LIMITS.artifactBytes);
}
