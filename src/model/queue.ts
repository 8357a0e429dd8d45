/** Runs tasks one after the other: a session runs one thing at a time. */
export class Queue {
  #tail: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task);
    this.#tail = result.catch(() => undefined);
    return result;
  }
}

/**
 * Lets events (messages, aborts) be handled before going on. Awaiting a run of a graph alone does not: it resolves
 * without leaving the microtask queue. A message channel, because timers are clamped to 4 ms.
 */
export function nextEvent(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
