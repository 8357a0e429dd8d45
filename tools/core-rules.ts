import { parseSync } from "@swc/core";

const FORBIDDEN_NAMES = new Set([
  "Date",
  "Math",
  "Promise",
  "Intl",
  "performance",
  "crypto",
  "parseFloat",
  "setTimeout",
]);
const LOCALE_METHODS = /^(toLocale\w*|localeCompare|toFixed|toPrecision|toExponential)$/;

interface Rules {
  /** `src/core/fixed-point/` is the one place that divides numbers. */
  readonly mayDivide: boolean;
}

/**
 * What in a file of `src/core/` could make two machines disagree: fractional literals, division, asynchrony,
 * the clock, Math, locale. Empty when the file is pure.
 */
export function impurities(code: string, rules: Rules): string[] {
  const found: string[] = [];
  walk(parseSync(code, { syntax: "typescript", target: "es2022" }), (node) => {
    const problem = impurity(node, rules);
    if (problem !== undefined) found.push(problem);
  });
  return found;
}

type Node = Readonly<Record<string, unknown>>;

function impurity(node: Node, rules: Rules): string | undefined {
  switch (node.type) {
    case "NumericLiteral":
      return Number.isSafeInteger(node.value) ? undefined : `literal ${String(node.value)} is not an integer`;
    case "BinaryExpression":
      return node.operator === "/" && !rules.mayDivide && !isBigint(node.left)
        ? "division of numbers outside fixed-point/"
        : undefined;
    case "AssignmentExpression":
      return node.operator === "/=" && !rules.mayDivide
        ? "division of numbers outside fixed-point/"
        : undefined;
    case "AwaitExpression":
      return "await";
    case "Identifier":
      return typeof node.value === "string" && isForbiddenName(node.value)
        ? `${node.value} in core`
        : undefined;
    default:
      return node.async === true ? "async function" : undefined;
  }
}

const BIGINT_NAME = /(Wei|Q\d+)$/;

/**
 * Whether an arithmetic expression shows that it is a bigint, whose division is exact everywhere: a literal `1n`, a call
 * of BigInt, a name in wei or in a fixed-point format. One such operand is enough, since the two kinds do not mix.
 */
function isBigint(value: unknown): boolean {
  if (!isNode(value)) return false;
  switch (value.type) {
    case "BigIntLiteral":
      return true;
    case "BinaryExpression":
      return isBigint(value.left) || isBigint(value.right);
    case "ParenthesisExpression":
      return isBigint(value.expression);
    case "CallExpression":
      return isNode(value.callee) && (value.callee.value === "BigInt" || isBigint(value.callee));
    case "MemberExpression":
      return isBigint(value.property);
    case "Identifier":
      return typeof value.value === "string" && BIGINT_NAME.test(value.value);
    default:
      return false;
  }
}

function isForbiddenName(name: string): boolean {
  return FORBIDDEN_NAMES.has(name) || LOCALE_METHODS.test(name);
}

function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit);
  } else if (isNode(value)) {
    visit(value);
    for (const child of Object.values(value)) walk(child, visit);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null;
}
