/**
 * The WebRTC transport of js-libp2p opens a data channel named "init" to make the browser gather candidates, waits for
 * its "open", closes it and waits for its "close". Either event may already have passed when the wait begins: then the
 * dial hangs until its time-out. Here a listener that comes too late is told at once.
 */
const INIT_LABEL = "init";
const patched = new WeakSet<object>();

/** Patches the prototype of a page's or a binding's RTCPeerConnection once; does nothing where there is none. */
export function repairInitChannel(
  scope: { readonly RTCPeerConnection?: { readonly prototype: object } } = globalThis,
): void {
  const prototype = scope.RTCPeerConnection?.prototype;
  if (prototype === undefined || patched.has(prototype)) return;
  const create: unknown = Reflect.get(prototype, "createDataChannel");
  if (typeof create !== "function") return;
  patched.add(prototype);
  const createDataChannel = function (this: object, ...options: readonly unknown[]): unknown {
    const channel: unknown = Reflect.apply(create, this, options);
    const isInit = options[0] === INIT_LABEL && channel instanceof EventTarget;
    return isInit ? tellLateListeners(channel) : channel;
  };
  Object.defineProperty(prototype, "createDataChannel", {
    value: createDataChannel,
    configurable: true,
    writable: true,
  });
}

function tellLateListeners(channel: EventTarget): EventTarget {
  const addEventListener = channel.addEventListener.bind(channel);
  const listen = (
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void => {
    addEventListener(type, listener, options);
    if (hasPassed(channel, type)) queueMicrotask(() => channel.dispatchEvent(new Event(type)));
  };
  Object.defineProperty(channel, "addEventListener", { value: listen });
  return channel;
}

function hasPassed(channel: EventTarget, type: string): boolean {
  const readyState: unknown = Reflect.get(channel, "readyState");
  if (type === "close") return readyState === "closed";
  return type === "open" && readyState !== "connecting";
}
