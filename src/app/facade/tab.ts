import type { ErrorData } from "../../core/errors.ts";
import type { Observable } from "../observable.ts";

/** What this tab is among the tabs of its profile: one runs the node, the others show and control it. */
export interface TabStatus {
  /** `starting`: looking for the node, or becoming it. `none`: there is no node, and `notice` or the activity says why. */
  readonly role: "starting" | "node" | "window" | "none";
  /** What a person must know about this tab, and what to do: storage refused, a newer version open. */
  readonly notice?: ErrorData;
}

export interface TabService {
  readonly status: Observable<TabStatus>;
}

/** Whether the browser has promised not to delete what this profile keeps. */
export interface KeepingService {
  /** Undefined until it was asked, unless it had promised before. */
  readonly isKept: Observable<boolean | undefined>;
  /** Some browsers ask the person, others decide by themselves; the answer stands in `isKept`. */
  ask(): Promise<void>;
}
