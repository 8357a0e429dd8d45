import { z } from "../core/codec/zod.ts";
import { failure } from "../core/errors.ts";
import { parseJson } from "./manifest.ts";

const BenchmarkSchema = z.strictObject({
  sequences: z
    .array(z.strictObject({ prompt: z.string().min(1).max(2_000), answer: z.string().min(1).max(2_000) }))
    .min(1)
    .max(1_024),
});

/** benchmark.json: answers are scored, prompts are context. The order is part of the benchmark. */
export type Benchmark = z.infer<typeof BenchmarkSchema>;

/** Reads benchmark.json. Errors: model-benchmark. */
export function parseBenchmark(bytes: Uint8Array): Benchmark {
  const parsed = BenchmarkSchema.safeParse(parseJson(bytes, "benchmark.json"));
  if (parsed.success) return parsed.data;
  throw failure("model-benchmark", "benchmark.json is malformed.", z.prettifyError(parsed.error));
}
