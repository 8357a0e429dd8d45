import { isHex, size, stringToHex } from "viem";
import { failure } from "../../core/errors.ts";
import type { Hex } from "../../core/primitives.ts";
import { toChainError } from "../errors.ts";
import { without0x } from "../hex.ts";
import type { WalletSession } from "./session.ts";

const SIGNATURE_BYTES = 65;
/** Some wallets (Ledger's) give the parity itself, 0 or 1, in place of 27 or 28. */
const LOWEST_V = 27;

/** personal_sign (EIP-191). Errors: wallet-rejected, wallet-failed (also what a contract wallet answers). */
export async function signText(session: WalletSession, text: string): Promise<Hex> {
  let signature: unknown;
  try {
    const params = [stringToHex(text), session.account()];
    signature = await session.provider.request({ method: "personal_sign", params });
  } catch (thrown) {
    throw toChainError(thrown);
  }
  if (!isHex(signature) || size(signature) !== SIGNATURE_BYTES) {
    const received = String(signature).slice(0, 40);
    throw failure("wallet-failed", "The wallet's signature is not one of a key", "65 bytes", received);
  }
  const hex = without0x(signature).toLowerCase();
  const v = Number.parseInt(hex.slice(-2), 16);
  return v < LOWEST_V ? `${hex.slice(0, -2)}${(v + LOWEST_V).toString(16)}` : hex;
}
