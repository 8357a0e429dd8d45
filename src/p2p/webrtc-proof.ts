/** How long after the end of signalling a connection may still come about: the other side knows of it a round trip earlier. */
const PATIENCE_MS = 2_000;
const DECIDED: readonly unknown[] = ["connected", "failed", "closed"];

/**
 * Whether bytes can pass on a connection underneath one of libp2p, of any transport: what is not WebRTC has passed some already.
 *
 * js-libp2p takes a WebRTC connection for made when its signalling ends, also when that ended because the caller gave up
 * (https://github.com/libp2p/js-libp2p/pull/3460). Between routers that let no datagram through, such a link carries nothing
 * until ICE gives up, and would push aside the relayed one that works.
 */
export async function canCarry(connection: object, patienceMs = PATIENCE_MS): Promise<boolean> {
  const peerConnection: unknown = Reflect.get(connection, "peerConnection");
  if (!(peerConnection instanceof EventTarget)) return true;
  await decided(peerConnection, patienceMs);
  return stateOf(peerConnection) === "connected";
}

/** Until the connection is made or has failed, but no longer than this. */
function decided(peerConnection: EventTarget, patienceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      peerConnection.removeEventListener("connectionstatechange", check);
      resolve();
    };
    const check = (): void => {
      if (DECIDED.includes(stateOf(peerConnection))) end();
    };
    const timer = setTimeout(end, patienceMs);
    peerConnection.addEventListener("connectionstatechange", check);
    check();
  });
}

function stateOf(peerConnection: EventTarget): unknown {
  return Reflect.get(peerConnection, "connectionState");
}
