import { failure } from "../core/errors.ts";

/** What a process waits for of its chain, which may answer late or never: until it ends. */
export class Waits {
  readonly #fails = new Set<(reason: unknown) => void>();
  #isOver = false;

  /** Errors: the work's own; `aborted` once the waits have ended: then nothing is begun, and what was begun goes on unheard. */
  until<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.demand();
      this.#fails.add(reject);
      work()
        .then(resolve, reject)
        .finally(() => this.#fails.delete(reject));
    });
  }

  /** Errors: aborted. */
  demand(): void {
    if (this.#isOver) throw stopped();
  }

  /** Everything that waits fails with `aborted`, now and from now on. */
  end(): void {
    this.#isOver = true;
    for (const fail of this.#fails) fail(stopped());
    this.#fails.clear();
  }
}

const stopped = () => failure("aborted", "This node stops: it does not wait for the chain any more");
