import type { Reason } from "./work.ts";

/** Ends the sentence "Waiting: …" */
export const REASON_WORDS: Readonly<Record<Reason, string>> = {
  owner: "your own chat comes first",
  turn: "something else has its turn",
  battery: "on battery, below the charge you set",
  charging: "on battery, and you allow it only while charging",
  hours: "outside the hours you set",
  hidden: "this tab is hidden, and you allow it only while you see it",
  metered: "the connection is metered",
  offline: "there is no connection",
  strain: "the machine is under strain",
  memory: "memory is short",
  "switched-off": "you switched this kind of work off",
  share: "resting, to keep to the share you set",
  "too-late": "it cannot be done before its deadline",
  stopped: "you stopped everything",
};
