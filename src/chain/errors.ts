import {
  BaseError,
  ContractFunctionRevertedError,
  ContractFunctionZeroDataError,
  HttpRequestError,
  InsufficientFundsError,
  TimeoutError,
} from "viem";
import { failure, ParleyError } from "../core/errors.ts";

/** Error codes of EIP-1193 and EIP-3085 that a wallet answers with. */
const USER_REJECTED = 4001;
const UNAUTHORIZED = 4100;
export const UNKNOWN_CHAIN = 4902;

/** Anything viem or a wallet throws, as one of the errors that the ports name. */
export function toChainError(thrown: unknown): ParleyError {
  if (thrown instanceof ParleyError) return thrown;
  const code = codeOf(thrown);
  if (code === USER_REJECTED) return failure("wallet-rejected", "You refused the request in your wallet");
  if (code === UNAUTHORIZED) {
    return failure("wallet-rejected", "The wallet has not been allowed to act for this page");
  }
  if (!(thrown instanceof BaseError)) return failure("wallet-failed", messageOf(thrown));
  return (
    revertOf(thrown) ??
    fundsOf(thrown) ??
    unreachableOf(thrown) ??
    failure("wallet-failed", thrown.shortMessage)
  );
}

/** True when a contract call met an address without code. */
export function isMissingContract(thrown: unknown): boolean {
  return thrown instanceof BaseError && find(thrown, ContractFunctionZeroDataError) !== undefined;
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
  const reverted = find(thrown, ContractFunctionRevertedError);
  if (reverted === undefined) return undefined;
  const name = reverted.data?.errorName ?? reverted.reason ?? reverted.signature;
  if (name === "ERC20InsufficientBalance") {
    return failure("insufficient-funds", "The account holds too few tokens", ...funds(reverted.data?.args));
  }
  return reverted.data === undefined
    ? failure("reverted", `The contract refused: ${name ?? "no reason given"}`)
    : revertedWith(reverted.data.errorName, reverted.data.args ?? []);
}

function revertedWith(errorName: string, args: readonly unknown[]): ParleyError {
  const detail = args.length === 0 ? errorName : `${errorName}(${args.map(String).join(", ")})`;
  return failure("reverted", `The contract refused: ${sentence(errorName)}`, undefined, detail);
}

/** ERC-6093: ERC20InsufficientBalance(sender, balance, needed). */
function funds(args: readonly unknown[] | undefined): [string?, string?] {
  return args === undefined ? [] : [`${String(args[2])} wei`, `${String(args[1])} wei`];
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
function sentence(errorName: string): string {
  return errorName.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
}

function messageOf(thrown: unknown): string {
  if (typeof thrown === "object" && thrown !== null && "message" in thrown) return String(thrown.message);
  return String(thrown);
}
