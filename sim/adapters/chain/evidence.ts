import { epochRootDigest } from "../../../src/core/epoch/root.ts";
import type { GenesisChain } from "../../../src/core/genesis.ts";
import type { Address, NodeId } from "../../../src/core/primitives.ts";
import type { EpochRoot, StakeEntry } from "../../../src/ports/chain.ts";
import type { Evidence, Sentence, SignedRoot } from "../../../src/ports/chain-disputes.ts";
import { reverted, signerOf } from "./anchors.ts";

const PPM = 1_000_000n;
const EQUIVOCATION_PPM = 500_000n;
const REFUTED_PPM = 100_000n;
const BOUNTY_PPM = 500_000n;

interface EvidenceGround {
  readonly contracts: Pick<GenesisChain, "chainId" | "epochAnchor">;
  headNumber(): number;
  stakesAt(blockNumber: number): readonly StakeEntry[];
}

export interface Punishment extends Sentence {
  readonly nodeId: NodeId;
  readonly key: string;
}

/** Evidence about roots, by the rules of Evidence.sol. */
export class MemoryEvidence {
  readonly #ground: EvidenceGround;
  /** Roots that a jury has overturned. */
  readonly #refuted: () => readonly EpochRoot[];
  /** By offence: the block of the punishment. */
  readonly #punishedAt = new Map<string, number>();

  constructor(ground: EvidenceGround, refuted: () => readonly EpochRoot[]) {
    this.#ground = ground;
    this.#refuted = refuted;
  }

  sentenceOf(evidence: Evidence): Sentence | undefined {
    try {
      const { lossWei, bountyWei } = this.judge(evidence);
      return { lossWei, bountyWei };
    } catch {
      return undefined;
    }
  }

  /** Errors: reverted. */
  judge(evidence: Evidence): Punishment {
    const { nodeId, offence } = evidence;
    if (offence === "two-roots") {
      const { first, second } = evidence;
      const digests = [this.#digestOf(first), this.#digestOf(second)];
      if (first.root.epoch !== second.root.epoch || digests[0] === digests[1])
        throw reverted("NoContradiction");
      if (this.#isRefuted(first) || this.#isRefuted(second)) throw reverted("NoContradiction");
      const signer = this.#signerOf(first);
      if (signer !== this.#signerOf(second)) throw reverted("SignersDiffer");
      const since = Math.min(first.root.snapshotBlock, second.root.snapshotBlock);
      return this.#convict({ nodeId, offence, signer, root: first.root, since, ppm: EQUIVOCATION_PPM });
    }
    const { root } = evidence.signed;
    if (!this.#isRefuted(evidence.signed)) throw reverted("NotRefuted");
    const signer = this.#signerOf(evidence.signed);
    return this.#convict({ nodeId, offence, signer, root, since: root.snapshotBlock, ppm: REFUTED_PPM });
  }

  /** Returns what forgets it. */
  remember({ key }: Punishment): () => void {
    const before = this.#punishedAt.get(key);
    this.#punishedAt.set(key, this.#ground.headNumber() + 1);
    return () => {
      if (before === undefined) this.#punishedAt.delete(key);
      else this.#punishedAt.set(key, before);
    };
  }

  #convict(charge: {
    readonly nodeId: NodeId;
    readonly offence: Evidence["offence"];
    readonly signer: Address;
    readonly root: EpochRoot;
    readonly since: number;
    readonly ppm: bigint;
  }): Punishment {
    const { nodeId, offence, signer, root, since, ppm } = charge;
    const { stakesAt, headNumber } = this.#ground;
    const entry = stakesAt(root.snapshotBlock).find((one) => one.nodeId === nodeId);
    if (entry?.operator !== signer) throw reverted("NotTheOperator");
    const now = stakesAt(headNumber()).find((one) => one.nodeId === nodeId);
    const key = `${offence} ${signer} ${root.epoch} ${nodeId}`;
    if (since < (this.#punishedAt.get(key) ?? 0)) throw reverted("AlreadyPunished");
    const lossWei = ((now?.stakeWei ?? 0n) * ppm) / PPM;
    if (lossWei === 0n) throw reverted("NothingToTake");
    return { nodeId, key, lossWei, bountyWei: (lossWei * BOUNTY_PPM) / PPM };
  }

  #digestOf({ root }: SignedRoot): string {
    return epochRootDigest(this.#ground.contracts, root);
  }

  #isRefuted(signed: SignedRoot): boolean {
    const digest = this.#digestOf(signed);
    return this.#refuted().some((root) => epochRootDigest(this.#ground.contracts, root) === digest);
  }

  #signerOf(signed: SignedRoot): Address {
    const signer = signerOf(this.#digestOf(signed), signed.signature);
    if (signer === undefined) throw reverted("InvalidSignature");
    return signer;
  }
}
