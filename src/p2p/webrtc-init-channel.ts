/**
 * The WebRTC transport of js-libp2p opens a data channel named "init" to make the browser gather candidates, waits for
 * its "open", closes it and waits for its "close". Either event may already have passed when the wait begins: then the
 * dial hangs until its time-out. Here a listener that comes too late is told at once.
 */
const INIT_LABEL = "init";
const patched = new WeakSet<object>();

/** Patches RTCPeerConnection of this page once; does nothing where there is none. */
export function repairInitChannel(
  scope: { RTCPeerConnection?: typeof RTCPeerConnection } = globalThis,
): void {
  const prototype = scope.RTCPeerConnection?.prototype;
  if (prototype === undefined || patched.has(prototype)) return;
  patched.add(prototype);
  const createDataChannel = prototype.createDataChannel;
  prototype.createDataChannel = function (this: RTCPeerConnection, label, options) {
    const channel = createDataChannel.call(this, label, options);
    return label === INIT_LABEL ? tellLateListeners(channel) : channel;
  };
}

function tellLateListeners(channel: RTCDataChannel): RTCDataChannel {
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

function hasPassed(channel: RTCDataChannel, type: string): boolean {
  if (type === "close") return channel.readyState === "closed";
  return type === "open" && channel.readyState !== "connecting";
}
