import type { AnchorAdvice } from "../../app/parley.ts";
import { failure } from "../../core/errors.ts";

const WEI_PER_GWEI = 1_000_000_000n;
/** Of a gwei, in steps of a thousandth. */
const MILLI = 1_000n;

/** Whose turn it is, for the person who decides. */
export function anchorWords({ state, epochs, place }: AnchorAdvice): string {
  const first = epochs === 1 ? "It is" : "They are";
  switch (state) {
    case "nothing-waits":
      return "Every certified root is on the chain.";
    case "nothing-to-claim":
      return `Nobody has anything new to claim, so nobody needs to pay. ${first} anchored together with the next epoch that pays somebody.`;
    case "not-a-validator":
      return "The validators anchor in a drawn order. You may do it before them.";
    case "others-first":
      return place === 1
        ? "Another validator comes first. You may do it before."
        : `${place ?? 0} validators come first. You may do it before.`;
    case "gas-too-high":
      return "It is your turn, but gas costs more than you allow. Others may do it, or it waits until gas is cheaper.";
    case "your-turn":
      return epochs === 1
        ? "It is your turn to anchor: one transaction, through your wallet."
        : `It is your turn to anchor: ${epochs} epochs in one transaction, through your wallet.`;
  }
}

/** `2.5`, at most three digits after the point, rounded down. */
export function gweiText(wei: bigint): string {
  const milli = (wei * MILLI) / WEI_PER_GWEI;
  const fraction = (milli % MILLI).toString().padStart(3, "0").replace(/0+$/, "");
  const whole = `${milli / MILLI}`;
  return fraction === "" ? whole : `${whole}.${fraction}`;
}

/** In wei; undefined when nothing is typed. Errors: gas-price. */
export function parseGwei(text: string): bigint | undefined {
  const trimmed = text.trim().replace(",", ".");
  if (trimmed === "") return undefined;
  const match = /^(\d{1,9})(?:\.(\d{1,9}))?$/.exec(trimmed);
  if (match === null) throw failure("gas-price", "This is not a price in gwei", "such as 20 or 2.5", text);
  return BigInt(match[1] ?? "0") * WEI_PER_GWEI + BigInt((match[2] ?? "").padEnd(9, "0"));
}
