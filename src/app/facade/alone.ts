import type { ErrorData } from "../../core/errors.ts";
import type { Observable } from "../observable.ts";

/** A network of this browser alone, for a page that was served without one. */
export interface AloneStatus {
  readonly state: "offered" | "starting" | "running";
  /** While it starts: what is being done. */
  readonly step?: string;
  /** Why the one that was kept could not go on; a new one can be begun. */
  readonly error?: ErrorData;
}

export interface AloneService {
  readonly status: Observable<AloneStatus>;
  /** Begins a new one; it goes on after a reload. Errors: model-file-missing, those of storage and of the chain. */
  start(): Promise<void>;
  /** Ends it and deletes what it kept: its chain, its messages, its epochs. The page loads again. */
  forget(): Promise<void>;
}
