/** What has been started, ended in the opposite order. */
export class Ends {
  readonly #ends: (() => unknown)[] = [];

  add(end: () => unknown): void {
    this.#ends.push(end);
  }

  /** What fails to end does not keep the rest from it. */
  async all(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) {
      await Promise.resolve()
        .then(end)
        .catch(() => undefined);
    }
  }
}
