import { connectFirst, startLocalChain } from "../../e2e/support/local-chain.ts";
import { describeChain } from "../ports/acceptance/chain.ts";

describeChain("anvil over JSON-RPC", async () => {
  const local = await startLocalChain();
  return {
    chain: local.chain,
    newWallet: async () => {
      const { wallet } = await local.newPage();
      await connectFirst(wallet);
      return wallet;
    },
    newOperator: local.newOperator,
    settle: local.settle,
    passUnbonding: local.passUnbonding,
    unplug: local.stop,
    dispose: local.stop,
  };
});
