import type { ChainEvent } from "../../app/parley.ts";
import { formatAge, formatTokens, shorten } from "../format.ts";
import { dayWords } from "./stake-words.ts";

/** What an account did, or had done to it, on the chain. */
export function eventWords(event: ChainEvent): string {
  switch (event.kind) {
    case "staked":
      return `Staked ${formatTokens(event.amountWei)} PAR for node ${shorten(event.nodeId, 8, 4)}`;
    case "unstaked":
      return `Took ${formatTokens(event.amountWei)} PAR out of the stake of node ${shorten(event.nodeId, 8, 4)}; can be withdrawn from ${dayWords(event.withdrawableAtMs)}`;
    case "delegated":
      return `Delegated ${formatTokens(event.amountWei)} PAR to node ${shorten(event.nodeId, 8, 4)}`;
    case "undelegated":
      return `Took ${formatTokens(event.amountWei)} PAR back that were delegated to node ${shorten(event.nodeId, 8, 4)}; can be withdrawn from ${dayWords(event.withdrawableAtMs)}`;
    case "locked":
      return `Locked the stake of node ${shorten(event.nodeId, 8, 4)} until ${dayWords(event.untilMs)}`;
    case "withdrawn":
      return `Withdrew ${formatTokens(event.amountWei)} PAR`;
    case "operator-changed":
      return `Changed the operator of node ${shorten(event.nodeId, 8, 4)}`;
    case "anchored":
      return `Anchored epoch ${event.epoch}`;
    case "claimed":
      return `Claimed ${formatTokens(event.amountWei)} PAR up to epoch ${event.epoch}`;
    case "dispute-opened":
      return `Disputed the root of epoch ${event.epoch}`;
    case "juror-paid":
      return `Was paid ${formatTokens(event.amountWei)} PAR as a juror of dispute ${event.dispute}`;
  }
}

/** Where an event lies, and when that was as far as the chain's endpoint told: `block 12, 3 min ago`. */
export function placeWords({ blockNumber, timestampMs }: ChainEvent, nowMs: number): string {
  const block = `block ${blockNumber}`;
  return timestampMs === undefined ? block : `${block}, ${formatAge(nowMs - timestampMs)}`;
}
