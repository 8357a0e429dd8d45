import type { Stream } from "@libp2p/interface";

/** Bytes that wait in the stream while it sends the ones before: it never runs dry between two of our turns. */
const AHEAD_BYTES = 1024 * 1024;

/**
 * Resolves when the stream wants more bytes. libp2p's own `onDrain` resolves at once from the second time on, and
 * everything would pile up in memory. Rejects when the stream ends or `signal` fires.
 */
export async function roomIn(stream: Stream, signal: AbortSignal): Promise<void> {
  while (stream.writeBufferLength > AHEAD_BYTES) {
    signal.throwIfAborted();
    if (stream.status !== "open") throw new Error("the stream has ended");
    await nextDrain(stream, signal);
  }
}

function nextDrain(stream: Stream, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, rejectDrain) => {
    const end = (): void => {
      stream.removeEventListener("drain", drained);
      stream.removeEventListener("close", closed);
      signal.removeEventListener("abort", closed);
    };
    // The stream sends what waits in a microtask after this event.
    const drained = (): void => {
      end();
      queueMicrotask(resolve);
    };
    const closed = (): void => {
      end();
      rejectDrain(new Error("the stream has ended"));
    };
    stream.addEventListener("drain", drained);
    stream.addEventListener("close", closed);
    signal.addEventListener("abort", closed);
  });
}
