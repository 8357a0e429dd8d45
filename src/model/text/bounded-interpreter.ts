import { Environment, Interpreter, parse, tokenize } from "@huggingface/jinja";
import { failure, ParleyError } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";

export type JinjaProgram = ReturnType<typeof parse>;
type JinjaValue = ReturnType<Interpreter["evaluate"]>;
type JinjaStatement = Parameters<Interpreter["evaluate"]>[0];

/** Statements whose value is what a part of the template writes; all others compute values. */
const WRITING = new Set(["Program", "If", "For", "CallStatement", "FilterStatement"]);

/** Jinja that ends: steps, values and output are bounded, whatever the template does. */
class BoundedInterpreter extends Interpreter {
  #stepsLeft: number = LIMITS.chatTemplateSteps;

  override evaluate(statement: JinjaStatement, environment: Environment): JinjaValue {
    this.#spend();
    const value = super.evaluate(statement, environment);
    const written = statement !== undefined && WRITING.has(statement.type);
    this.#measure(value, written ? LIMITS.chatTemplateOutputCharacters : LIMITS.chatTemplateValueCharacters);
    return value;
  }

  /** Every part of a value counts as a step: a list that holds itself many times over would be written out whole. */
  #measure(value: JinjaValue, longest: number): void {
    this.#spend();
    const content: unknown = value.value;
    if (typeof content === "string" && content.length > longest) {
      throw templateError(
        "A value of the chat template is too long.",
        `≤ ${longest} characters`,
        `${content.length}`,
      );
    }
    const parts = Array.isArray(content) ? content : content instanceof Map ? content.values() : [];
    for (const part of parts) this.#measure(part, longest);
  }

  #spend(): void {
    this.#stepsLeft -= 1;
    if (this.#stepsLeft < 0) {
      throw templateError(
        "The chat template does not come to an end.",
        `≤ ${LIMITS.chatTemplateSteps} steps`,
      );
    }
  }
}

/** Errors: model-template. */
export function parseJinja(source: string): JinjaProgram {
  if (source.length > LIMITS.chatTemplateCharacters) {
    const expected = `≤ ${LIMITS.chatTemplateCharacters} characters`;
    throw templateError("The chat template is too long.", expected, `${source.length}`);
  }
  try {
    return parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
  } catch (error) {
    throw templateError("The chat template is no Jinja template.", undefined, describe(error));
  }
}

/**
 * What a template writes with these variables. There is no clock in it (`strftime_now` is not defined): the same
 * dialogue gives the same tokens on every day. Errors: model-template.
 */
export function renderJinja(program: JinjaProgram, variables: Readonly<Record<string, unknown>>): string {
  const environment = new Environment();
  for (const [name, value] of Object.entries({ ...GLOBALS, ...variables })) environment.set(name, value);
  let value: unknown;
  try {
    value = new BoundedInterpreter(environment).run(program).value;
  } catch (error) {
    if (error instanceof ParleyError) throw error;
    throw templateError("The chat template cannot write this dialogue.", undefined, describe(error));
  }
  return typeof value === "string" ? value : "";
}

const GLOBALS = {
  true: true,
  false: false,
  none: null,
  True: true,
  False: false,
  None: null,
  raise_exception(message: unknown): never {
    throw new Error(String(message));
  },
  range: boundedRange,
} as const;

/** Python's range, as long as a template may need it. */
function boundedRange(from: number, to?: number, step = 1): number[] {
  const [start, stop] = to === undefined ? [0, from] : [from, to];
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (!(length <= LIMITS.chatTemplateValueCharacters)) throw new Error("range() is too long");
  return Array.from({ length }, (_, index) => start + index * step);
}

function templateError(message: string, expected?: string, received?: string) {
  return failure("model-template", message, expected, received);
}

function describe(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 200);
}
