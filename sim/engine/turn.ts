/** The only place where the simulator waits for the event loop: Node's setImmediate, or a message channel in browsers. */

const waiting: (() => void)[] = [];
const channel = typeof setImmediate === "undefined" ? openChannel() : undefined;

/** One turn of the event loop: promise chains that wait for no timer have run to their end when it is over. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (channel === undefined) {
      setImmediate(resolve);
      return;
    }
    waiting.push(resolve);
    channel.postMessage(undefined);
  });
}

function openChannel(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => waiting.shift()?.();
  return port2;
}
