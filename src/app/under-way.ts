/** Work that was begun and that nobody waits for until the end. */
export class UnderWay {
  readonly #all = new Set<Promise<unknown>>();

  /** Gives the work back as it is: whoever waits for it hears of its errors. */
  add<T>(work: Promise<T>): Promise<T> {
    this.#all.add(work);
    const end = (): void => {
      this.#all.delete(work);
    };
    work.then(end, end);
    return work;
  }

  /** Resolves when all of it has ended, well or not, also what it began meanwhile. */
  async settled(): Promise<void> {
    while (this.#all.size > 0) await Promise.allSettled(this.#all);
  }
}
