import { failure, type ParleyError } from "../../core/errors.ts";

interface Explanation {
  readonly code: string;
  readonly message: string;
}

/** EIP-1193 (4xxx) and EIP-3085/3326 (4902): what a wallet answers about itself. */
const WALLET_CODES: Readonly<Record<number, Explanation>> = {
  4001: { code: "wallet-rejected", message: "You refused the request in your wallet" },
  4100: {
    code: "wallet-unauthorised",
    message: "The wallet has not allowed this page to use that account: connect it again",
  },
  4200: { code: "wallet-unsupported", message: "This wallet cannot do what was asked of it" },
  4900: { code: "wallet-disconnected", message: "The wallet has lost its connection to every chain" },
  4901: {
    code: "wallet-chain-disconnected",
    message: "The wallet has lost its connection to this network's chain",
  },
  4902: { code: "wallet-unknown-chain", message: "The wallet does not know this network's chain" },
};

/** JSON-RPC 2.0 and EIP-1474: what wallets pass on, or answer for themselves. */
const RPC_CODES: Readonly<Record<number, Explanation>> = {
  [-32002]: {
    code: "wallet-busy",
    message: "The wallet already waits for an answer of yours: open it and answer there",
  },
  [-32003]: { code: "transaction-refused", message: "The wallet's chain did not take the transaction" },
  [-32004]: { code: "wallet-unsupported", message: "This wallet cannot do what was asked of it" },
  [-32005]: { code: "wallet-limited", message: "The wallet's chain gets too many requests: wait a moment" },
  [-32006]: { code: "wallet-unsupported", message: "The wallet speaks another version of JSON-RPC" },
  [-32601]: { code: "wallet-unsupported", message: "This wallet cannot do what was asked of it" },
  [-32602]: { code: "wallet-parameters", message: "The wallet did not accept the request's details" },
};

/** Nodes give these reasons in words only; the same ones in geth, reth, nethermind, besu, erigon and anvil. */
const REASONS: readonly (readonly [pattern: RegExp, explanation: Explanation])[] = [
  [
    /nonce (is )?too low|nonce.*already.*used/i,
    { code: "nonce-used", message: "Another transaction of the account has taken this place already" },
  ],
  [
    /replacement transaction underpriced|transaction underpriced|fee (too low|cap less than)|max fee per gas less than block base fee|gas price.*too low/i,
    { code: "fee-too-low", message: "The fee is too low for the chain to take the transaction" },
  ],
  [
    /already known|already imported|known transaction/i,
    { code: "transaction-known", message: "The chain has this transaction already" },
  ],
  [
    /insufficient funds|gas required exceeds allowance/i,
    { code: "insufficient-funds", message: "The account cannot pay the transaction's fee" },
  ],
];

/** What a wallet answered, by EIP-1193's codes and by the words of the node behind it; undefined when neither says anything. */
export function explainProvider(thrown: unknown): ParleyError | undefined {
  const codes = codesOf(thrown);
  // A wallet's own word comes before that of the node that it wraps or is wrapped by.
  const own = codes.find((code) => code in WALLET_CODES);
  const found = own === undefined ? undefined : WALLET_CODES[own];
  if (found !== undefined) return failure(found.code, found.message, undefined, detailOf(thrown));
  return explainReason(messagesOf(thrown).join(" ")) ?? explainRpc(codes, thrown);
}

/** A node's reason for not taking a transaction. */
export function explainReason(text: string): ParleyError | undefined {
  const reason = REASONS.find(([pattern]) => pattern.test(text))?.[1];
  return reason && failure(reason.code, reason.message);
}

export function hasCode(thrown: unknown, code: number): boolean {
  return codesOf(thrown).includes(code);
}

function explainRpc(codes: readonly number[], thrown: unknown): ParleyError | undefined {
  const known = codes.map((code) => RPC_CODES[code]).find((explanation) => explanation !== undefined);
  return known && failure(known.code, known.message, undefined, detailOf(thrown));
}

const NESTED = ["cause", "originalError", "data", "error", "info"] as const;
const DEEPEST = 6;

/** Wallets wrap one another's errors, each in a way of its own: under `cause`, `data.originalError`, `data.cause`, `info.error`. */
function layersOf(thrown: unknown, depth = 0): readonly object[] {
  if (typeof thrown !== "object" || thrown === null || depth > DEEPEST) return [];
  const inner = NESTED.flatMap((name) => layersOf(Reflect.get(thrown, name), depth + 1));
  return [thrown, ...inner];
}

function codesOf(thrown: unknown): readonly number[] {
  return layersOf(thrown)
    .map((layer): unknown => ("code" in layer ? layer.code : undefined))
    .map((code) => (typeof code === "string" && /^-?\d+$/.test(code) ? Number(code) : code))
    .filter((code): code is number => typeof code === "number");
}

function messagesOf(thrown: unknown): readonly string[] {
  return layersOf(thrown)
    .map((layer): unknown => ("message" in layer ? layer.message : undefined))
    .filter((message): message is string => typeof message === "string");
}

const DETAIL_CHARACTERS = 200;

function detailOf(thrown: unknown): string | undefined {
  return messagesOf(thrown)[0]?.slice(0, DETAIL_CHARACTERS);
}
