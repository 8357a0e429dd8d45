import type { Adapter } from "../../core/primitives.ts";
import type { Observable } from "../observable.ts";

/** What the network answers with, as the node last heard: its version, and what the node's cluster adds. */
export interface SharedVersions {
  readonly epoch: number;
  readonly global: Adapter;
  readonly cluster: Adapter | null;
}

/** Shown to every tab of the profile, so that all of them answer alike. */
export interface SharedVersion {
  readonly versions: Observable<SharedVersions | undefined>;
}
