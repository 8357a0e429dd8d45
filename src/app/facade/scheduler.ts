import type { DeviceState } from "../../ports/device.ts";
import type { Observable } from "../observable.ts";
import type { AwakeState } from "../scheduler/awake.ts";
import type { Lane, Limits, ShownWork } from "../scheduler/work.ts";

export interface LaneState {
  readonly lane: Lane;
  /** Of the time that lanes share when all of them have work. */
  readonly sharePpm: number;
  /** What it had of the last hours. */
  readonly usedMs: number;
  readonly works: readonly ShownWork[];
}

/** Titles of what was stopped. */
export interface StopReport {
  readonly atMs: number;
  /** Duties: others step in for them. */
  readonly handedBack: readonly string[];
  /** Training that goes on from its last step. */
  readonly kept: readonly string[];
  readonly stopped: readonly string[];
  /** Where it was is on the disk. */
  readonly isWritten: boolean;
}

/** Plain data, so that other windows can show it too. */
export interface SchedulerState {
  readonly device: DeviceState;
  readonly limits: Limits;
  readonly lanes: readonly LaneState[];
  readonly ownerIsBusy: boolean;
  /** The machine is under strain, and this node waits. */
  readonly isEasingOff: boolean;
  readonly awake: AwakeState;
  /** Everything was stopped, and donating has not begun again. */
  readonly stopped?: StopReport;
}

export interface SchedulerService {
  readonly state: Observable<SchedulerState>;
  /** Errors: limits-malformed, storage-full. */
  setLimits(limits: Limits): Promise<void>;
  /** Whether the screen may be kept on while this page donates and is seen. */
  setKeepAwake(isWanted: boolean): Promise<void>;
  /** An answer is being written in another window: it comes first for the next seconds. Said again until it is there. */
  ownerAnswers(): void;
  /**
   * At once: aborts what runs, hands duties back, stops transfers and donating. What is seen of it is in `state` before this
   * returns; it resolves when it is kept.
   */
  stopEverything(): Promise<StopReport>;
}
