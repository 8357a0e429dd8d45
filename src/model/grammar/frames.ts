import { digits, fraction } from "./digits.ts";
import { type Choice, type Frame, Once } from "./frame.ts";
import { literal } from "./literal.ts";
import { type Measure, measureShapes, restOfArray, restOfObject } from "./measure.ts";
import {
  type ArrayShape,
  type NumberShape,
  type ObjectShape,
  propertyPrefix,
  resolve,
  type Shape,
} from "./shape.ts";
import { jsonString } from "./string.ts";

/** Whole parts below it may have a fraction: nine digits and six more are exact in float64. */
const FRACTION_BELOW = 10 ** 9;
const FRACTION_DIGITS = 6;

/** A choice whose alternatives are made when they are first needed: shapes may contain themselves. */
class LazyChoice implements Choice {
  readonly kind = "choice";
  readonly #make: () => readonly (readonly Frame[])[];
  readonly #relax: ((longestToken: number) => Frame) | undefined;
  readonly minimumBytes: number;
  #alternatives: readonly (readonly Frame[])[] | undefined;

  constructor(
    minimumBytes: number,
    make: () => readonly (readonly Frame[])[],
    relax?: (longestToken: number) => Frame,
  ) {
    this.minimumBytes = minimumBytes;
    this.#make = make;
    this.#relax = relax;
  }

  alternatives(): readonly (readonly Frame[])[] {
    this.#alternatives ??= this.#make();
    return this.#alternatives;
  }

  relaxed(longestToken: number): Frame {
    return this.#relax?.(longestToken) ?? this;
  }
}

/** Turns shapes into frames, each shape once. */
export class FrameBuilder {
  readonly #measure: Measure;
  readonly #frames = new Map<Shape, Frame>();
  readonly #literals = new Once<Frame>();

  constructor(root: Shape) {
    this.#measure = measureShapes(root);
  }

  frameOf(shape: Shape): Frame {
    const resolved = resolve(shape);
    let frame = this.#frames.get(resolved);
    if (frame === undefined) {
      frame = this.#make(resolved);
      this.#frames.set(resolved, frame);
    }
    return frame;
  }

  #make(shape: Shape): Frame {
    const choice = (make: () => readonly (readonly Frame[])[]) => new LazyChoice(this.#measure(shape), make);
    switch (shape.kind) {
      case "literals":
        return choice(() => shape.texts.map((text) => [this.#literal(text)]));
      case "string":
        return jsonString(shape.least, shape.most);
      case "integer":
      case "number":
        return choice(() => this.#number(shape));
      case "array":
        return choice(() => [
          [this.#literal("["), this.#arrayRest(shape, new Once())(shape.least, shape.most, true)],
        ]);
      case "object":
        return choice(() => [[this.#literal("{"), this.#objectRest(shape, new Once(), 0, true)]]);
      case "alternatives":
        return choice(() => shape.of.map((part) => [this.frameOf(part)]));
      case "reference":
        return this.frameOf(shape);
    }
  }

  #literal(text: string): Frame {
    return this.#literals.get(text, () => literal(text));
  }

  #number(shape: NumberShape): readonly (readonly Frame[])[] {
    const { low, high } = shape;
    const positive = high < 0 ? [] : this.#magnitudes(shape, Math.max(0, low), high, 0);
    const negative = low >= 0 ? [] : this.#magnitudes(shape, Math.max(0, -high), -low, 1);
    return [...positive, ...negative.map((frames) => [this.#literal("-"), ...frames])];
  }

  /** Numbers of size `low` to `high`; whole ones from `leastWhole` on, as "-0" is not what 0 is written as. */
  #magnitudes(shape: NumberShape, low: number, high: number, leastWhole: number): (readonly Frame[])[] {
    const found: (readonly Frame[])[] = [];
    const whole = Math.max(low, leastWhole);
    if (whole <= high) found.push([digits(whole, high)]);
    const below = Math.min(high, FRACTION_BELOW) - 1;
    if (shape.kind === "number" && low <= below) found.push([digits(low, below), fraction(FRACTION_DIGITS)]);
    return found;
  }

  /** After `[` or an item: `]`, or one more item. */
  #arrayRest(shape: ArrayShape, once: Once<LazyChoice>) {
    const item = this.frameOf(shape.items);
    const rest = (least: number, most: number, first: boolean): LazyChoice => {
      const make = (): (readonly Frame[])[] => {
        const found: (readonly Frame[])[] = [];
        if (least === 0) found.push([this.#literal("]")]);
        const next = () => rest(Math.max(0, least - 1), most - 1, false);
        if (most > 0) found.push(first ? [item, next()] : [this.#literal(","), item, next()]);
        return found;
      };
      const relax = (longestToken: number) =>
        rest(least, most > longestToken ? Number.POSITIVE_INFINITY : most, first);
      return once.get(
        `${least} ${most} ${first}`,
        () => new LazyChoice(restOfArray(least, first, item.minimumBytes), make, relax),
      );
    };
    return rest;
  }

  /** After `{` or a property, where property `from` is the next that may come: one of those up to the next required. */
  #objectRest(shape: ObjectShape, once: Once<LazyChoice>, from: number, first: boolean): LazyChoice {
    const { properties } = shape;
    const make = (): (readonly Frame[])[] => {
      const required = properties.findIndex((property, index) => index >= from && property.required);
      const candidates = properties.slice(from, required < 0 ? properties.length : required + 1);
      const found: (readonly Frame[])[] = candidates.map((property, index) => [
        this.#literal(propertyPrefix(property, first)),
        this.frameOf(property.shape),
        this.#objectRest(shape, once, from + index + 1, false),
      ]);
      return required < 0 ? [[this.#literal("}")], ...found] : found;
    };
    const left = properties.slice(from).filter(({ required }) => required);
    return once.get(`${from} ${first}`, () => new LazyChoice(restOfObject(left, first, this.#measure), make));
  }
}
