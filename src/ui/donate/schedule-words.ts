import type { Lane, SchedulerState, ShownWork } from "../../app/parley.ts";
import { REASON_WORDS } from "../../app/scheduler/reason-words.ts";
import type { DeviceState } from "../../ports/device.ts";
import { plural } from "../format.ts";

export const LANE_WORDS: Readonly<Record<Lane, { readonly title: string; readonly idle: string }>> = {
  job: { title: "Answers", idle: "Your chat always comes first." },
  training: { title: "Training and checks", idle: "Nothing to train or check right now." },
  management: { title: "For the network", idle: "Nothing to copy or tidy right now." },
};

/** `Running`, `Paused: your own chat comes first`, `Waiting: on battery, …` */
export function stateWords({ state, reason }: ShownWork): string {
  const word = { running: "Running", held: "Paused", waiting: "Waiting" }[state];
  return reason === undefined || state === "running" ? word : `${word}: ${REASON_WORDS[reason]}`;
}

/** Browsers tell no degrees: this is how hard the machine is pressed, as they say it. */
const PRESSURES: Readonly<Record<DeviceState["pressure"], string>> = {
  nominal: "cool: plenty of room",
  fair: "warm: working, with room left",
  serious: "hot: one thing at a time, with pauses",
  critical: "very hot: at its limit",
  unknown: "not told by this browser",
};

export interface DeviceLine {
  readonly name: string;
  readonly value: string;
  readonly isBad: boolean;
}

/** What the machine is like, for a person; what is not told says so. */
export function deviceLines({ device, isEasingOff }: SchedulerState): readonly DeviceLine[] {
  const { battery, pressure, metered, online, visible } = device;
  return [
    {
      name: "Machine",
      value: isEasingOff ? "very hot: only your own chat for now" : PRESSURES[pressure],
      isBad: pressure === "serious" || pressure === "critical",
    },
    {
      name: "Power",
      value:
        battery === "unknown"
          ? "not told by this browser"
          : battery.charging
            ? "plugged in"
            : `on battery, ${Math.floor(battery.levelPpm / 10_000)} %`,
      isBad: battery !== "unknown" && !battery.charging,
    },
    {
      name: "Connection",
      value: !online
        ? "offline"
        : metered === true
          ? "metered"
          : metered === false
            ? "not metered"
            : "online",
      isBad: !online || metered === true,
    },
    { name: "Memory", value: memoryWords(device), isBad: false },
    { name: "This tab", value: visible ? "visible" : "hidden", isBad: false },
  ];
}

const GIBIBYTE = 2 ** 30;
const MEBIBYTE = 2 ** 20;

function memoryWords({ usedMemoryBytes, memoryBytes, cores }: DeviceState): string {
  const parts = [
    usedMemoryBytes === "unknown" ? undefined : `${Math.round(usedMemoryBytes / MEBIBYTE)} MiB in use here`,
    memoryBytes === "unknown"
      ? undefined
      : `${Math.round((10 * memoryBytes) / GIBIBYTE) / 10} GiB or more in all`,
    cores === "unknown" ? undefined : plural(cores, "core"),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? "not told by this browser" : parts.join(", ");
}

/** What stopping everything did, in a sentence each. */
export function stopWords(report: NonNullable<SchedulerState["stopped"]>): readonly string[] {
  const { handedBack, kept, stopped, isWritten } = report;
  const keeps = isWritten ? "Kept where it was" : "Keeping where it was, a moment";
  return [
    "Nothing runs any more, and this tab does not donate.",
    ...(handedBack.length === 0 ? [] : [`Handed back, others step in: ${handedBack.join("; ")}.`]),
    ...(kept.length === 0 ? [] : [`${keeps}: ${kept.join("; ")}.`]),
    ...(stopped.length === 0 ? [] : [`Stopped: ${stopped.join("; ")}.`]),
    ...(handedBack.length + kept.length + stopped.length === 0 ? ["Nothing was under way."] : []),
  ];
}
