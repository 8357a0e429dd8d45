import { describe, expect, it } from "vitest";
import { anchoredSigners } from "../../../e2e/support/anchored-signers.ts";
import { startEmbedded } from "../../../e2e/support/embedded-chain.ts";
import { connectFirst } from "../../../e2e/support/local-chain.ts";
import { describeChain } from "../../ports/acceptance/chain.ts";
import { describeAnchors } from "../../ports/acceptance/chain-anchors.ts";
import { describeStaking } from "../../ports/acceptance/chain-staking.ts";
import { describeWallet } from "../../ports/acceptance/wallet.ts";

const chainUnderTest = async () => {
  const page = await startEmbedded();
  return {
    ...page,
    newWallet: async () => {
      const wallet = page.newWallet();
      await connectFirst(wallet);
      return wallet;
    },
    signersOf: (epoch: number) => anchoredSigners(page, epoch),
    unplug: page.stop,
    dispose: page.stop,
  };
};

describeChain("an EVM of this browser alone", chainUnderTest);
describeAnchors("an EVM of this browser alone", chainUnderTest);
describeStaking("an EVM of this browser alone", chainUnderTest);

describeWallet("demo wallet on an EVM of this browser alone", async () => {
  const page = await startEmbedded();
  const { answers } = page;
  return {
    ...page,
    wallet: page.newWallet(),
    setUserAgrees: (agrees) => {
      answers.agrees = agrees;
    },
    timesAsked: () => answers.asked,
    dispose: page.stop,
  };
});

describe("evmOver", () => {
  it("brings a contract's reason for its refusal over to the page", async () => {
    const page = await startEmbedded();
    const wallet = page.newWallet();
    const account = await connectFirst(wallet);
    const claim = wallet.claim({ epoch: 3, account, cumulativeWei: 1n, proof: [] });
    await expect(claim).rejects.toMatchObject({ data: { code: "reverted", received: "EpochNotFinal(3)" } });
    await page.stop();
  });
});
