import type { Fault } from "./faults.ts";

const PPM_PER_PERCENT = 10_000;

/** What a fault is called where a person reads of it, when it begins and when it is over. `names` are all nodes', in order. */
export function faultWords(fault: Fault, begins: boolean, names: readonly string[]): string {
  const name = (node: number): string => names[node] ?? `node ${node}`;
  switch (fault.kind) {
    case "partition":
      return begins
        ? `The network is split: ${sidesWords(fault.groups, names.length)}`
        : "The network is healed";
    case "deaf":
      return `${name(fault.to)} ${begins ? "does not hear" : "hears"} ${name(fault.from)}${begins ? "" : " again"}`;
    case "rough":
      return begins ? `The network is rough: ${roughWords(fault)}` : "The network is smooth again";
    case "slow":
      return begins
        ? `${name(fault.node)} has slow links, ${fault.delayMs} ms more each way`
        : `${name(fault.node)} has its usual links again`;
    case "sleep":
      return `${name(fault.node)} ${begins ? "falls asleep" : "wakes"}`;
    case "crash":
      return begins ? `${name(fault.node)} dies` : `${name(fault.node)} comes back from its disk`;
    case "disk-full":
      return `The disk of ${name(fault.node)} ${begins ? "is full" : "has room again"}`;
    case "drift":
      return begins
        ? `The clock of ${name(fault.node)} is ${clockWords(fault)}`
        : `The clock of ${name(fault.node)} is right again`;
    case "chain-stops":
      return begins ? "The chain stops" : "The chain goes on";
    case "chain-reorganises":
      return begins
        ? `The chain replaces its last ${fault.depth} blocks`
        : "The chain goes on with its new blocks";
  }
}

/** Sizes of all sides; nodes in no group form one more. */
function sidesWords(groups: readonly (readonly number[])[], count: number): string {
  const sizes = groups.map((group) => group.length);
  const rest = count - sizes.reduce((sum, size) => sum + size, 0);
  return `${[...sizes, ...(rest > 0 ? [rest] : [])].join(" and ")} nodes`;
}

function roughWords({ lossPpm, duplicatePpm, reorderMs }: Extract<Fault, { kind: "rough" }>): string {
  const percent = (ppm: number): string => `${Number((ppm / PPM_PER_PERCENT).toFixed(1))} %`;
  const parts = [
    ...(lossPpm > 0 ? [`${percent(lossPpm)} of messages are lost`] : []),
    ...(duplicatePpm > 0 ? [`${percent(duplicatePpm)} come twice`] : []),
    ...(reorderMs > 0 ? [`some come up to ${reorderMs} ms late`] : []),
  ];
  return parts.length === 0 ? "nothing is lost yet" : parts.join(", ");
}

function clockWords({ offsetMs, ratePpm }: Extract<Fault, { kind: "drift" }>): string {
  const parts = [
    ...(offsetMs === 0 ? [] : [`${Math.abs(offsetMs)} ms ${offsetMs > 0 ? "fast" : "slow"}`]),
    ...(ratePpm === 0 ? [] : [`running ${Math.abs(ratePpm)} ppm ${ratePpm > 0 ? "too fast" : "too slowly"}`]),
  ];
  return parts.length === 0 ? "set" : parts.join(", ");
}
