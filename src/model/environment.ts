import { cidOf, encodeCbor, parseCid } from "../core/codec/dag-cbor.ts";
import type { Cid } from "../core/primitives.ts";
import type { ModelManifest } from "./manifest.ts";

/**
 * Names everything that a benchmark's result depends on: DAG-CBOR
 * { version: 1, evaluator, runtime, weights, benchmark, tokenizer: links (raw CIDs of the bytes); shards: links, of
 * weights in several files }.
 * Two nodes with the same environment compute the same bits.
 */
export function environmentCid(manifest: ModelManifest, evaluator: Cid, runtime: Cid): Cid {
  const { weights, shards, benchmark, tokenizer } = manifest.files;
  return cidOf(
    encodeCbor({
      version: 1,
      evaluator: parseCid(evaluator),
      runtime: parseCid(runtime),
      weights: parseCid(weights.cid),
      ...(shards === undefined ? {} : { shards: shards.map(({ cid }) => parseCid(cid)) }),
      benchmark: parseCid(benchmark.cid),
      tokenizer: parseCid(tokenizer.cid),
    }),
  );
}
