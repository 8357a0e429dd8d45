import type { Adversary } from "./adversary.ts";

/** No trick at all: shows that the place where adversaries sit changes nothing by itself. */
export function honest(): Adversary {
  return {};
}
