import { z } from "../../core/codec/zod.ts";
import { failure } from "../../core/errors.ts";
import type { ModelChoice } from "../parley.ts";

export const SHIPPED = "shipped";

/** What the shipped model's model.json says of it; its own loader checks the whole. */
const ManifestSummary = z.object({
  name: z.string(),
  parameters: z.int(),
  files: z.record(z.string(), z.union([z.object({ bytes: z.int() }), z.array(z.object({ bytes: z.int() }))])),
});

/** Errors: model-manifest. */
export function shippedChoice(manifest: unknown): ModelChoice {
  const parsed = ManifestSummary.safeParse(manifest);
  if (!parsed.success)
    throw failure("model-manifest", "model.json is malformed.", z.prettifyError(parsed.error));
  const { name, parameters, files } = parsed.data;
  const bytes = Object.values(files)
    .flat()
    .reduce((sum, file) => sum + file.bytes, 0);
  return { id: SHIPPED, name, kind: "shipped", parameters, bytes, state: "ready", missing: [] };
}
