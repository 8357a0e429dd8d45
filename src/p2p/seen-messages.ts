/** Which messages were here, bounded in number and time; the oldest is forgotten first. */
export class SeenMessages {
  readonly #atMs = new Map<string, number>();
  readonly #maximum: number;
  readonly #keepMs: number;
  readonly #nowMs: () => number;

  constructor(maximum: number, keepMs: number, nowMs: () => number = Date.now) {
    this.#maximum = maximum;
    this.#keepMs = keepMs;
    this.#nowMs = nowMs;
  }

  /** Returns whether the id is new. */
  add(id: string): boolean {
    this.#forgetOld();
    if (this.#atMs.has(id)) return false;
    this.#atMs.set(id, this.#nowMs());
    return true;
  }

  forget(id: string): void {
    this.#atMs.delete(id);
  }

  #forgetOld(): void {
    const oldestMs = this.#nowMs() - this.#keepMs;
    for (const [id, atMs] of this.#atMs) {
      if (atMs > oldestMs && this.#atMs.size < this.#maximum) return;
      this.#atMs.delete(id);
    }
  }
}
