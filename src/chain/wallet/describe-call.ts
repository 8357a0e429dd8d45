import { decodeFunctionData, formatEther } from "viem";
import { z } from "../../core/codec/zod.ts";
import type { GenesisChain } from "../../core/genesis.ts";
import { anchorRewardsAbi } from "../abi/anchor-rewards.ts";
import { claimsAbi } from "../abi/claims.ts";
import { disputesAbi } from "../abi/disputes.ts";
import { epochAnchorAbi } from "../abi/epoch-anchor.ts";
import { parleyTokenAbi } from "../abi/parley-token.ts";
import { stakingAbi } from "../abi/staking.ts";
import { lowerCase } from "../hex.ts";

/** viem's types lose what stands in an array of structs. */
const anchoredRoots = z.array(z.object({ epoch: z.bigint() }));

const anchoredEntries = z.array(z.unknown());

const ALL_ABIS = [
  ...parleyTokenAbi,
  ...stakingAbi,
  ...epochAnchorAbi,
  ...claimsAbi,
  ...anchorRewardsAbi,
  ...disputesAbi,
];

/** By IDisputes.Ruling. */
const RULING_WORDS: readonly string[] = ["nothing", "uphold", "overturn", "look deeper"];

/** The network's contracts that may be allowed to take tokens, by what people call them. */
const SPENDERS = {
  staking: "the staking contract",
  epochAnchor: "the contract of anchored epochs",
  disputes: "the contract of disputes",
} as const;

/** Who can be allowed to take tokens. */
export type Spenders = Pick<GenesisChain, keyof typeof SPENDERS>;

/**
 * What a call of Parley's contracts does, in a sentence for the person who is asked to sign it. `contracts` are those of
 * the network's genesis: whoever is allowed to take tokens is named by them.
 */
export function describeCall(data: `0x${string}` | undefined, contracts: Spenders): string {
  if (data === undefined || data === "0x") return "Send ether";
  try {
    const call = decodeFunctionData({ abi: ALL_ABIS, data });
    switch (call.functionName) {
      case "approve":
        return `Let ${spenderName(call.args[0], contracts)} take up to ${formatEther(call.args[1])} PAR`;
      case "transfer":
        return `Send ${formatEther(call.args[1])} PAR to ${call.args[0]}`;
      case "stake":
        return `Stake ${formatEther(call.args[2])} PAR for node ${shortHex(call.args[0])}`;
      case "unstake":
        return `Take back ${formatEther(call.args[1])} PAR of the stake of node ${shortHex(call.args[0])}`;
      case "lock":
        return `Lock the stake of node ${shortHex(call.args[0])} until ${utcDay(call.args[1])}`;
      case "delegate":
        return call.args.length === 1
          ? `Let ${call.args[0]} vote with this account's PAR`
          : `Delegate ${formatEther(call.args[1])} PAR to node ${shortHex(call.args[0])}`;
      case "undelegate":
        // A share is worth a wei at first, and never more.
        return `Take back up to ${formatEther(call.args[1])} PAR of what is delegated to node ${shortHex(call.args[0])}`;
      case "depositBond":
        return `Put down ${formatEther(call.args[0])} PAR as bond for anchored epochs`;
      case "withdraw":
        return "Withdraw the stake that has unbonded";
      case "anchor":
        return `Anchor epoch ${call.args[0].epoch}, signed by ${call.args[1].length} validators`;
      case "anchorMany":
        return `Anchor ${epochsText(anchoredRoots.parse(call.args[0]))} in one transaction`;
      case "collect":
        if (typeof call.args[0] === "bigint") return `Collect a juror's pay of dispute ${call.args[0]}`;
        return `Collect the rewards of ${anchoredEntries.parse(call.args[0]).length} anchored epochs`;
      case "claim":
        return `Claim what ${call.args[1]} has earned up to epoch ${call.args[0]}`;
      case "open":
        return typeof call.args[0] === "string"
          ? `Call ${call.functionName}`
          : `Dispute the anchored root of epoch ${call.args[0].root.epoch}, with a bond`;
      case "draw":
        return `Have the jury of dispute ${call.args[0]} drawn`;
      case "rule":
        return `Deliver "${RULING_WORDS[call.args[1]] ?? "?"}" in dispute ${call.args[0]}`;
      case "close":
        return `Close dispute ${call.args[0]}, about epoch ${call.args[1].root.epoch}`;
      case "reportRoots":
        return `Report node ${shortHex(call.args[2])}: it signed two roots of epoch ${call.args[0].root.epoch}`;
      case "reportRefuted":
        return `Report node ${shortHex(call.args[1])}: it signed a root of epoch ${call.args[0].root.epoch} that a jury overturned`;
      default:
        return `Call ${call.functionName}`;
    }
  } catch {
    return `Call ${data.slice(0, 10)} of an unknown contract`;
  }
}

/** With the address in full, so that it can be compared with what a wallet shows. */
function spenderName(spender: `0x${string}`, contracts: Spenders): string {
  const is = (contract: `0x${string}`) => lowerCase(contract) === lowerCase(spender);
  if (is(contracts.staking)) return `${SPENDERS.staking} (${spender})`;
  if (is(contracts.epochAnchor)) return `${SPENDERS.epochAnchor} (${spender})`;
  if (is(contracts.disputes)) return `${SPENDERS.disputes} (${spender})`;
  return `${spender}, which is no contract of this network,`;
}

/** Oldest first, as they have to come; not every epoch between the first and the last is there. */
function epochsText(roots: readonly { readonly epoch: bigint }[]): string {
  const [first, last] = [roots[0]?.epoch, roots.at(-1)?.epoch];
  if (first === undefined || last === undefined) return "no epochs";
  return roots.length === 1 ? `epoch ${first}` : `${roots.length} epochs, ${first} to ${last},`;
}

function utcDay(seconds: bigint): string {
  return seconds < 8_640_000_000_000n
    ? new Date(Number(seconds) * 1_000).toISOString().slice(0, 10)
    : "for ever";
}

function shortHex(hex: string): string {
  return `${hex.slice(0, 10)}…`;
}
