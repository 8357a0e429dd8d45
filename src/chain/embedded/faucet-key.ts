import { privateKeyToAccount } from "viem/accounts";
import { lowerCase } from "../hex.ts";

/** Everybody may know it: it pays on chains of one browser alone. */
export const FAUCET_KEY = "0x7061726c65793a206120666175636574206f66206e6f2076616c756520202020";

/** Holds all tokens at first, deploys the contracts and fills demo wallets. */
export const FAUCET = lowerCase(privateKeyToAccount(FAUCET_KEY).address);
