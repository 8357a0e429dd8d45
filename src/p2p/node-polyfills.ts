/**
 * What libp2p and Helia use and Node 20 lacks; Node 22 has all of it. Imported first by every Node entry that runs a
 * network. Nothing is replaced where it exists.
 */
import { WebSocket } from "ws";

interface Resolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T | PromiseLike<T>) => void;
  readonly reject: (reason?: unknown) => void;
}

function withResolvers<T>(): Resolvers<T> {
  let resolve: Resolvers<T>["resolve"] = () => undefined;
  let reject: Resolvers<T>["reject"] = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

function define(target: object, name: string, value: unknown): void {
  if (name in target) return;
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}

/**
 * As the platform's own: an error that nobody listens for is nobody's. libp2p leaves a dial that took too long to itself, and
 * `ws` would end the process when such a socket is reset later.
 */
class UnheardWebSocket extends WebSocket {
  constructor(...given: ConstructorParameters<typeof WebSocket>) {
    super(...given);
    this.on("error", () => undefined);
  }
}

define(Promise, "withResolvers", withResolvers);
define(globalThis, "WebSocket", UnheardWebSocket);
