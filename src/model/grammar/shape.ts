/** A schema as the grammar sees it: what is written, in which order, with which bounds. */
export type Shape =
  | LiteralsShape
  | StringShape
  | NumberShape
  | ArrayShape
  | ObjectShape
  | AlternativesShape
  | ReferenceShape;

/** One of these texts, each canonical JSON of one value. */
export interface LiteralsShape {
  readonly kind: "literals";
  readonly texts: readonly string[];
}

export interface StringShape {
  readonly kind: "string";
  /** Characters (Unicode code points). */
  readonly least: number;
  readonly most: number;
}

export interface NumberShape {
  readonly kind: "integer" | "number";
  /** Whole numbers, both included. */
  readonly low: number;
  readonly high: number;
}

export interface ArrayShape {
  readonly kind: "array";
  readonly items: Shape;
  readonly least: number;
  readonly most: number;
}

export interface ObjectShape {
  readonly kind: "object";
  readonly properties: readonly Property[];
  /** The schema itself says that there are no other properties. */
  readonly closed: boolean;
}

export interface Property {
  readonly name: string;
  readonly shape: Shape;
  readonly required: boolean;
}

export interface AlternativesShape {
  readonly kind: "alternatives";
  readonly of: readonly Shape[];
}

/** Stands for a shape that may contain itself; `target` is known once the whole schema is read. */
export interface ReferenceShape {
  readonly kind: "reference";
  readonly target: () => Shape;
}

export function resolve(shape: Shape): Exclude<Shape, ReferenceShape> {
  const seen = new Set<Shape>();
  let resolved = shape;
  while (resolved.kind === "reference") {
    // A reference that leads back to itself stands for nothing.
    if (seen.has(resolved)) return { kind: "alternatives", of: [] };
    seen.add(resolved);
    resolved = resolved.target();
  }
  return resolved;
}

/** Text that stands before the value of a property. */
export const propertyPrefix = ({ name }: Property, first: boolean): string =>
  `${first ? "" : ","}${JSON.stringify(name)}:`;
