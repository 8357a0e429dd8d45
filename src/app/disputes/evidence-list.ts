import { failure } from "../../core/errors.ts";
import type { Cid, NodeId } from "../../core/primitives.ts";
import type { Chain } from "../../ports/chain.ts";
import type { Evidence } from "../../ports/chain-disputes.ts";
import type { MessageLog } from "../node/message-log.ts";
import type { ShownEvidence } from "../parley.ts";
import type { Seen } from "./chain-look.ts";
import { evidenceIn, heldVotes } from "./evidence-book.ts";

interface EvidenceParts {
  readonly chain: Pick<Chain, "sentenceOf">;
  readonly log: Pick<MessageLog, "ofEpoch" | "ofKind">;
  readonly network: Cid;
  readonly self: NodeId;
}

/** What this node holds against others, as far as the contract would punish it. Looked at once a block. */
export class EvidenceList {
  readonly #parts: EvidenceParts;
  #held: ReadonlyMap<string, Evidence> = new Map();
  #shown: readonly ShownEvidence[] = [];
  #blockHash = "";

  constructor(parts: EvidenceParts) {
    this.#parts = parts;
  }

  /** Errors: chain-unreachable. */
  async look({ head, epochs, disputes }: Seen): Promise<readonly ShownEvidence[]> {
    if (this.#blockHash === head.blockHash) return this.#shown;
    const { chain, log, network, self } = this.#parts;
    const refuted = disputes.flatMap(({ status, record }) =>
      status === "overturned" && record !== undefined ? [record.root] : [],
    );
    const about = new Set([...epochs, ...refuted.map(({ epoch }) => epoch)]);
    const held = evidenceIn(await heldVotes(log, network, [...about]), refuted, self);
    const shown: ShownEvidence[] = [];
    for (const { id, epoch, evidence } of held) {
      const sentence = await chain.sentenceOf(evidence);
      const { offence, nodeId } = evidence;
      if (sentence !== undefined) shown.push({ id, offence, nodeId, epoch, ...sentence });
    }
    this.#held = new Map(held.map(({ id, evidence }) => [id, evidence]));
    this.#shown = shown;
    this.#blockHash = head.blockHash;
    return shown;
  }

  /** Errors: evidence-gone. */
  get(id: string): Evidence {
    const evidence = this.#held.get(id);
    if (evidence === undefined) throw failure("evidence-gone", "This node holds no such evidence any more");
    return evidence;
  }
}
