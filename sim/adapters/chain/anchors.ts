import { ZERO_HASH } from "../../../src/core/bytes.ts";
import { signingWei } from "../../../src/core/chain-types.ts";
import { hasTwoThirds } from "../../../src/core/epoch/certificate.ts";
import { epochRootDigest, recoverOperator } from "../../../src/core/epoch/root.ts";
import { failure, ParleyError } from "../../../src/core/errors.ts";
import type { GenesisChain } from "../../../src/core/genesis.ts";
import type { Address, Hash } from "../../../src/core/primitives.ts";
import type { AnchoredRoot } from "../../../src/ports/anchor-rewards.ts";
import type { AnchoredEpoch, Certificate, EpochRoot, StakeEntry } from "../../../src/ports/chain.ts";

/** What the chain's blocks say to whoever checks a root. */
export interface AnchorBlocks {
  readonly headNumber: number;
  stakesAt(blockNumber: number): readonly StakeEntry[];
}

/** Roots on a MemoryChain, by the rules of EpochAnchor.sol. */
export class MemoryAnchors {
  readonly #contracts: Pick<GenesisChain, "chainId" | "epochAnchor">;
  readonly #anchored = new Map<number, AnchoredEpoch>();
  readonly #roots = new Map<number, AnchoredRoot>();
  readonly #signers = new Map<number, readonly Address[]>();
  #last: EpochRoot | undefined;

  constructor(contracts: Pick<GenesisChain, "chainId" | "epochAnchor">) {
    this.#contracts = contracts;
  }

  get lastEpoch(): number | undefined {
    return this.#last?.epoch;
  }

  get(epoch: number): AnchoredEpoch | undefined {
    return this.#anchored.get(epoch);
  }

  rootOf(epoch: number): AnchoredRoot | undefined {
    return this.#roots.get(epoch);
  }

  /** Whose signatures the anchored root of an epoch came with; nobody's when none is anchored. */
  signersOf(epoch: number): readonly Address[] {
    return (this.#roots.has(epoch) && this.#signers.get(epoch)) || [];
  }

  /** All of them, oldest first, each on the one before it. Errors: reverted. */
  check(certificates: readonly Certificate[], blocks: AnchorBlocks): void {
    let last = this.#last;
    for (const certificate of certificates) {
      checkFollows(certificate.root, last, blocks.headNumber);
      this.#checkSigned(certificate, blocks.stakesAt(certificate.root.snapshotBlock));
      last = certificate.root;
    }
  }

  #checkSigned({ root, signatures }: Certificate, stakes: readonly StakeEntry[]): void {
    const totalWei = stakes.reduce((sum, entry) => sum + signingWei(entry), 0n);
    const digest = epochRootDigest(this.#contracts, root);
    let signedWei = 0n;
    let previous = "";
    for (const { operator, signature } of signatures) {
      if (operator <= previous) throw reverted("OperatorsNotAscending");
      previous = operator;
      if (signerOf(digest, signature) !== operator) throw reverted("WrongSignature");
      const entry = stakes.find((one) => one.operator === operator);
      signedWei += entry === undefined ? 0n : signingWei(entry);
    }
    if (!hasTwoThirds(signedWei, totalWei)) throw reverted("InsufficientStake");
  }

  /** Returns what takes them back. */
  add(
    sender: Address,
    certificates: readonly Certificate[],
    at: Pick<AnchoredEpoch, "transaction" | "blockNumber">,
  ): () => void {
    const before = this.#last;
    for (const { root, signatures } of certificates) {
      this.#signers.set(
        root.epoch,
        signatures.map(({ operator }) => operator),
      );
      const { epoch, stateRoot, claimsRoot } = root;
      this.#anchored.set(epoch, { epoch, stateRoot, claimsRoot, sender, ...at });
      this.#roots.set(epoch, {
        root,
        sender,
        certificateDigest: ZERO_HASH,
        parentEpoch: this.#last?.epoch ?? 0,
        parentSnapshotBlock: this.#last?.snapshotBlock ?? 0,
      });
      this.#last = root;
    }
    return () => {
      this.#last = before;
      for (const { root } of certificates) {
        this.#anchored.delete(root.epoch);
        this.#roots.delete(root.epoch);
      }
    };
  }

  /** The root and all that build on it fall; returns what puts them back. */
  overturn(epoch: number): () => void {
    const [last, anchored, roots] = [this.#last, [...this.#anchored], [...this.#roots]];
    for (const [fallen] of anchored) {
      if (fallen < epoch) continue;
      this.#anchored.delete(fallen);
      this.#roots.delete(fallen);
    }
    this.#last = lastOf(this.#roots.values())?.root;
    return () => {
      this.#last = last;
      for (const [at, one] of anchored) this.#anchored.set(at, one);
      for (const [at, one] of roots) this.#roots.set(at, one);
    };
  }
}

function lastOf<T>(values: Iterable<T>): T | undefined {
  return [...values].at(-1);
}

function checkFollows(root: EpochRoot, last: EpochRoot | undefined, headNumber: number): void {
  if (last !== undefined && root.epoch <= last.epoch) throw reverted("EpochNotAfterLast");
  if (last !== undefined && root.previousRoot !== last.stateRoot) throw reverted("PreviousRootMismatch");
  const earliest = last?.snapshotBlock ?? 0;
  if (root.snapshotBlock > headNumber || root.snapshotBlock < earliest) {
    throw reverted("SnapshotBlockOutOfRange");
  }
}

/** As the chain adapter says it: the contract's error name is what was received. */
export function reverted(name: string): ParleyError {
  return failure("reverted", "The contract refused", undefined, name);
}

/** Undefined when nobody has signed this. */
export function signerOf(digest: Hash, signature: string): Address | undefined {
  try {
    return recoverOperator(digest, signature);
  } catch (thrown) {
    if (thrown instanceof ParleyError) return undefined;
    throw thrown;
  }
}
