/** The table of all parameters for docs/protocol.md, as the schema and the presets have them: `tsx tools/parameter-table.ts`. */
import { isChangeable, isParameterName, parameterKind } from "../src/core/parameter-kinds.ts";
import { type Parameters, parameterFields } from "../src/core/parameters.ts";
import { PRESETS } from "../src/core/presets.ts";

const WEI_PER_TOKEN = 10n ** 18n;
const FOUNDATION = `0x${"00".repeat(20)}` as const;

function unitOf(name: string): string {
  const units: readonly (readonly [RegExp, string])[] = [
    [/Ppm$/, "ppm"],
    [/Wei$/, "wei, shown in tokens"],
    [/Ms$|^phases$/, "ms"],
    [/Micro$/, "1e-6"],
    [/Epochs$/, "epochs"],
  ];
  return units.find(([pattern]) => pattern.test(name))?.[1] ?? "";
}

function rangeOf(name: keyof Parameters): string {
  const kind = parameterKind(name);
  switch (kind.kind) {
    case "integer":
      return kind.maximum === Number.MAX_SAFE_INTEGER
        ? `≥ ${kind.minimum}`
        : `${kind.minimum} … ${kind.maximum}`;
    case "amount":
      return `0 … ${kind.maximumWei / WEI_PER_TOKEN}`;
    case "choice":
      return kind.options.join(", ");
    case "account":
      return "address";
    case "node":
      return "node id or null";
    case "phases":
      return "each 1 … 604800000";
  }
}

function shown(value: Parameters[keyof Parameters]): string {
  if (typeof value === "bigint") return tokens(value);
  if (value === FOUNDATION) return "chosen";
  return typeof value === "object" && value !== null ? Object.values(value).join(" / ") : String(value);
}

function tokens(valueWei: bigint): string {
  const fraction = (valueWei % WEI_PER_TOKEN).toString().padStart(18, "0").replace(/0+$/, "");
  return `${valueWei / WEI_PER_TOKEN}${fraction === "" ? "" : `.${fraction}`}`;
}

const presets = Object.entries(PRESETS).map(([name, preset]) => ({ name, parameters: preset(FOUNDATION) }));
const lines = [
  `| parameter | unit | range | ${presets.map(({ name }) => name).join(" | ")} |`,
  `| --- | --- | --- | ${presets.map(() => "---").join(" | ")} |`,
  ...Object.keys(parameterFields)
    .filter(isParameterName)
    .map((name) => {
      const values = presets.map(({ parameters }) => shown(parameters[name]));
      return `| ${name}${isChangeable(name) ? "" : " (fixed)"} | ${unitOf(name)} | ${rangeOf(name)} | ${values.join(" | ")} |`;
    }),
];
process.stdout.write(`${lines.join("\n")}\n`);
