import { failure } from "../../src/core/errors.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { MemoryDisk as Disk, MemoryStore as PlainStore } from "../../src/store/memory.ts";

/** What lies on the disk. */
export class MemoryDisk extends Disk {
  /** Switch: every write fails as on a full disk. */
  full = false;
}

/** How slowly a disk writes. A write resolves, and is seen by reads, when it is durable; not before. */
export interface WriteDelay {
  readonly clock: Clock;
  /** Of the next write. */
  delayMs(): number;
}

/** The store in memory, on a disk that can be full or slow, and whose power can go. */
export class MemoryStore extends PlainStore {
  readonly #switches: MemoryDisk;
  readonly #delay: WriteDelay | undefined;
  #crashed = false;
  #durableAtMs = 0;

  constructor(disk = new MemoryDisk(), delay?: WriteDelay) {
    super(disk);
    this.#switches = disk;
    this.#delay = delay;
  }

  /** Power is gone: writes that have not resolved are lost, and never resolve. */
  crash(): void {
    this.#crashed = true;
    void this.close();
  }

  /** In the order of the writes, as a database commits them. */
  protected override async durable(): Promise<void> {
    if (this.#delay !== undefined) await this.#delayed(this.#delay);
    if (this.#switches.full) throw failure("storage-full", "There is no room left on this device");
  }

  #delayed({ clock, delayMs }: WriteDelay): Promise<void> {
    this.#durableAtMs = Math.max(this.#durableAtMs, clock.nowMs() + delayMs());
    return new Promise((resolve) => {
      clock.at(this.#durableAtMs, () => {
        if (!this.#crashed) resolve();
      });
    });
  }
}
