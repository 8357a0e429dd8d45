import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";

/** A vector file, checked: a test that reads nothing must not pass. */
export function readVector<T>(name: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(readFileSync(join(import.meta.dirname, "..", name), "utf8")));
}
