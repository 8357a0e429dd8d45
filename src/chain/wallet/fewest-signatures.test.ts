import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectFirst, type LocalChain, startLocalChain } from "../../../e2e/support/local-chain.ts";
import { accountOf, certify, hash, type Staker } from "../../ports/acceptance/stakers.ts";
import { type Certificate, type EpochRoot, stakeRequest } from "../../ports/chain.ts";
import { epochAnchorAbi } from "../abi/epoch-anchor.ts";
import { epochRootArguments } from "../epoch-root.ts";
import { createReadClient, type ReadClient } from "../network.ts";
import { compactSignatures } from "./calls.ts";
import { withFewestSignatures } from "./fewest-signatures.ts";

const TOKEN_WEI = 10n ** 18n;
const STAKED_TOKENS = [100n, 100n, 170n, 333n, 100n, 251n, 700n];

describe("the signatures that a wallet sends", { timeout: 60_000 }, () => {
  let local: LocalChain;
  let client: ReadClient;
  const stakers: Staker[] = [];
  /** Before and after the heaviest has lost weight and the lightest has gained some. */
  const roots: EpochRoot[] = [];

  beforeAll(async () => {
    local = await startLocalChain();
    client = createReadClient(local.network, { pollingIntervalMs: 20 });
    for (const [index, tokens] of STAKED_TOKENS.entries()) stakers.push(await newStaker(index, tokens));
    roots.push(await nextRoot());
    const [lightest, heaviest] = [stakers.at(0), stakers.at(-1)];
    if (lightest === undefined || heaviest === undefined) throw new Error("expected stakers");
    await heaviest.wallet.unstake({ nodeId: heaviest.nodeId, amountWei: 550n * TOKEN_WEI });
    await heaviest.wallet.delegate({ nodeId: lightest.nodeId, amountWei: 90n * TOKEN_WEI });
    roots.push(await nextRoot());
  });
  afterAll(() => local.stop());

  it("are enough for the contract whenever all are, and one less is not", async () => {
    const signed = fc.record({
      root: fc.constantFrom(0, 1).map((index) => roots[index]),
      signers: fc.subarray(STAKED_TOKENS.map((_, index) => index)),
    });
    let enough = 0;
    await fc.assert(
      fc.asyncProperty(signed, async ({ root, signers }) => {
        if (root === undefined) throw new Error("expected a root");
        const certificate = await certify(
          root,
          stakers.filter((_, index) => signers.includes(index)),
        );
        const [sent] = await withFewestSignatures(client, local.network.chain, [certificate]);
        if (sent === undefined) throw new Error("expected a certificate");
        const suffices = await certifies(certificate);
        expect(await certifies(sent)).toBe(suffices);
        if (!suffices) {
          expect(sent).toEqual(certificate);
          return;
        }
        enough++;
        for (const left of sent.signatures) {
          const signatures = sent.signatures.filter((one) => one !== left);
          expect(await certifies({ root, signatures })).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
    expect(enough).toBeGreaterThan(0);
  });

  it("are those of other nodes when the stakes at the root's block are others", async () => {
    const certificates = await Promise.all(roots.map((root) => certify(root, stakers)));
    const sent = await withFewestSignatures(client, local.network.chain, certificates);
    // 700 + 333 + 251 of 1,754; then 333 + 251 + 190 + 170 of 1,294.
    expect(sent.map(({ signatures }) => signatures.length)).toEqual([3, 4]);
    expect(await Promise.all(sent.map(certifies))).toEqual([true, true]);
  });

  it("are none while no endpoint says what they weigh", async () => {
    const nowhere = createReadClient({ ...local.network, rpcUrls: ["http://127.0.0.1:9"] });
    const [root] = roots;
    if (root === undefined) throw new Error("expected a root");
    const certificate = await certify(root, stakers);
    await expect(withFewestSignatures(nowhere, local.network.chain, [certificate])).rejects.toThrow(
      expect.objectContaining({ code: "chain-unreachable" }),
    );
  });

  async function certifies({ root, signatures }: Certificate): Promise<boolean> {
    return client.readContract({
      address: local.network.chain.epochAnchor,
      abi: epochAnchorAbi,
      functionName: "certifies",
      args: [epochRootArguments(root), compactSignatures(signatures)],
    });
  }

  async function newStaker(index: number, tokens: bigint): Promise<Staker> {
    const { wallet } = await local.newPage();
    await connectFirst(wallet);
    const [nodeId, account, operator] = [hash(`${index + 1}`), accountOf(wallet), local.newOperator()];
    await wallet.stake(await stakeRequest(operator, { nodeId, account, amountWei: tokens * TOKEN_WEI }));
    return { nodeId, wallet, account, operator };
  }

  async function nextRoot(): Promise<EpochRoot> {
    const { blockNumber } = await local.chain.registryAt(await local.settle());
    await local.settle();
    return {
      epoch: 1,
      previousRoot: hash("0"),
      stateRoot: hash("1"),
      claimsRoot: hash("c"),
      manifestDigest: hash("d"),
      snapshotBlock: blockNumber,
    };
  }
});
