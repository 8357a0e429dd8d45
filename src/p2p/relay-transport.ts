import { circuitRelayTransport } from "@libp2p/circuit-relay-v2";
import type { AddressManager } from "@libp2p/interface-internal";
import { isNetworkAddress } from "@libp2p/utils";

/**
 * libp2p's relay transport, for relays that are tabs too. A tab's address may name no host (`/webrtc/p2p/…`), and libp2p throws
 * into the void where it forgets such an address with the relay (libp2p 3.3, `DNSMappings.has`). Nothing is mapped to such an
 * address, so there is nothing to forget: the transport's own list of addresses ends by itself.
 */
export function relayTransport(): ReturnType<typeof circuitRelayTransport> {
  const create = circuitRelayTransport();
  return (components) => create(withAddresses(components, forgetful(components.addressManager)));
}

/** The components are looked up by name when they are used: they cannot be spread. */
function withAddresses<T extends object>(components: T, addressManager: AddressManager): T {
  return new Proxy(components, {
    get: (of, name) => (name === "addressManager" ? addressManager : Reflect.get(of, name)),
  });
}

function forgetful(manager: AddressManager): AddressManager {
  const removeObservedAddr: AddressManager["removeObservedAddr"] = (address) => {
    if (isNetworkAddress(address)) manager.removeObservedAddr(address);
  };
  return new Proxy(manager, {
    get: (of, name) => {
      if (name === "removeObservedAddr") return removeObservedAddr;
      const part: unknown = Reflect.get(of, name);
      return typeof part === "function" ? part.bind(of) : part;
    },
  });
}
