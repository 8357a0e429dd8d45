import {
  BaseError,
  ContractFunctionZeroDataError,
  decodeErrorResult,
  ExecutionRevertedError,
  HttpRequestError,
  InsufficientFundsError,
  isHex,
  TimeoutError,
} from "viem";
import { failure, ParleyError } from "../core/errors.ts";
import { claimsAbi } from "./abi/claims.ts";
import { disputesAbi } from "./abi/disputes.ts";
import { epochAnchorAbi } from "./abi/epoch-anchor.ts";
import { parleyTokenAbi } from "./abi/parley-token.ts";
import { stakingAbi } from "./abi/staking.ts";
import { explainProvider, explainReason } from "./wallet/provider-errors.ts";

/** 0x and four bytes. */
const SELECTOR_CHARACTERS = 10;

/** A call's error may come from a contract further down, so all are known. */
const ALL_ABIS = [...epochAnchorAbi, ...claimsAbi, ...stakingAbi, ...parleyTokenAbi, ...disputesAbi];

/** Anything viem or a wallet throws, as one of the errors that the ports name. */
export function toChainError(thrown: unknown): ParleyError {
  if (thrown instanceof ParleyError) return thrown;
  if (!(thrown instanceof BaseError))
    return explainProvider(thrown) ?? failure("wallet-failed", messageOf(thrown));
  // Of the endpoints, wrapped by viem.
  const own = find(thrown, ParleyError);
  if (own !== undefined) return own;
  if (find(thrown, ContractFunctionZeroDataError) !== undefined) {
    return failure("contract-missing", "The network's contracts are not on this chain");
  }
  return (
    revertOf(thrown) ??
    fundsOf(thrown) ??
    unreachableOf(thrown) ??
    walletOf(thrown) ??
    explainReason(thrown.details) ??
    failure("wallet-failed", thrown.shortMessage)
  );
}

/**
 * The same of a read. It asks no wallet: what would be a wallet's fault is an endpoint that answers what nobody can read, and
 * says as little about the chain as one that is silent.
 */
export function toReadError(thrown: unknown): ParleyError {
  const error = toChainError(thrown);
  if (!error.code.startsWith("wallet-")) return error;
  const message = "An endpoint of the chain answers what cannot be read";
  return failure("chain-unreachable", message, undefined, error.message);
}

/** The contract said no; everything else is nobody's verdict. */
export function isRefusal(thrown: unknown): boolean {
  return toChainError(thrown).code === "reverted";
}

/** A wallet's word, wrapped by viem: its own codes only, since a node's are about the chain. */
function walletOf(thrown: BaseError): ParleyError | undefined {
  const innermost = thrown.walk();
  return innermost instanceof BaseError ? undefined : explainProvider(innermost);
}

function revertOf(thrown: BaseError): ParleyError | undefined {
  const data = revertData(thrown);
  if (data === undefined) {
    const reverted = find(thrown, ExecutionRevertedError);
    return reverted === undefined ? undefined : failure("reverted", "The contract refused without a reason");
  }
  const { name, args } = decode(data);
  if (name === "ERC20InsufficientBalance") {
    // ERC-6093: (sender, balance, needed).
    const [, balance, needed] = args;
    return failure(
      "insufficient-funds",
      "The account holds too few tokens",
      `${needed} wei`,
      `${balance} wei`,
    );
  }
  const detail = args.length === 0 ? name : `${name}(${args.join(", ")})`;
  return failure("reverted", `The contract refused: ${inWords(name)}`, undefined, detail);
}

/** What the contract returned with its revert: nodes send it as `data` of the innermost error. */
function revertData(thrown: BaseError): `0x${string}` | undefined {
  const innermost = thrown.walk();
  const data: unknown = "data" in innermost ? innermost.data : undefined;
  return isHex(data) && data.length >= SELECTOR_CHARACTERS ? data : undefined;
}

function decode(data: `0x${string}`): { name: string; args: readonly string[] } {
  try {
    const decoded = decodeErrorResult({ abi: ALL_ABIS, data });
    return { name: decoded.errorName, args: (decoded.args ?? []).map(String) };
  } catch {
    // An error of a contract that is not ours: its selector is all that is known.
    return { name: data.slice(0, SELECTOR_CHARACTERS), args: [] };
  }
}

function fundsOf(thrown: BaseError): ParleyError | undefined {
  return find(thrown, InsufficientFundsError) === undefined
    ? undefined
    : failure("insufficient-funds", "The account cannot pay the transaction's fee");
}

function unreachableOf(thrown: BaseError): ParleyError | undefined {
  const unreachable = find(thrown, HttpRequestError) ?? find(thrown, TimeoutError);
  return unreachable === undefined ? undefined : failure("chain-unreachable", "The chain does not answer");
}

function find<T extends Error>(thrown: BaseError, type: abstract new (...args: never[]) => T): T | undefined {
  const found = thrown.walk((error) => error instanceof type);
  return found instanceof type ? found : undefined;
}

/** EpochNotFinal → "epoch not final" */
function inWords(errorName: string): string {
  return errorName.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
}

function messageOf(thrown: unknown): string {
  if (typeof thrown === "object" && thrown !== null && "message" in thrown) return String(thrown.message);
  return String(thrown);
}
