import { describePace } from "../ports/acceptance/pace.ts";
import type { Pace } from "../ports/pace.ts";
import { connectRpc, serveRpc } from "./rpc.ts";

interface WorkProtocol {
  work: { request: null; response: null; event: never };
  ask: { request: null; response: null; event: never };
}

/** A worker, and the pace of the first work that it gets. */
function serveWork(port: MessagePort): { readonly serving: Promise<Pace>; readonly stop: () => void } {
  let begun: (pace: Pace) => void = () => undefined;
  const serving = new Promise<Pace>((resolve) => {
    begun = resolve;
  });
  const stop = serveRpc<WorkProtocol>(port, {
    work: (_, { pace, signal }) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => resolve(null));
        begun(pace);
      }),
    ask: () => null,
  });
  return { serving, stop };
}

/** What a page's pace is in its worker. */
describePace("over postMessage", async () => {
  const channel = new MessageChannel();
  const { serving, stop } = serveWork(channel.port2);
  const client = connectRpc<WorkProtocol>(channel.port1);

  let isHeld = false;
  const listeners = new Set<() => void>();
  const pace: Pace = {
    get isHeld() {
      return isHeld;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const end = new AbortController();
  const work = client.call("work", null, { pace, signal: end.signal });
  return {
    pace: await serving,
    async hold(wanted) {
      isHeld = wanted;
      for (const listener of [...listeners]) listener();
      // Messages arrive in their order.
      await client.call("ask", null);
    },
    async dispose() {
      end.abort();
      await work;
      client.close();
      stop();
      channel.port1.close();
      channel.port2.close();
    },
  };
});
