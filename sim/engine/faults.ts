/** What can go wrong in a simulated network, as data: schedules are made from seeds, printed, shrunk and replayed. */

interface Between {
  /** Virtual time, Unix milliseconds. */
  readonly atMs: number;
  /** When it is over; the fault undoes itself. */
  readonly untilMs: number;
}

/** Nodes are named by their index. */
export type Fault =
  /** Nodes of different groups do not reach each other; nodes in none form one more group. */
  | (Between & { readonly kind: "partition"; readonly groups: readonly (readonly number[])[] })
  /** What `from` sends does not reach `to`; the other way it does. */
  | (Between & { readonly kind: "deaf"; readonly from: number; readonly to: number })
  /** Share of sends that get lost, are doubled, or are held back by up to `reorderMs`. */
  | (Between & {
      readonly kind: "rough";
      readonly lossPpm: number;
      readonly duplicatePpm: number;
      readonly reorderMs: number;
    })
  /** All links of a node take so much longer. */
  | (Between & { readonly kind: "slow"; readonly node: number; readonly delayMs: number })
  /** The tab is frozen: no timers, no network; it wakes with everything late. */
  | (Between & { readonly kind: "sleep"; readonly node: number })
  /** The tab dies with what it had not written yet, and comes back from its disk. */
  | (Between & { readonly kind: "crash"; readonly node: number })
  | (Between & { readonly kind: "disk-full"; readonly node: number })
  /** The node's clock is off by this and runs wrong by this rate. */
  | (Between & {
      readonly kind: "drift";
      readonly node: number;
      readonly offsetMs: number;
      readonly ratePpm: number;
    })
  | (Between & { readonly kind: "chain-stops" })
  /** The newest blocks are replaced by others; it stays so. */
  | (Between & { readonly kind: "chain-reorganises"; readonly depth: number });
