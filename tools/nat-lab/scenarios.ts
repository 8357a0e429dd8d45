import { natSeenByStun } from "./coturn.ts";
import { type HomeTab, secondsUntil } from "./home-tab.ts";
import type { Lab, LabOptions } from "./lab.ts";
import { setLink } from "./namespaces.ts";

export interface Scenario {
  readonly name: string;
  readonly routers: LabOptions["routers"];
  readonly ice: LabOptions["ice"];
  /** What the link should be. */
  readonly link: LinkKind;
  readonly afterwards?: (lab: Lab, tabs: Tabs) => Promise<Findings>;
}

/** `turn`: direct for libp2p, carried by a TURN server all the same. */
export type LinkKind = "direct" | "relayed" | "turn";
type Tabs = readonly [HomeTab, HomeTab];
type Findings = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Finding extends Findings {
  readonly name: string;
  /** As what scenario asks for, and everything arrived. */
  readonly ok: boolean;
}

const LINK_SECONDS = 60;
const MESSAGE_SECONDS = 20;
/** Two attempts at a direct link are over by then, and the first rest after them. */
const SETTLE_SECONDS = 45;
const OUTAGE_SECONDS = 60;
/** Node ids, as log sync wants authors. */
const AUTHORS = { a: "aa".repeat(32), b: "bb".repeat(32) };
const RECONNECT_SECONDS = 150;

export const SCENARIOS: readonly Scenario[] = [
  { name: "port-restricted", routers: "port-restricted", ice: "stun", link: "direct" },
  { name: "symmetric", routers: "symmetric", ice: "stun", link: "relayed", afterwards: staysRelayed },
  { name: "symmetric-turn", routers: "symmetric", ice: "stun-and-turn", link: "turn" },
  { name: "no-udp-turn", routers: "no-udp", ice: "stun-and-turn", link: "turn" },
  { name: "ipv6", routers: "ipv6", ice: "stun", link: "direct" },
  { name: "partition", routers: "port-restricted", ice: "stun", link: "direct", afterwards: partition },
  { name: "partition-relayed", routers: "symmetric", ice: "stun", link: "relayed", afterwards: partition },
  { name: "relay-dies", routers: "port-restricted", ice: "stun", link: "direct", afterwards: relayDies },
];

export async function runScenario({ name, link, afterwards }: Scenario, lab: Lab): Promise<Finding> {
  const { homes, public: world } = lab.topology;
  const nat = natSeenByStun(homes[0], world.address);
  const tabs = await lab.openTabs();
  const startMs = performance.now();
  await lab.startNodes(tabs);
  const firstSeconds = await secondsUntil(() => areLinked(tabs), startMs, LINK_SECONDS);
  const linkSeconds = await secondsUntil(() => bothAre(tabs, link), startMs, LINK_SECONDS);
  const delivered = await talk(tabs, "hello");
  const found = {
    name,
    nat,
    link: await linkKind(tabs[0]),
    seconds: linkSeconds,
    firstLinkSeconds: firstSeconds,
    delivered,
    ...(await afterwards?.(lab, tabs)),
  };
  return { ...found, ok: found.link === link && linkSeconds !== undefined && allTrue(found) };
}

function allTrue(findings: Findings): boolean {
  return Object.values(findings).every((value) => value !== false);
}

async function linkKind(tab: HomeTab): Promise<LinkKind | "none"> {
  const peer = await tab.peer();
  if (peer === undefined) return "none";
  return peer.transport === "turn" ? "turn" : peer.link;
}

async function bothAre([one, other]: Tabs, kind: LinkKind): Promise<boolean> {
  return (await linkKind(one)) === kind && (await linkKind(other)) === kind;
}

async function areLinked([one, other]: Tabs): Promise<boolean> {
  return (await linkKind(one)) !== "none" && (await linkKind(other)) !== "none";
}

/** Both say something by gossip; whether both heard it. */
async function talk([one, other]: Tabs, text: string): Promise<boolean> {
  const ways = [
    { from: one, to: other, said: `${text} from a` },
    { from: other, to: one, said: `${text} from b` },
  ];
  const heard = await Promise.all(
    ways.map(async ({ from, to, said }) => {
      const sinceMs = performance.now();
      // Before the other side has subscribed, nobody is there to hear it.
      await secondsUntil(async () => (await from.say(said)) > 0, sinceMs, MESSAGE_SECONDS);
      return secondsUntil(() => to.heard(said), sinceMs, MESSAGE_SECONDS);
    }),
  );
  return heard.every((seconds) => seconds !== undefined);
}

/** What is relayed goes on, and nothing takes it for better than it is. */
async function staysRelayed(_: Lab, tabs: Tabs): Promise<Findings> {
  await pause(SETTLE_SECONDS);
  return { staysRelayed: await bothAre(tabs, "relayed"), deliveredLater: await talk(tabs, "later") };
}

/** The provider of home b fails for a minute; both go on writing. */
async function partition(lab: Lab, tabs: Tabs): Promise<Findings> {
  const [one, other] = tabs;
  const { uplink } = lab.topology.homes[1];
  setLink(uplink, "down");
  await one.write(AUTHORS.a, "while b was away");
  await other.write(AUTHORS.b, "while alone");
  await pause(OUTAGE_SECONDS);
  setLink(uplink, "up");
  const sinceMs = performance.now();
  const isSynced = async (): Promise<boolean> => {
    const logs = await Promise.all(tabs.flatMap((tab) => [tab.log(AUTHORS.a), tab.log(AUTHORS.b)]));
    return logs.every((log) => log.length === 1);
  };
  const syncedSeconds = await secondsUntil(isSynced, sinceMs, RECONNECT_SECONDS);
  const linkedSeconds = await secondsUntil(() => areLinked(tabs), sinceMs, RECONNECT_SECONDS);
  return {
    outageSeconds: OUTAGE_SECONDS,
    linkedAgainSeconds: linkedSeconds,
    logsSameSeconds: syncedSeconds,
    logsSame: syncedSeconds !== undefined,
    linkAfter: await linkKind(one),
    deliveredAfter: await talk(tabs, "again"),
  };
}

/** With a direct link nobody needs the relay. */
async function relayDies(lab: Lab, tabs: Tabs): Promise<Findings> {
  const linkedAtMs = (await tabs[0].peer())?.connectedAtMs;
  await lab.killRelay();
  const sinceMs = performance.now();
  const noticed = await secondsUntil(async () => (await tabs[0].relays()) === 0, sinceMs, SETTLE_SECONDS);
  await pause(SETTLE_SECONDS);
  const after = await tabs[0].peer();
  return {
    relayGoneSeconds: noticed,
    secondsWithout: Math.round((performance.now() - sinceMs) / 1_000),
    sameLink: after?.connectedAtMs === linkedAtMs && (await bothAre(tabs, "direct")),
    deliveredAfter: await talk(tabs, "without a relay"),
  };
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
}
