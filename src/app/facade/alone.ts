import type { ErrorData } from "../../core/errors.ts";
import type { Observable } from "../observable.ts";

/** A network of this browser alone, for a page that was served without one. */
export interface AloneStatus {
  /** `unopened`: one is kept that cannot be opened, `error` says why; it stays until a new one is begun. */
  readonly state: "offered" | "unopened" | "starting" | "running";
  /** While it starts: what is being done. */
  readonly step?: string;
  readonly error?: ErrorData;
}

export interface AloneService {
  readonly status: Observable<AloneStatus>;
  /** Begins a new one, in the place of one that is kept; it goes on after a reload. Errors: model-file-missing, those of storage and of the chain. */
  start(): Promise<void>;
  /** Ends it and deletes what it kept: its chain, its messages, its epochs. The page loads again. */
  forget(): Promise<void>;
}
