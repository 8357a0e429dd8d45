/** What core and contracts both decide, beside leaves, digests and manifests: the contracts' tests read this file. */

import { signingWei } from "../../src/core/chain-types.ts";
import { emissionOf } from "../../src/core/economy/rewards.ts";
import { checkSignedStake } from "../../src/core/epoch/certificate.ts";
import { makeAuthors, makeGenesis, makeRegistry, TOKEN_WEI } from "./world.ts";

export function contractsVector() {
  return { certificates: certificateVectors(), emissions: emissionVectors() };
}

/** Stakes, what is delegated to each, who signs, and whether that certifies a root. */
function certificateVectors() {
  const tokens = (...amounts: readonly bigint[]) => amounts.map((amount) => amount * TOKEN_WEI);
  const cases: readonly CertificateCase[] = [
    { stakesWei: tokens(100n, 100n, 100n), delegatedWei: tokens(0n, 0n, 0n), signers: [0, 1] },
    { stakesWei: tokens(100n, 100n, 100n), delegatedWei: tokens(0n, 0n, 0n), signers: [2] },
    // A wei more on the other side.
    {
      stakesWei: [...tokens(100n, 100n), 100n * TOKEN_WEI + 1n],
      delegatedWei: [0n, 0n, 0n],
      signers: [0, 1],
    },
    {
      stakesWei: [...tokens(100n, 100n), 100n * TOKEN_WEI + 1n],
      delegatedWei: [0n, 0n, 0n],
      signers: [0, 2],
    },
    // What is delegated counts for its node.
    { stakesWei: tokens(100n, 100n, 100n), delegatedWei: tokens(0n, 0n, 300n), signers: [0, 1] },
    { stakesWei: tokens(100n, 100n, 100n), delegatedWei: tokens(0n, 0n, 300n), signers: [2] },
    { stakesWei: tokens(100n, 100n, 100n), delegatedWei: tokens(0n, 0n, 300n), signers: [0, 2] },
    { stakesWei: tokens(700n, 150n, 200n, 999n), delegatedWei: tokens(3n, 1n, 0n, 7n), signers: [0, 3] },
    { stakesWei: tokens(700n, 150n, 200n, 999n), delegatedWei: tokens(3n, 1n, 0n, 7n), signers: [0, 1, 2] },
    { stakesWei: tokens(100n, 101n), delegatedWei: tokens(0n, 0n), signers: [] },
  ];
  return cases.map((one) => ({ ...one, certifies: certifies(one) }));
}

interface CertificateCase {
  readonly stakesWei: readonly bigint[];
  readonly delegatedWei: readonly bigint[];
  /** Places in the lists. */
  readonly signers: readonly number[];
}

function certifies({ stakesWei, delegatedWei, signers }: CertificateCase): boolean {
  // As little as a network may ask for: two thirds then are what is left of the rule.
  const genesis = makeGenesis({ certificateThresholdPpm: 666_666 });
  const { entries } = makeRegistry(makeAuthors(genesis, stakesWei.length));
  const weighed = entries.map((entry, i) => ({
    ...entry,
    stakeWei: stakesWei[i] ?? 0n,
    delegatedWei: delegatedWei[i] ?? 0n,
  }));
  const signedWei = weighed
    .filter((_, i) => signers.includes(i))
    .reduce((sum, entry) => sum + signingWei(entry), 0n);
  return checkSignedStake(genesis, weighed, signedWei) === undefined;
}

/** What an epoch of a reward pays at most, in the foundation's part and in everybody else's. */
function emissionVectors() {
  const rewards = [1n, 7n, 10n ** 18n, 10n ** 18n - 1n, 333_333_333_333_333_333n, 1_000_003n];
  return rewards.map((epochRewardWei) => {
    const { parameters } = makeGenesis({ epochRewardWei });
    const emission = emissionOf(parameters);
    return {
      epochRewardWei,
      foundationPpm: parameters.foundationSharePpm,
      foundationWei: emission.foundationWei,
      workWei: emission.validationWei + emission.trainingWei + emission.inferenceWei,
    };
  });
}
