import { z } from "../../core/codec/zod.ts";
import type { Store } from "../../ports/store.ts";
import { PPM } from "./circumstances.ts";
import type { Cost, Costs } from "./costs.ts";
import type { Limits, WorkKind } from "./work.ts";

const KEY = "schedule";
const MINUTES = 24 * 60;
const MEBIBYTE = 2 ** 20;

/** Donating is meant to be left on: it may take what the machine has, and stops where it would be felt. */
export const DEFAULT_LIMITS: Limits = {
  cpuSharePpm: PPM,
  jobSharePpm: PPM / 2,
  hours: null,
  onlyCharging: false,
  batteryFloorPpm: 300_000,
  bulkOnMetered: false,
  whenHidden: true,
  heedPressure: true,
  maxMemoryBytes: 2_048 * MEBIBYTE,
  kinds: { prompts: true, duties: true, training: true, housekeeping: true },
};

const ppm = z.int().min(0).max(PPM);
const minute = z
  .int()
  .min(0)
  .max(MINUTES - 1);
const milliseconds = z.int().min(0);
const cost = z.strictObject({ meanMs: milliseconds, deviationMs: milliseconds });

/** Errors of parsing are its own: a limit that nobody could have set is not one. */
export const LimitsSchema = z.strictObject({
  cpuSharePpm: ppm.min(10_000),
  jobSharePpm: ppm,
  hours: z.strictObject({ fromMinute: minute, toMinute: minute }).nullable(),
  onlyCharging: z.boolean(),
  batteryFloorPpm: ppm,
  bulkOnMetered: z.boolean(),
  whenHidden: z.boolean(),
  heedPressure: z.boolean(),
  maxMemoryBytes: z.int().min(64 * MEBIBYTE),
  kinds: z.strictObject({
    prompts: z.boolean(),
    duties: z.boolean(),
    training: z.boolean(),
    housekeeping: z.boolean(),
  }),
});

const COMPUTED: readonly WorkKind[] = [
  "prompt",
  "check",
  "audit",
  "jury",
  "epoch",
  "train",
  "personal",
  "housekeeping",
  "transfer",
];

const Kept = z.strictObject({
  version: z.literal(1),
  /** Absent while nobody changed any: then what is usual may change. */
  limits: LimitsSchema.nullable(),
  keepAwake: z.boolean(),
  isStopped: z.boolean(),
  costs: z.array(z.strictObject({ kind: z.string(), ...cost.shape })).max(COMPUTED.length),
});

/** What outlives a reload. */
export interface Settings {
  /** Null while nobody changed any. */
  readonly limits: Limits | null;
  /** The owner's consent to keep the screen on while donating. */
  readonly keepAwake: boolean;
  /** Everything was stopped, and donating has not begun again. */
  readonly isStopped: boolean;
  readonly costs: Costs;
}

const FIRST: Settings = { limits: null, keepAwake: false, isStopped: false, costs: {} };

/** What cannot be read is as at the beginning: these are wishes, which their owner can say again. */
export async function readSettings(store: Store): Promise<Settings> {
  const bytes = await store.getValue(KEY);
  if (bytes === undefined) return FIRST;
  try {
    const { version: _, costs, ...kept } = Kept.parse(JSON.parse(new TextDecoder().decode(bytes)));
    return { ...kept, costs: costsOf(costs) };
  } catch {
    return FIRST;
  }
}

/** Errors: the store's. */
export async function writeSettings(store: Store, { costs, ...settings }: Settings): Promise<void> {
  const kept: z.infer<typeof Kept> = {
    version: 1,
    ...settings,
    costs: COMPUTED.flatMap((kind) => {
      const known = costs[kind];
      return known === undefined ? [] : [{ kind, ...known }];
    }),
  };
  await store.setValue(KEY, new TextEncoder().encode(JSON.stringify(kept)));
}

function costsOf(kept: readonly ({ readonly kind: string } & Cost)[]): Costs {
  const costs: Partial<Record<WorkKind, Cost>> = {};
  for (const { kind, meanMs, deviationMs } of kept) {
    const known = COMPUTED.find((one) => one === kind);
    if (known !== undefined) costs[known] = { meanMs, deviationMs };
  }
  return costs;
}
