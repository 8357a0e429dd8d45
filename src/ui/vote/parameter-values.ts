/** Values of parameters between the protocol's integers and what a person reads and types. */
import { hexToBytes, minimalBigEndian } from "../../core/bytes.ts";
import { fromWire } from "../../core/codec/block.ts";
import { type ChangeableName, type ParameterName, parameterKind } from "../../core/parameter-kinds.ts";
import {
  AGGREGATORS,
  type AggregatorName,
  type ParameterChanges,
  type Parameters,
  parameterChanges,
} from "../../core/parameters.ts";

const AGGREGATOR_WORDS: Readonly<Record<AggregatorName, string>> = {
  mean: "Mean",
  "trimmed-mean": "Trimmed mean",
  "multi-krum": "Multi-Krum",
  "centred-clipping": "Centred clipping",
  "neighbour-mixing": "Neighbour mixing",
};

const DURATIONS = [
  { unit: "day", short: "d", ms: 86_400_000n },
  { unit: "hour", short: "h", ms: 3_600_000n },
  { unit: "minute", short: "min", ms: 60_000n },
  { unit: "second", short: "s", ms: 1_000n },
  { unit: "millisecond", short: "ms", ms: 1n },
] as const;

type Scale = "percent" | "tokens" | "duration" | "micro" | "plain";

function scaleOf(name: ParameterName): Scale {
  if (name.endsWith("Ppm")) return "percent";
  if (name.endsWith("Wei")) return "tokens";
  if (name.endsWith("Ms")) return "duration";
  return name.endsWith("Micro") ? "micro" : "plain";
}

/** Digits behind the point of what a person types. */
const DIGITS = { percent: 4, tokens: 18, micro: 6, plain: 0, duration: 0 } as const;

/** A value in full: no digit is rounded away, since people vote on it. */
export function formatParameter<N extends ParameterName>(name: N, value: Parameters[N] | undefined): string {
  if (value === undefined) return "unknown";
  if (value === null) return "nobody";
  if (typeof value === "object") {
    return Object.values(value)
      .map((ms) => formatDuration(BigInt(ms)))
      .join(", ");
  }
  if (typeof value === "string") return choiceWords(value);
  return formatScaled(name, BigInt(value));
}

export function choiceWords(option: string): string {
  const found = AGGREGATORS.find((name) => name === option);
  return found === undefined ? option : AGGREGATOR_WORDS[found];
}

function formatScaled(name: ParameterName, value: bigint): string {
  const scale = scaleOf(name);
  if (scale === "duration") return formatDuration(value);
  const number = decimal(value, DIGITS[scale]);
  if (scale === "percent") return `${number} %`;
  return scale === "tokens" ? `${number} ${value === 10n ** 18n ? "token" : "tokens"}` : number;
}

/** In the largest unit that leaves nothing over. */
function formatDuration(ms: bigint): string {
  const fits = DURATIONS.find((each) => ms >= each.ms && ms % each.ms === 0n);
  if (fits === undefined) return "0 seconds";
  const count = ms / fits.ms;
  return `${count} ${fits.unit}${count === 1n ? "" : "s"}`;
}

const NUMBER_WORDS: Partial<Readonly<Record<Scale, string>>> = {
  percent: "Per cent",
  duration: "A time such as 90 s, 3 min, 2 h, 7 d",
  micro: "A number",
};

/** What may be typed, as the hint under the field says it. */
export function rangeWords(name: ChangeableName): string {
  const kind = parameterKind(name);
  switch (kind.kind) {
    case "integer": {
      const words = NUMBER_WORDS[scaleOf(name)] ?? "A whole number";
      if (kind.maximum === Number.MAX_SAFE_INTEGER) return `${words}, 0 or more.`;
      const [least, most] = [kind.minimum, kind.maximum].map((end) => formatScaled(name, BigInt(end)));
      return `${words}, from ${least} to ${most}.`;
    }
    case "amount":
      return "Tokens, at most a billion.";
    case "choice":
      return "One of the list.";
    case "account":
      return "An address: 0x and 40 digits.";
    case "node":
      return "A node id of 64 digits, or nobody.";
    case "phases":
      return "";
  }
}

/** The value as one types it, without unit words. */
export function typedValue<N extends ChangeableName>(name: N, value: Parameters[N]): string {
  if (value === null) return "nobody";
  if (typeof value !== "number" && typeof value !== "bigint") return String(value);
  const scale = scaleOf(name);
  if (scale === "duration") return formatDuration(BigInt(value));
  return decimal(BigInt(value), DIGITS[scale]);
}

export type TypedChange =
  | { readonly change: ParameterChanges; readonly problem?: undefined }
  | { readonly problem: string; readonly change?: undefined };

/** What was typed as a change of one parameter, or what was expected instead. */
export function readChange(name: ChangeableName, typed: string): TypedChange {
  const wire = wireValue(name, typed.trim());
  if (wire === undefined) return { problem: rangeWords(name) };
  try {
    return { change: fromWire(parameterChanges, "change", { [name]: wire }) };
  } catch {
    return { problem: rangeWords(name) };
  }
}

/** In the form of the wire, which the schema then checks; undefined when it is not even that. */
function wireValue(name: ChangeableName, typed: string): unknown {
  switch (parameterKind(name).kind) {
    case "choice":
      return typed;
    case "account":
      return /^0x[0-9a-fA-F]{40}$/.test(typed) ? hexToBytes(typed.slice(2).toLowerCase()) : undefined;
    case "node":
      if (typed === "" || typed === "nobody") return null;
      return /^[0-9a-f]{64}$/.test(typed) ? hexToBytes(typed) : undefined;
    case "amount": {
      const amountWei = scaled(typed, DIGITS.tokens);
      return amountWei === undefined ? undefined : minimalBigEndian(amountWei);
    }
    case "integer": {
      const value = integerValue(name, typed);
      return value === undefined ? undefined : Number(value);
    }
    case "phases":
      return undefined;
  }
}

function integerValue(name: ChangeableName, typed: string): bigint | undefined {
  const scale = scaleOf(name);
  if (scale === "duration") return duration(typed);
  return scaled(typed.replace(/\s*%$/, ""), DIGITS[scale]);
}

function duration(typed: string): bigint | undefined {
  const [, number = "", word = ""] = /^(\d+)\s*([a-z]+)$/i.exec(typed) ?? [];
  const unit = DURATIONS.find(
    (each) => word === each.short || word === each.unit || word === `${each.unit}s`,
  );
  return unit === undefined || number.length > 15 ? undefined : BigInt(number) * unit.ms;
}

/** `12.5` with four digits as 125,000. Undefined when it is no such number, or has more digits than are kept. */
function scaled(typed: string, digits: number): bigint | undefined {
  const [, whole = "", fraction = ""] =
    /^(\d{1,30})(?:[.,](\d+))?$/.exec(typed.replace(/[\s\u202f]/g, "")) ?? [];
  if (whole === "" || fraction.length > digits) return undefined;
  return BigInt(whole + fraction.padEnd(digits, "0"));
}

function decimal(value: bigint, digits: number): string {
  if (digits === 0) return value.toString();
  const text = value.toString().padStart(digits + 1, "0");
  const fraction = text.slice(-digits).replace(/0+$/, "");
  const whole = text.slice(0, -digits);
  return fraction === "" ? whole : `${whole}.${fraction}`;
}
