import { compareText } from "../bytes.ts";
import { type Certificate, type StakeEntry, signingWei } from "../chain-types.ts";
import type { Address } from "../primitives.ts";
import { hasTwoThirds } from "./certificate.ts";

/**
 * The certificate with as few of its signatures as the EpochAnchor contract asks for: two thirds of the stake of
 * `entries`, the registry at the root's snapshot block. Each costs whoever anchors some 7,000 gas, and the contract gives
 * nobody anything for more. The heaviest count first, of equal ones those with the lower node id, so that everybody
 * chooses the same; those chosen keep their order. A certificate that does not suffice stays as it is: the contract says
 * what it lacks. No signature is looked at, since certificates are verified before they are kept.
 */
export function fewestSignatures(certificate: Certificate, entries: readonly StakeEntry[]): Certificate {
  const signers = new Set(certificate.signatures.map(({ operator }) => operator));
  const totalWei = entries.reduce((sum, entry) => sum + signingWei(entry), 0n);
  const chosen = new Set<Address>();
  let signedWei = 0n;
  for (const entry of entries.filter(({ operator }) => signers.has(operator)).sort(heaviestFirst)) {
    if (hasTwoThirds(signedWei, totalWei)) break;
    chosen.add(entry.operator);
    signedWei += signingWei(entry);
  }
  if (!hasTwoThirds(signedWei, totalWei)) return certificate;
  return {
    ...certificate,
    signatures: certificate.signatures.filter(({ operator }) => chosen.has(operator)),
  };
}

function heaviestFirst(a: StakeEntry, b: StakeEntry): number {
  const moreWei = signingWei(b) - signingWei(a);
  if (moreWei !== 0n) return moreWei > 0n ? 1 : -1;
  return compareText(a.nodeId, b.nodeId);
}
