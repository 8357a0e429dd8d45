import { utf8ToBytes } from "../../core/bytes.ts";
import { digits } from "./digits.ts";
import { propertyPrefix, resolve, type Shape } from "./shape.ts";

const NEVER = Number.POSITIVE_INFINITY;

/** Shortest text of each shape, in bytes; Infinity for a shape that only goes on for ever. */
export type Measure = (shape: Shape) => number;

/**
 * Least fixed point over the shapes that can be reached from `root`: shapes may contain themselves, so lengths start at
 * Infinity and fall until nothing changes.
 */
export function measureShapes(root: Shape): Measure {
  const lengths = new Map<Shape, number>();
  const measure: Measure = (shape) => lengths.get(resolve(shape)) ?? NEVER;
  const shapes = reachable(root);
  for (let changed = true; changed; ) {
    changed = false;
    for (const shape of shapes) {
      const length = lengthOf(shape, measure);
      if (length >= (lengths.get(shape) ?? NEVER)) continue;
      lengths.set(shape, length);
      changed = true;
    }
  }
  return measure;
}

/** Innermost first, so that shapes which do not contain themselves are measured in one round. */
function reachable(root: Shape): Set<Shape> {
  const entered = new Set<Shape>();
  const left = new Set<Shape>();
  const enter = (shape: Shape): void => {
    const resolved = resolve(shape);
    if (entered.has(resolved)) return;
    entered.add(resolved);
    for (const part of partsOf(resolved)) enter(part);
    left.add(resolved);
  };
  enter(root);
  return left;
}

function partsOf(shape: Shape): readonly Shape[] {
  switch (shape.kind) {
    case "array":
      return [shape.items];
    case "object":
      return shape.properties.map((property) => property.shape);
    case "alternatives":
      return shape.of;
    default:
      return [];
  }
}

function lengthOf(shape: Shape, measure: Measure): number {
  switch (shape.kind) {
    case "literals":
      return Math.min(...shape.texts.map((text) => utf8ToBytes(text).length));
    case "string":
      return shape.least + 2;
    case "integer":
    case "number":
      return numberLength(shape.low, shape.high);
    case "array":
      return 1 + restOfArray(shape.least, true, measure(shape.items));
    case "object":
      return (
        1 +
        restOfObject(
          shape.properties.filter(({ required }) => required),
          true,
          measure,
        )
      );
    case "alternatives":
      return Math.min(NEVER, ...shape.of.map(measure));
    case "reference":
      return measure(shape);
  }
}

function numberLength(low: number, high: number): number {
  const positive = high < 0 ? NEVER : digits(Math.max(0, low), high).minimumBytes;
  const negative = low >= 0 ? NEVER : 1 + digits(Math.max(1, -high), -low).minimumBytes;
  return Math.min(positive, negative);
}

/** Bytes after `[` or an item, up to and with `]`, where `least` more items must come. */
export function restOfArray(least: number, first: boolean, itemBytes: number): number {
  return least === 0 ? 1 : least * (itemBytes + 1) + (first ? 0 : 1);
}

/** Bytes after `{` or a property, up to and with `}`, where these must still come. */
export function restOfObject(
  required: readonly Extract<Shape, { kind: "object" }>["properties"][number][],
  first: boolean,
  measure: Measure,
): number {
  return required.reduce(
    (sum, property, index) =>
      sum + utf8ToBytes(propertyPrefix(property, first && index === 0)).length + measure(property.shape),
    1,
  );
}
