import { failure } from "../../core/errors.ts";

/** What every reader of JSON keeps exactly: integers of float64, and fifteen digits of it. */
const LARGEST = { integer: Number.MAX_SAFE_INTEGER, number: 10 ** 15 - 1 } as const;

type Fields = Readonly<Record<string, unknown>>;

/** Whole bounds of a number, both included. Errors: schema-unsupported, schema-impossible. */
export function numberRange(
  type: "integer" | "number",
  fields: Fields,
  at: string,
): { readonly low: number; readonly high: number } {
  const bound = (name: string): number | undefined => boundOf(type, fields[name], `${at}/${name}`);
  const { above, below } =
    type === "number"
      ? { above: undefined, below: undefined }
      : { above: bound("exclusiveMinimum"), below: bound("exclusiveMaximum") };
  const low = Math.max(
    -LARGEST[type],
    Math.ceil(bound("minimum") ?? -LARGEST[type]),
    above === undefined ? -LARGEST[type] : Math.floor(above) + 1,
  );
  const high = Math.min(
    LARGEST[type],
    Math.floor(bound("maximum") ?? LARGEST[type]),
    below === undefined ? LARGEST[type] : Math.ceil(below) - 1,
  );
  // Adding 0 turns −0 into 0, which digits are written from.
  if (low <= high) return { low: low + 0, high: high + 0 };
  throw failure("schema-impossible", `Nothing satisfies the schema at ${at}.`, `≥ ${low}`, `≤ ${high}`);
}

function boundOf(type: "integer" | "number", value: unknown, at: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number" && (type === "integer" || Number.isInteger(value))) return value;
  const expected = type === "integer" ? "a number" : "a whole number";
  throw failure(
    "schema-unsupported",
    `The schema at ${at} is not one that answers can follow.`,
    expected,
    JSON.stringify(value),
  );
}
