/** Runs tasks of one key one after another. */
export class KeyedMutex {
  readonly #tails = new Map<string, Promise<unknown>>();

  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const result = before.then(task, task);
    const tail = result.catch(() => undefined);
    this.#tails.set(key, tail);
    void tail.then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    return result;
  }

  /** Runs a task under several keys at once. */
  runAll<T>(keys: Iterable<string>, task: () => Promise<T>): Promise<T> {
    // Everybody takes them in one order, so that no two wait for each other.
    const inOrder = [...new Set(keys)].sort();
    const runFrom = (at: number): Promise<T> => {
      const key = inOrder[at];
      return key === undefined ? task() : this.run(key, () => runFrom(at + 1));
    };
    return runFrom(0);
  }
}
