import { genesisState } from "../../src/core/artifacts/state.ts";
import { drawWeighted, makeLottery } from "../../src/core/epoch/draw.ts";
import { scorePpm } from "../../src/core/epoch/utility.ts";
import { stakeLogQ20 } from "../../src/core/fixed-point/log2.ts";
import { sigmoidPpm } from "../../src/core/fixed-point/sigmoid.ts";
import { claimProof, claimsRoot, leafHash } from "../../src/core/merkle/claims.ts";
import { merkleRoot } from "../../src/core/merkle/rfc6962.ts";
import type { Address } from "../../src/core/primitives.ts";
import { aggregationVectors } from "./aggregation.ts";
import { contractsVector } from "./contracts.ts";
import { disputesVector } from "./disputes.ts";
import { economyVector } from "./economy.ts";
import { epochVector } from "./epoch.ts";
import { verificationVector } from "./verification.ts";
import { hashOf, makeGenesis, seedOf, TOKEN_WEI } from "./world.ts";

/** File name → content, for everything that is not a message. */
export function protocolVectors(): Record<string, unknown> {
  return {
    "fixed-point": fixedPointVectors(),
    draw: drawVectors(),
    utility: utilityVectors(),
    aggregation: aggregationVectors(),
    rewards: economyVector(),
    claims: claimVectors(),
    "merkle-root": merkleVectors(),
    epoch: epochVector(),
    verification: verificationVector(),
    disputes: disputesVector(),
    contracts: contractsVector(),
  };
}

function fixedPointVectors() {
  const inputs = [0, 1, -1, 500_000, -500_000, 1_000_000, -1_000_000, 4_000_000, 20_000_000, 10 ** 12];
  const stakes = [0n, 1n, TOKEN_WEI, 3n * TOKEN_WEI, 100n * TOKEN_WEI, 10n ** 27n, 2n ** 200n];
  return {
    sigmoid: inputs.map((xMicro) => ({ xMicro, sigmoidPpm: sigmoidPpm(xMicro) })),
    stakeLog: stakes.map((stakeWei) => ({ stakeWei, log2Q20: stakeLogQ20(stakeWei) })),
  };
}

function drawVectors() {
  return ["a", "b", "c"].map((name, i) => {
    const weights = [5n, 0n, 1n, 1_000n, 40n, 41n, 7n].map((weight) => weight ** BigInt(i + 1));
    const lottery = makeLottery(weights.map((weight, index) => ({ item: index, weight })));
    const seed = hashOf(`draw ${name}`);
    return { seed, weights, drawn: drawWeighted(lottery, seedOf(`draw ${name}`), 4) };
  });
}

function utilityVectors() {
  const genesis = makeGenesis();
  const fresh = genesisState(genesis);
  const calibration = fresh.calibration.map((bucket, i) =>
    i < 5 ? bucket : { count: 3, utilitySumPpm: 60_001 },
  );
  const state = { ...fresh, calibration };
  const { utilityAlphaPpm, utilitySigmoidK } = genesis.parameters;
  const cases = [
    [0, 500_000],
    [20_000, 0],
    [20_000, 499_999],
    [20_000, 500_000],
    [400_000, 1_000_000],
    [1_000_000, 999_999],
    [1, 700_000],
  ] as const;
  return {
    utilityAlphaPpm,
    utilitySigmoidK,
    calibration,
    cases: cases.map(([observedPpm, confidencePpm]) => ({
      observedPpm,
      confidencePpm,
      scorePpm: scorePpm(state, observedPpm, confidencePpm),
    })),
  };
}

function claimVectors() {
  return [0, 1, 2, 3, 7].map((count) => {
    const balancesDue = new Map(
      Array.from({ length: count }, (_, i): [Address, bigint] => [account(i), BigInt(i + 1) * TOKEN_WEI]),
    );
    return {
      root: claimsRoot(balancesDue),
      leaves: [...balancesDue].map(([address, amount]) => ({
        ...claimProof({ balancesDue }, address),
        leaf: leafHash(address, amount),
      })),
    };
  });
}

function merkleVectors() {
  return [0, 1, 2, 3, 5, 8].map((count) => {
    const leaves = Array.from({ length: count }, (_, i) => seedOf(`leaf ${i}`));
    return { leaves, root: merkleRoot(leaves) };
  });
}

function account(index: number): Address {
  return `0x${hashOf(`account ${index}`).slice(0, 40)}`;
}
