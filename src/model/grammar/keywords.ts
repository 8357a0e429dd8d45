/** Types of JSON Schema, in the order in which alternatives are written down. */
export const TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"] as const;
export type TypeName = (typeof TYPES)[number];

/** Keywords that are read beside `type`. */
export const KEYWORDS: Readonly<Record<TypeName, readonly string[]>> = {
  null: [],
  boolean: [],
  integer: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"],
  number: ["minimum", "maximum"],
  string: ["minLength", "maxLength"],
  array: ["items", "minItems", "maxItems"],
  object: ["properties", "required", "additionalProperties"],
};

const DEEPEST = 100;

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is what `JSON.parse` could give, nested at most 100 deep. */
export function isJson(value: unknown, depth = 0): boolean {
  if (depth > DEEPEST) return false;
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth + 1));
  if (isObject(value)) return Object.values(value).every((item) => isJson(item, depth + 1));
  return typeof value === "number"
    ? Number.isFinite(value)
    : ["string", "boolean"].includes(typeof value) || value === null;
}
