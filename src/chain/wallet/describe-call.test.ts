import { encodeFunctionData } from "viem";
import { describe, expect, it } from "vitest";
import type { Address } from "../../core/primitives.ts";
import { parleyTokenAbi } from "../abi/parley-token.ts";
import { stakingAbi } from "../abi/staking.ts";
import { describeCall, type Spenders } from "./describe-call.ts";

const TOKEN_WEI = 10n ** 18n;
const NODE = `0x${"5a".repeat(32)}` as const;
const STRANGER: Address = `0x${"99".repeat(20)}`;
const CONTRACTS: Spenders = {
  staking: `0x${"11".repeat(20)}`,
  epochAnchor: `0x${"22".repeat(20)}`,
  disputes: `0x${"33".repeat(20)}`,
};

const approval = (spender: Address) =>
  describeCall(
    encodeFunctionData({
      abi: parleyTokenAbi,
      functionName: "approve",
      args: [spender, 100n * TOKEN_WEI],
    }),
    CONTRACTS,
  );

describe("describeCall", () => {
  it("names the network's contract that may take tokens, with its address in full", () => {
    const { staking, epochAnchor, disputes } = CONTRACTS;
    expect(approval(staking)).toBe(`Let the staking contract (${staking}) take up to 100 PAR`);
    expect(approval(epochAnchor)).toContain(`the contract of anchored epochs (${epochAnchor})`);
    expect(approval(disputes)).toContain(`the contract of disputes (${disputes})`);
  });

  it("says of anybody else that it is no contract of this network", () => {
    expect(approval(STRANGER)).toBe(
      `Let ${STRANGER}, which is no contract of this network, take up to 100 PAR`,
    );
  });

  it("says what a delegation, its end and a lock do", () => {
    const say = (data: `0x${string}`) => describeCall(data, CONTRACTS);
    const abi = stakingAbi;
    const amount = [NODE, 7n * TOKEN_WEI] as const;
    expect(say(encodeFunctionData({ abi, functionName: "delegate", args: amount }))).toBe(
      "Delegate 7 PAR to node 0x5a5a5a5a…",
    );
    expect(say(encodeFunctionData({ abi, functionName: "undelegate", args: amount }))).toBe(
      "Take back up to 7 PAR of what is delegated to node 0x5a5a5a5a…",
    );
    const lock = [NODE, 1_798_761_600n] as const;
    expect(say(encodeFunctionData({ abi, functionName: "lock", args: lock }))).toBe(
      "Lock the stake of node 0x5a5a5a5a… until 2027-01-01",
    );
  });
});
