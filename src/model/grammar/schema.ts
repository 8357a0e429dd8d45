import { failure } from "../../core/errors.ts";
import type { JsonSchema } from "../../ports/inference.ts";
import { disjoint } from "./disjoint.ts";
import { isJson, isObject, KEYWORDS, TYPES, type TypeName } from "./keywords.ts";
import { numberRange } from "./number-range.ts";
import type { Shape } from "./shape.ts";

/** Alternatives, properties and values of one schema altogether; names and texts. */
const MOST_PARTS = 10_000;
/** Bounds of lengths: larger ones are as good as none within any context. */
const MOST_LENGTH = 1_000_000;

/**
 * Reads a JSON Schema (2020-12) of this subset; anything else is refused, so that nothing the schema says is ever left
 * out of account:
 * - `type` (one or several), `enum`, `const`, `anyOf`, `oneOf` (where its parts exclude each other), `$ref` to `#`,
 *   `#/$defs/name` and `#/definitions/name`;
 * - objects: `properties`, `required`, `additionalProperties: false` (which is what is written in any case);
 * - arrays: `items`, `minItems`, `maxItems`; strings: `minLength`, `maxLength`;
 * - integers: `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`; numbers: whole `minimum` and `maximum`;
 * - annotations: `title`, `description`, `default`, `examples`, `deprecated`, `$comment`; `$schema` and `$id` at the root.
 *
 * Texts are what `JSON.stringify` writes: no white space, properties in the schema's order, optional ones left out or
 * not; integers within ±(2^53 − 1); numbers with up to 15 digits, or up to 9 and 6 after the point, without exponent.
 * Errors: schema-unsupported, schema-impossible.
 */
export function readSchema(schema: JsonSchema): Shape {
  checkJson(schema);
  return new Reader(schema).read();
}

/** Errors: schema-unsupported, for what is no JSON. */
export function checkJson(schema: JsonSchema): void {
  if (!isJson(schema)) throw refused("#", "JSON", "values that are not");
}

type Fields = Readonly<Record<string, unknown>>;

class Reader {
  readonly #root: Fields;
  readonly #definitions = new Map<string, Shape>();
  readonly #unchecked: (() => void)[] = [];
  #parts = 0;

  constructor(root: Fields) {
    this.#root = root;
  }

  /** The whole schema. `oneOf` is checked last, when all references lead somewhere. */
  read(): Shape {
    const shape = this.#reference("#", "#");
    for (const check of this.#unchecked) check();
    return shape;
  }

  #schema(schema: unknown, at: string): Shape {
    this.#parts += 1;
    if (this.#parts > MOST_PARTS) throw refused(at, `≤ ${MOST_PARTS} parts`, "more");
    if (!isObject(schema)) throw refused(at, "an object", JSON.stringify(schema));
    const fields = withoutAnnotations(schema, at);
    if ("$ref" in fields) return this.#only(fields, at, "$ref", (value) => this.#reference(value, at));
    if ("anyOf" in fields)
      return this.#only(fields, at, "anyOf", (value) => this.#alternatives(value, `${at}/anyOf`));
    if ("oneOf" in fields)
      return this.#only(fields, at, "oneOf", (value) => this.#oneOf(value, `${at}/oneOf`));
    if ("const" in fields) return this.#literals([fields.const], fields, "const", at);
    if ("enum" in fields) return this.#enum(fields, at);
    return this.#typed(fields, at);
  }

  /** A keyword that stands alone: what stands beside it would have to hold too. */
  #only(fields: Fields, at: string, keyword: string, read: (value: unknown) => Shape): Shape {
    const beside = Object.keys(fields).find((name) => name !== keyword);
    if (beside !== undefined) throw refused(at, `${keyword} alone`, `${beside} beside it`);
    return read(fields[keyword]);
  }

