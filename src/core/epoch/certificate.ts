import { compareText } from "../bytes.ts";
import {
  type Certificate,
  type EpochRoot,
  type RegistrySnapshot,
  type StakeEntry,
  signingWei,
} from "../chain-types.ts";
import { type ErrorData, ParleyError, reject } from "../errors.ts";
import type { Genesis } from "../genesis.ts";
import type { TypedMessage } from "../messages/message.ts";
import type { Address, Hash } from "../primitives.ts";
import { epochRootDigest, recoverOperator } from "./root.ts";

const PPM = 1_000_000n;

type Vote = TypedMessage<"epoch-vote">;

/** Codes: not-staked (IGNORE), bad-operator-signature (REJECT). The registry is the one of the vote's message set. */
export function checkEpochVote(
  genesis: Genesis,
  registry: RegistrySnapshot,
  vote: Vote,
): ErrorData | undefined {
  const { author, body } = vote.envelope;
  const entry = registry.entries.find(({ nodeId }) => nodeId === author);
  if (entry === undefined) {
    return { code: "not-staked", message: "This voter is not in the registry", verdict: "IGNORE" };
  }
  return checkSignature(epochRootDigest(genesis.chain, body.root), entry.operator, body.operatorSignature);
}

/**
 * Certificate from the votes for `root` whose signatures are good; undefined while their stake is not enough.
 * Votes for other roots, doubles and bad ones are left out.
 */
export function certify(
  genesis: Genesis,
  registry: RegistrySnapshot,
  root: EpochRoot,
  votes: readonly Vote[],
): Certificate | undefined {
  const digest = epochRootDigest(genesis.chain, root);
  const operators = new Map(registry.entries.map(({ nodeId, operator }) => [nodeId, operator]));
  const signatures = new Map<Address, string>();
  for (const { envelope } of votes) {
    const operator = operators.get(envelope.author);
    const { root: voted, operatorSignature } = envelope.body;
    if (operator === undefined || signatures.has(operator)) continue;
    if (epochRootDigest(genesis.chain, voted) !== digest) continue;
    if (checkSignature(digest, operator, operatorSignature) === undefined) {
      signatures.set(operator, operatorSignature);
    }
  }
  const certificate: Certificate = {
    root,
    signatures: [...signatures]
      .map(([operator, signature]) => ({ operator, signature }))
      .sort((a, b) => compareText(a.operator, b.operator)),
  };
  return verifyCertificate(genesis, registry, certificate, root) === undefined ? certificate : undefined;
}

/**
 * Undefined when the certificate carries two thirds and certificateThresholdPpm of the registry's whole stake for
 * exactly `root`.
 * Codes: certificate-root, certificate-order, unknown-operator, bad-operator-signature, too-little-stake.
 */
export function verifyCertificate(
  genesis: Genesis,
  registry: RegistrySnapshot,
  certificate: Certificate,
  root: EpochRoot,
): ErrorData | undefined {
  const digest = epochRootDigest(genesis.chain, root);
  const certified = epochRootDigest(genesis.chain, certificate.root);
  if (certified !== digest) {
    return reject("certificate-root", "This certificate is of another root", digest, certified).data;
  }
  const entries = new Map(registry.entries.map((entry) => [entry.operator, entry]));
  let signedWei = 0n;
  let before = "";
  for (const { operator, signature } of certificate.signatures) {
    if (operator <= before) return reject("certificate-order", "Operators are not in ascending order").data;
    before = operator;
    const entry = entries.get(operator);
    if (entry === undefined) {
      return reject("unknown-operator", "No such operator in the registry", undefined, operator).data;
    }
    const error = checkSignature(digest, operator, signature);
    if (error !== undefined) return error;
    signedWei += signingWei(entry);
  }
  return checkSignedStake(genesis, registry.entries, signedWei);
}

/** Whether so much of a registry's stake makes a certificate. Code: too-little-stake. */
export function checkSignedStake(
  genesis: Genesis,
  entries: readonly StakeEntry[],
  signedWei: bigint,
): ErrorData | undefined {
  const totalWei = entries.reduce((sum, entry) => sum + signingWei(entry), 0n);
  const neededPpm = BigInt(genesis.parameters.certificateThresholdPpm);
  if (hasTwoThirds(signedWei, totalWei) && signedWei * PPM >= totalWei * neededPpm) return undefined;
  const message = "Too little stake has signed";
  const expected = `two thirds and ${neededPpm} ppm of ${totalWei} wei`;
  return reject("too-little-stake", message, expected, `${signedWei} wei`).data;
}

/** The EpochAnchor contract's own test, in whole numbers: no parameter in ppm is exactly two thirds. */
export function hasTwoThirds(signedWei: bigint, totalWei: bigint): boolean {
  return signedWei > 0n && signedWei * 3n >= totalWei * 2n;
}

function checkSignature(digest: Hash, operator: Address, signature: string): ErrorData | undefined {
  try {
    const signer = recoverOperator(digest, signature);
    if (signer === operator) return undefined;
    throw reject("bad-operator-signature", "Signed by another key", operator, signer);
  } catch (thrown) {
    if (thrown instanceof ParleyError) return thrown.data;
    throw thrown;
  }
}
