/** What each parameter is, for forms and tables: read off the schema, so that there is one place for ranges. */
import { z } from "./codec/zod.ts";
import { LIMITS } from "./limits.ts";
import { FIXED_PARAMETERS, type Parameters, parameterFields } from "./parameters.ts";

export type ParameterName = keyof Parameters;
export type ChangeableName = Exclude<ParameterName, (typeof FIXED_PARAMETERS)[number]>;

export type ParameterKind =
  | { readonly kind: "integer"; readonly minimum: number; readonly maximum: number }
  | { readonly kind: "amount"; readonly maximumWei: bigint }
  | { readonly kind: "choice"; readonly options: readonly string[] }
  | { readonly kind: "account" }
  | { readonly kind: "node" }
  | { readonly kind: "phases" };

/** Ranges include both ends. */
export function parameterKind(name: ParameterName): ParameterKind {
  const field = parameterFields[name];
  if (field instanceof z.ZodNumber) {
    return {
      kind: "integer",
      minimum: field.minValue ?? 0,
      maximum: field.maxValue ?? Number.MAX_SAFE_INTEGER,
    };
  }
  if (field instanceof z.ZodEnum) return { kind: "choice", options: field.options.map(String) };
  if (name === "phases") return { kind: "phases" };
  if (name === "foundationAccount") return { kind: "account" };
  if (name === "heldOutKeeper") return { kind: "node" };
  return { kind: "amount", maximumWei: LIMITS.parameterWei };
}

const names = Object.keys(parameterFields);

export function isParameterName(value: string): value is ParameterName {
  return names.includes(value);
}

/** Those that a proposal may change, in the schema's order. */
export function changeableNames(): ChangeableName[] {
  return names.filter(isChangeable);
}

export function isChangeable(value: string): value is ChangeableName {
  const fixed: readonly string[] = FIXED_PARAMETERS;
  return isParameterName(value) && !fixed.includes(value);
}
