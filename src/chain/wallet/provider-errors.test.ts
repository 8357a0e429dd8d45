import { describe, expect, it } from "vitest";
import { toChainError } from "../errors.ts";
import { ProviderError } from "./provider.ts";

const named = (thrown: unknown): string => toChainError(thrown).code;

describe("what a wallet answers", () => {
  it.each([
    [4001, "wallet-rejected"],
    [4100, "wallet-unauthorised"],
    [4200, "wallet-unsupported"],
    [4900, "wallet-disconnected"],
    [4901, "wallet-chain-disconnected"],
    [4902, "wallet-unknown-chain"],
    [-32002, "wallet-busy"],
    [-32003, "transaction-refused"],
    [-32005, "wallet-limited"],
    [-32601, "wallet-unsupported"],
    [-32602, "wallet-parameters"],
  ])("has a name for code %i of EIP-1193 and EIP-1474", (code, name) => {
    expect(named(new ProviderError(code, "no"))).toBe(name);
  });

  it("is found under the error of another wallet or node that wraps it", () => {
    const inner = { code: 4902, message: "Unrecognized chain ID" };
    expect(named({ code: -32603, message: "Internal error", data: { originalError: inner } })).toBe(
      "wallet-unknown-chain",
    );
    expect(named({ code: -32000, data: { cause: { code: 4001 } } })).toBe("wallet-rejected");
    expect(named({ code: "UNKNOWN_ERROR", info: { error: { code: -32002 } } })).toBe("wallet-busy");
    expect(named(Object.assign(new Error("x"), { cause: { code: "4001" } }))).toBe("wallet-rejected");
  });

  it.each([
    ["nonce too low: next nonce 7, tx nonce 6", "nonce-used"],
    ["replacement transaction underpriced", "fee-too-low"],
    ["max fee per gas less than block base fee", "fee-too-low"],
    ["already known", "transaction-known"],
    ["insufficient funds for gas * price + value", "insufficient-funds"],
  ])("is told by the node's words where all nodes have one code: %s", (message, name) => {
    expect(named(new ProviderError(-32000, message))).toBe(name);
    expect(named({ code: -32603, message: "Internal JSON-RPC error.", data: { message } })).toBe(name);
  });

  it("keeps the wallet's sentence when it is none of these, and does not fall over what is no error", () => {
    expect(toChainError(new Error("The vault is locked")).data).toMatchObject({
      code: "wallet-failed",
      message: "The vault is locked",
    });
    const circle: Record<string, unknown> = { code: 7 };
    circle["cause"] = circle;
    for (const odd of [undefined, null, "no", 7, {}, circle]) expect(named(odd)).toBe("wallet-failed");
  });
});
