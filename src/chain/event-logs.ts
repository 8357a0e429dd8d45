import { getAbiItem, type Log } from "viem";
import type { GenesisChain } from "../core/genesis.ts";
import type { ChainEvent, ChainEventDetail } from "../ports/chain-records.ts";
import { claimsAbi } from "./abi/claims.ts";
import { disputesAbi } from "./abi/disputes.ts";
import { epochAnchorAbi } from "./abi/epoch-anchor.ts";
import { stakingAbi } from "./abi/staking.ts";
import { lowerCase, with0x, without0x } from "./hex.ts";
import type { ReadClient } from "./network.ts";

const EVENTS = [
  getAbiItem({ abi: stakingAbi, name: "Staked" }),
  getAbiItem({ abi: stakingAbi, name: "Unstaked" }),
  getAbiItem({ abi: stakingAbi, name: "Delegated" }),
  getAbiItem({ abi: stakingAbi, name: "Undelegated" }),
  getAbiItem({ abi: stakingAbi, name: "Locked" }),
  getAbiItem({ abi: stakingAbi, name: "Withdrawn" }),
  getAbiItem({ abi: stakingAbi, name: "OperatorChanged" }),
  getAbiItem({ abi: epochAnchorAbi, name: "EpochAnchored" }),
  getAbiItem({ abi: claimsAbi, name: "Claimed" }),
  getAbiItem({ abi: disputesAbi, name: "DisputeOpened" }),
  getAbiItem({ abi: disputesAbi, name: "JurorPaid" }),
] as const;

/** Blocks whose logs are asked for: one by its hash (EIP-234), which no reorganisation changes, or several by number. */
export type LogRange = { readonly blockHash: string } | { readonly from: number; readonly to: number };

/** The network's events of some blocks, in the chain's order. */
export async function readEvents(
  client: ReadClient,
  { staking, epochAnchor, claims, disputes }: GenesisChain,
  range: LogRange,
): Promise<readonly ChainEvent[]> {
  const where =
    "blockHash" in range
      ? { blockHash: with0x(range.blockHash) }
      : { fromBlock: BigInt(range.from), toBlock: BigInt(range.to) };
  const logs = await client.getLogs({
    // The contracts' own: an event of the same form of another contract is not among them.
    address: [staking, epochAnchor, claims, disputes],
    events: EVENTS,
    strict: true,
    ...where,
  });
  return logs.map((log) => ({ ...placeOf(log), ...detailOf(log) }));
}

function placeOf({ blockNumber, blockHash, blockTimestamp, transactionHash, logIndex }: Log) {
  return {
    blockNumber: Number(blockNumber),
    blockHash: without0x(blockHash ?? "0x"),
    transaction: without0x(transactionHash ?? "0x"),
    logIndex: logIndex ?? 0,
    ...(blockTimestamp == null ? {} : { timestampMs: Number(blockTimestamp) * 1_000 }),
  };
}

type Parsed = Log<bigint, number, false, undefined, true, typeof EVENTS>;

function detailOf(log: Parsed): ChainEventDetail {
  switch (log.eventName) {
    case "Staked": {
      const { nodeId, account, operator, amount } = log.args;
      return {
        kind: "staked",
        nodeId: without0x(nodeId),
        account: lowerCase(account),
        operator: lowerCase(operator),
        amountWei: amount,
      };
    }
    case "Unstaked": {
      const { nodeId, account, amount, withdrawableAt } = log.args;
      return {
        kind: "unstaked",
        nodeId: without0x(nodeId),
        account: lowerCase(account),
        amountWei: amount,
        withdrawableAtMs: Number(withdrawableAt) * 1_000,
      };
    }
    case "Delegated": {
      const { nodeId, account, amount } = log.args;
      return {
        kind: "delegated",
        nodeId: without0x(nodeId),
        account: lowerCase(account),
        amountWei: amount,
      };
    }
    case "Undelegated": {
      const { nodeId, account, amount, withdrawableAt } = log.args;
      return {
        kind: "undelegated",
        nodeId: without0x(nodeId),
        account: lowerCase(account),
        amountWei: amount,
        withdrawableAtMs: Number(withdrawableAt) * 1_000,
      };
    }
    case "Locked": {
      const { nodeId, untilSeconds } = log.args;
      return { kind: "locked", nodeId: without0x(nodeId), untilMs: Number(untilSeconds) * 1_000 };
    }
    case "Withdrawn":
      return { kind: "withdrawn", account: lowerCase(log.args.account), amountWei: log.args.amount };
    case "OperatorChanged": {
      const { nodeId, oldOperator, newOperator } = log.args;
      return {
        kind: "operator-changed",
        nodeId: without0x(nodeId),
        oldOperator: lowerCase(oldOperator),
        newOperator: lowerCase(newOperator),
      };
    }
    case "EpochAnchored": {
      const { epoch, stateRoot, claimsRoot, sender } = log.args;
      return {
        kind: "anchored",
        epoch: Number(epoch),
        stateRoot: without0x(stateRoot),
        claimsRoot: without0x(claimsRoot),
        account: lowerCase(sender),
      };
    }
    case "Claimed": {
      const { epoch, account, amount, cumulativeWei } = log.args;
      return {
        kind: "claimed",
        epoch: Number(epoch),
        account: lowerCase(account),
        amountWei: amount,
        cumulativeWei,
      };
    }
    case "DisputeOpened": {
      const { dispute, epoch, disputer } = log.args;
      return {
        kind: "dispute-opened",
        dispute: Number(dispute),
        epoch: Number(epoch),
        account: lowerCase(disputer),
      };
    }
    case "JurorPaid": {
      const { dispute, account, amount } = log.args;
      return {
        kind: "juror-paid",
        dispute: Number(dispute),
        account: lowerCase(account),
        amountWei: amount,
      };
    }
  }
}
