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

/** Error codes of EIP-1193 and EIP-3085 that a wallet answers with. */
const USER_REJECTED = 4001;
const UNAUTHORIZED = 4100;
export const UNKNOWN_CHAIN = 4902;

/** 0x and four bytes. */
const SELECTOR_CHARACTERS = 10;

/** A call's error may come from a contract further down, so all are known. */
const ALL_ABIS = [...epochAnchorAbi, ...claimsAbi, ...stakingAbi, ...parleyTokenAbi, ...disputesAbi];

/** Anything viem or a wallet throws, as one of the errors that the ports name. */
export function toChainError(thrown: unknown): ParleyError {
  if (thrown instanceof ParleyError) return thrown;
  const code = codeOf(thrown);
  if (code === USER_REJECTED) return failure("wallet-rejected", "You refused the request in your wallet");
  if (code === UNAUTHORIZED) {
    return failure("wallet-rejected", "The wallet has not been allowed to act for this page");
  }
  if (!(thrown instanceof BaseError)) return failure("wallet-failed", messageOf(thrown));
  if (find(thrown, ContractFunctionZeroDataError) !== undefined) {
    return failure("contract-missing", "The network's contracts are not on this chain");
  }
  return (
    revertOf(thrown) ??
    fundsOf(thrown) ??
    unreachableOf(thrown) ??
    failure("wallet-failed", thrown.shortMessage)
  );
}

/** EIP-1193 code of a provider's error, also when viem has wrapped it. */
export function codeOf(thrown: unknown): number | undefined {
  for (let error = thrown, depth = 0; depth < 8 && typeof error === "object" && error !== null; depth++) {
    const code: unknown = "code" in error ? error.code : undefined;
    if (code === USER_REJECTED || code === UNAUTHORIZED || code === UNKNOWN_CHAIN) return code;
    error = "cause" in error ? error.cause : undefined;
  }
  return undefined;
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
