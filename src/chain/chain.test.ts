import { anchoredSigners } from "../../e2e/support/anchored-signers.ts";
import { connectFirst, startLocalChain } from "../../e2e/support/local-chain.ts";
import { describeChain } from "../ports/acceptance/chain.ts";
import { describeAnchors } from "../ports/acceptance/chain-anchors.ts";
import { describeStaking } from "../ports/acceptance/chain-staking.ts";

const chainUnderTest = async () => {
  const local = await startLocalChain();
  return {
    chain: local.chain,
    newWallet: async () => {
      const { wallet } = await local.newPage();
      await connectFirst(wallet);
      return wallet;
    },
    newOperator: local.newOperator,
    signersOf: (epoch: number) => anchoredSigners(local, epoch),
    settle: local.settle,
    passUnbonding: local.passUnbonding,
    unplug: local.stop,
    dispose: local.stop,
  };
};

describeChain("anvil over JSON-RPC", chainUnderTest);
describeAnchors("anvil over JSON-RPC", chainUnderTest);
describeStaking("anvil over JSON-RPC", chainUnderTest);
