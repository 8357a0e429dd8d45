import { addAddress, addRoute, connect, inside, type Namespaces, type Plug, setLink } from "./namespaces.ts";
import { PAGE_PORT, RELAY_PORT, TURN } from "./ports.ts";

/**
 * What a home's router does with datagrams. `port-restricted`: one outer port for each inner one, and in comes only what
 * answers (the stricter kind of cone NAT). `symmetric`: another outer port for each destination. `no-udp`: none pass, as in many
 * offices. `ipv6`: no translation and no IPv4 at all, a firewall that lets in only what answers.
 */
export type RouterKind = "port-restricted" | "symmetric" | "no-udp" | "ipv6";

/** A network: one public machine, two homes, each behind a router of its own. */
export interface Topology {
  /** Addresses of the public machine: two, since a STUN server needs two to tell what a router does. */
  readonly public: { readonly namespace: string; readonly address: string; readonly second: string };
  readonly homes: readonly [Home, Home];
}

export interface Home {
  readonly name: "a" | "b";
  readonly namespace: string;
  readonly router: string;
  /** The router's link to the world. */
  readonly uplink: Plug;
}

/** Addresses that are public by kind and nobody's by rule: RFC 5737 and RFC 3849. */
const WORLD = {
  ipv4: { address: "203.0.113.1", second: "203.0.113.2", prefix: "203.0.113.", length: 24 },
  ipv6: { address: "2001:db8::1", second: "2001:db8::2", prefix: "2001:db8::", length: 64 },
} as const;
const ROUTER_NUMBER = { a: "10", b: "20" } as const;
const IPV6_HOME = { a: "2001:db8:a::", b: "2001:db8:b::" } as const;
const IPV4_HOME = { a: "192.168.1.", b: "192.168.2." } as const;

/** Of the public machine: what docs/operators.md says to open, the page, the relay, and what an IPv6 router must pass on. */
const WORLD_RULES = `table inet firewall {
  chain incoming { type filter hook input priority filter; policy drop;
    iif lo accept
    ct state { established, related } accept
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
    tcp dport { ${PAGE_PORT}, ${RELAY_PORT}, ${TURN.port} } accept
    udp dport { ${TURN.port}, ${TURN.alternative}, ${TURN.first}-${TURN.last} } accept
  }
}`;

export function buildTopology(namespaces: Namespaces, kind: RouterKind): Topology {
  const world = kind === "ipv6" ? WORLD.ipv6 : WORLD.ipv4;
  const namespace = namespaces.add("public");
  const exchange = { namespace, device: "exchange" };
  inside(namespace, "ip", ["link", "add", exchange.device, "type", "bridge"]);
  setLink(exchange, "up");
  for (const address of [world.address, world.second]) addAddress(exchange, `${address}/${world.length}`);
  inside(namespace, "nft", ["-f", "-"], WORLD_RULES);
  const home = (name: "a" | "b"): Home => buildHome(namespaces, kind, name, namespace);
  const homes = [home("a"), home("b")] as const;
  return { public: { namespace, address: world.address, second: world.second }, homes };
}

function buildHome(namespaces: Namespaces, kind: RouterKind, name: "a" | "b", world: string): Home {
  const namespace = namespaces.add(`home-${name}`);
  const router = namespaces.add(`router-${name}`);
  const uplink = { namespace: router, device: "wan" };
  const port = { namespace: world, device: `to-${name}` };
  const inner = { namespace: router, device: "lan" };
  const outlet = { namespace, device: "lan" };
  connect(uplink, port);
  inside(world, "ip", ["link", "set", port.device, "master", "exchange"]);
  connect(inner, outlet);
  const number = ROUTER_NUMBER[name];
  if (kind === "ipv6") {
    const prefix = IPV6_HOME[name];
    const outer = `${WORLD.ipv6.prefix}${number}`;
    addAddress(uplink, `${outer}/64`);
    addAddress(inner, `${prefix}1/64`);
    addAddress(outlet, `${prefix}2/64`);
    addRoute(world, `${prefix}/64`, outer);
    addRoute(namespace, "default", `${prefix}1`);
    // What is for the other home goes over the public machine, as over a provider.
    addRoute(router, "default", WORLD.ipv6.address);
    for (const forwarder of [router, world])
      inside(forwarder, "sysctl", ["-qw", "net.ipv6.conf.all.forwarding=1"]);
  } else {
    const prefix = IPV4_HOME[name];
    addAddress(uplink, `${WORLD.ipv4.prefix}${number}/24`);
    addAddress(inner, `${prefix}1/24`);
    addAddress(outlet, `${prefix}2/24`);
    addRoute(namespace, "default", `${prefix}1`);
    inside(router, "sysctl", ["-qw", "net.ipv4.ip_forward=1"]);
  }
  inside(router, "nft", ["-f", "-"], rulesOf(kind));
  return { name, namespace, router, uplink };
}

/**
 * Of a router, for nft(8). What was not asked for is dropped before it leaves a trace: a trace would take the port that the
 * answer to it needs.
 */
function rulesOf(kind: RouterKind): string {
  const firewall = `table inet firewall {
    chain incoming { type filter hook input priority filter;
      iifname "wan" icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } accept
      iifname "wan" ct state { new, invalid } drop
    }
    chain through { type filter hook forward priority filter;
      iifname "wan" ct state { new, invalid } drop
      ${kind === "no-udp" ? "meta l4proto udp drop" : ""}
    }
  }`;
  if (kind === "ipv6") return firewall;
  const masquerade = kind === "symmetric" ? "masquerade fully-random" : "masquerade";
  return `${firewall}
  table ip nat {
    chain outgoing { type nat hook postrouting priority srcnat; oifname "wan" ${masquerade}; }
  }`;
}
