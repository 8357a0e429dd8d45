import type { LargeModel } from "../../ports/large-models.ts";
import type { KeptModel } from "../../ports/model-library.ts";
import type { ModelChoice } from "../parley.ts";

export function keptChoice(model: KeptModel): ModelChoice {
  const { id, name, parameters, bytes, licence, isComplete } = model;
  return {
    id,
    name,
    kind: "own",
    ...(parameters === 0 ? {} : { parameters }),
    bytes,
    ...(licence === undefined ? {} : { licence: { name: licence, url: licenceUrl(licence) } }),
    state: isComplete ? "ready" : "partial",
    missing: [],
  };
}

export function largeChoice(model: LargeModel): ModelChoice {
  const { id, name, parameters, downloadBytes, memoryBytes, licence, missing, cached } = model;
  return {
    id,
    name,
    kind: "large",
    parameters,
    bytes: downloadBytes,
    memoryBytes,
    licence,
    state: cached ? "ready" : "absent",
    missing,
  };
}

/** Model cards name licences as SPDX does, in lower case. */
function licenceUrl(licence: string): string {
  return `https://spdx.org/licenses/?search=${encodeURIComponent(licence)}`;
}