  #reference(pointer: unknown, at: string): Shape {
    const text = String(pointer);
    const known = this.#definitions.get(text);
    if (known !== undefined) return known;
    const schema = this.#definition(text, at);
    let shape: Shape | undefined;
    const reference: Shape = { kind: "reference", target: () => shape ?? { kind: "alternatives", of: [] } };
    this.#definitions.set(text, reference);
    shape = this.#schema(schema, text);
    return reference;
  }

  #definition(pointer: string, at: string): unknown {
    if (pointer === "#") return this.#root;
    const [, group = "", name = ""] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(pointer) ?? [];
    const definitions = this.#root[group];
    const key = name.replaceAll("~1", "/").replaceAll("~0", "~");
    if (!isObject(definitions) || !Object.hasOwn(definitions, key)) {
      throw refused(`${at}/$ref`, "# or #/$defs/name, defined at the root", pointer);
    }
    return definitions[key];
  }

  #alternatives(value: unknown, at: string): Shape {
    if (!Array.isArray(value) || value.length === 0)
      throw refused(at, "one schema or more", JSON.stringify(value));
    return { kind: "alternatives", of: value.map((part, index) => this.#schema(part, `${at}/${index}`)) };
  }

  #oneOf(value: unknown, at: string): Shape {
    const shape = this.#alternatives(value, at);
    const parts = shape.kind === "alternatives" ? shape.of : [];
    this.#unchecked.push(() => {
      for (const [index, part] of parts.entries()) {
        const other = parts.findIndex((candidate, place) => place > index && !disjoint(part, candidate));
        if (other >= 0)
          throw refused(at, "parts that exclude each other, or anyOf", `${index} and ${other} may both hold`);
      }
    });
    return shape;
  }

  #enum(fields: Fields, at: string): Shape {
    const values = fields.enum;
    if (!Array.isArray(values) || values.length === 0) {
      throw refused(`${at}/enum`, "one value or more", JSON.stringify(values));
    }
    return this.#literals(values, fields, "enum", at);
  }

  #literals(values: readonly unknown[], fields: Fields, keyword: string, at: string): Shape {
    const beside = Object.keys(fields).find((name) => name !== keyword && name !== "type");
    if (beside !== undefined) throw refused(at, `${keyword} with at most a type`, `${beside} beside it`);
    this.#parts += values.length;
    const types = "type" in fields ? typesOf(fields, at) : TYPES;
    const stray = values.find((value) => !types.some((type) => isOfType(value, type)));
    if (stray !== undefined) throw refused(`${at}/${keyword}`, types.join(" or "), JSON.stringify(stray));
    return { kind: "literals", texts: Array.from(new Set(values.map((value) => JSON.stringify(value)))) };
  }

  #typed(fields: Fields, at: string): Shape {
    const types = typesOf(fields, at);
    const allowed = new Set(["type", ...types.flatMap((type) => KEYWORDS[type])]);
    const stray = Object.keys(fields).find((name) => !allowed.has(name));
    if (stray !== undefined) {
      throw refused(at, `keywords of ${types.join(", ")}: ${Array.from(allowed).join(", ")}`, stray);
    }
    const shapes = types.map((type) => this.#ofType(type, fields, at));
    const [only] = shapes;
    return shapes.length === 1 && only !== undefined ? only : { kind: "alternatives", of: shapes };
  }

  #ofType(type: TypeName, fields: Fields, at: string): Shape {
    switch (type) {
      case "null":
        return { kind: "literals", texts: ["null"] };
      case "boolean":
        return { kind: "literals", texts: ["true", "false"] };
      case "string":
        return { kind: "string", ...lengths(fields, "minLength", "maxLength", at) };
      case "integer":
      case "number":
        return { kind: type, ...numberRange(type, fields, at) };
      case "array":
        return this.#array(fields, at);
      case "object":
        return this.#object(fields, at);
    }
  }

  #array(fields: Fields, at: string): Shape {
    const bounds = lengths(fields, "minItems", "maxItems", at);
    if (!("items" in fields)) throw refused(at, "items", "an array of anything");
    return { kind: "array", items: this.#schema(fields.items, `${at}/items`), ...bounds };
  }

  #object(fields: Fields, at: string): Shape {
    const { properties = {}, required = [], additionalProperties = false } = fields;
    if (!isObject(properties)) throw refused(`${at}/properties`, "an object", JSON.stringify(properties));
    // Readers that assign properties one by one would change the object's prototype.
    if (Object.hasOwn(properties, "__proto__")) throw refused(`${at}/properties`, "other names", "__proto__");
    if (additionalProperties !== false) {
      throw refused(`${at}/additionalProperties`, "false", JSON.stringify(additionalProperties));
    }
    if (!Array.isArray(required)) throw refused(`${at}/required`, "names", JSON.stringify(required));
    const unknown = required.find((name) => typeof name !== "string" || !Object.hasOwn(properties, name));
    if (unknown !== undefined)
      throw refused(`${at}/required`, "names of properties", JSON.stringify(unknown));
    return {
      kind: "object",
      closed: "additionalProperties" in fields,
      properties: Object.entries(properties).map(([name, schema]) => ({
        name,
        shape: this.#schema(schema, `${at}/properties/${name}`),
        required: required.includes(name),
      })),
    };
  }
}

const ANNOTATIONS = new Set(["title", "description", "default", "examples", "deprecated", "$comment"]);
const ROOT_ONLY = new Set(["$schema", "$id", "$defs", "definitions"]);

function withoutAnnotations(schema: Fields, at: string): Fields {
  return Object.fromEntries(
    Object.entries(schema).filter(([name]) => !ANNOTATIONS.has(name) && !(at === "#" && ROOT_ONLY.has(name))),
  );
}

function typesOf(fields: Fields, at: string): readonly TypeName[] {
  const named: readonly unknown[] = Array.isArray(fields.type) ? fields.type : [fields.type];
  const types = TYPES.filter((type) => named.includes(type));
  if (types.length > 0 && types.length === named.length) return types;
  throw refused(`${at}/type`, TYPES.join(", "), JSON.stringify(fields.type) ?? "nothing");
}

function isOfType(value: unknown, type: TypeName): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function lengths(fields: Fields, least: string, most: string, at: string): { least: number; most: number } {
  const from = lengthOf(fields[least] ?? 0, `${at}/${least}`);
  const to = most in fields ? lengthOf(fields[most], `${at}/${most}`) : Number.POSITIVE_INFINITY;
  if (from > to) throw impossible(`${at}/${most}`, `≥ ${from}`, `${to}`);
  return { least: from, most: to };
}

function lengthOf(value: unknown, at: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MOST_LENGTH)
    return value;
  throw refused(at, `a whole number from 0 to ${MOST_LENGTH}`, JSON.stringify(value));
}

function refused(at: string, expected: string, received: string) {
  return failure(
    "schema-unsupported",
    `The schema at ${at} is not one that answers can follow.`,
    expected,
    received,
  );
}

function impossible(at: string, expected: string, received: string) {
  return failure("schema-impossible", `Nothing satisfies the schema at ${at}.`, expected, received);
}
