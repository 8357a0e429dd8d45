import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { Delta, Metrics } from "../../src/core/primitives.ts";
import type { Evaluator } from "../../src/ports/evaluator.ts";
import type { Trainer } from "../../src/ports/trainer.ts";

/** Everything that must be the same on every machine. */
export interface Proof {
  readonly environmentCid: string;
  readonly metrics: Metrics;
  readonly workDigests: readonly string[];
  /** sha256 over the delta of four training steps. */
  readonly deltaHash: string;
  readonly lossAfterMicroNats: number;
}

const VALIDATORS = ["ab".repeat(32), "cd".repeat(32)];

export async function prove(trainer: Trainer, evaluator: Evaluator): Promise<Proof> {
  const subject = await evaluator.environment();
  const digests = { subject, validators: VALIDATORS };
  const { environmentCid, metrics, workDigests } = await evaluator.evaluate({ adapter: null, digests });
  const pairs = [
    { prompt: "what is the reveal phase?", answer: "salts are shown and commitments opened" },
    { prompt: "who may veto?", answer: "the guardian, and everybody sees it" },
    { prompt: "wie geht's? 👋", answer: "gut, danke ✨" },
  ];
  const { delta, record } = await trainer.train({
    pairs,
    adapter: null,
    steps: 4,
    learningRatePpm: 20_000,
    seed: 3,
  });
  const { lossAfterMicroNats } = record;
  return { environmentCid, metrics, workDigests, deltaHash: hashDelta(delta), lossAfterMicroNats };
}

function hashDelta({ tensors }: Delta): string {
  const hash = sha256.create();
  for (const { data, exponent } of tensors) {
    hash.update(Uint8Array.of(-exponent));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return bytesToHex(hash.digest());
}
