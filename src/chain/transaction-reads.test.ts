import { startPoolChain } from "../../e2e/support/pool-chain.ts";
import { describeTransactionReads } from "../ports/acceptance/transactions.ts";

describeTransactionReads("anvil over JSON-RPC", startPoolChain);
