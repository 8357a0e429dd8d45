import { type ObjectShape, type Property, resolve, type Shape } from "./shape.ts";

type Kind = "string" | "number" | "boolean" | "null" | "array" | "object";

/**
 * Whether it is certain that no value satisfies both: `oneOf` means exactly one. Other kinds of values, other literals,
 * ranges apart, or objects told apart by a property.
 */
export function disjoint(a: Shape, b: Shape): boolean {
  return apart(a, b, new Set());
}

function apart(first: Shape, second: Shape, entered: Set<Shape>): boolean {
  const a = resolve(first);
  const b = resolve(second);
  if (a === b || (entered.has(a) && entered.has(b))) return false;
  const within = new Set([...entered, a, b]);
  if (a.kind === "alternatives") return a.of.every((part) => apart(part, b, within));
  if (b.kind === "alternatives") return b.of.every((part) => apart(a, part, within));
  const kinds = kindsOf(a);
  if (kindsOf(b).every((kind) => !kinds.includes(kind))) return true;
  if (a.kind === "literals" && b.kind === "literals") return a.texts.every((text) => !b.texts.includes(text));
  if ("low" in a && "low" in b) return a.high < b.low || b.high < a.low;
  return a.kind === "object" && b.kind === "object" && objectsApart(a, b, within);
}

function objectsApart(a: ObjectShape, b: ObjectShape, within: Set<Shape>): boolean {
  const needs = (owner: ObjectShape, other: ObjectShape) =>
    owner.properties.some((property) => property.required && refuses(other, property, within));
  return needs(a, b) || needs(b, a);
}

/** Whether no object of `shape` has this property with such a value. */
function refuses(shape: ObjectShape, { name, shape: value }: Property, within: Set<Shape>): boolean {
  const same = shape.properties.find((property) => property.name === name);
  return same === undefined ? shape.closed : apart(same.shape, value, within);
}

function kindsOf(shape: Exclude<Shape, { kind: "reference" | "alternatives" }>): Kind[] {
  switch (shape.kind) {
    case "literals":
      return shape.texts.map(kindOfText);
    case "integer":
      return ["number"];
    default:
      return [shape.kind];
  }
}

function kindOfText(text: string): Kind {
  switch (text[0]) {
    case '"':
      return "string";
    case "{":
      return "object";
    case "[":
      return "array";
    case "t":
    case "f":
      return "boolean";
    case "n":
      return "null";
    default:
      return "number";
  }
}
