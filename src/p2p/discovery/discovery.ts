import { type TopicValidatorFn, TopicValidatorResult } from "@libp2p/gossipsub";
import type { Connection, Ed25519PrivateKey, PeerId } from "@libp2p/interface";
import { ParleyError, toErrorData } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import { TokenBucket } from "../../core/token-bucket.ts";
import type { ParleyLibp2p } from "../libp2p.ts";
import type { Peers } from "../peers.ts";
import type { Refusals } from "../refusals.ts";
import { shuffled } from "../shuffled.ts";
import {
  type Announcement,
  announcedAddresses,
  DISCOVERY_TOPIC,
  isByPeer,
  openAnnouncement,
  signAnnouncement,
} from "./announcement.ts";
import { ANNOUNCE_EVERY_MS, AnnouncementPace } from "./announcement-pace.ts";
import type { Dialler } from "./dialler.ts";
import { KnownPeers } from "./known-peers.ts";
import { answerPeers, askForPeers, PEER_EXCHANGE_PROTOCOL } from "./peer-exchange.ts";

/** Something changed: say it soon, but not for each of many. */
const ANNOUNCE_SOON_MS = 200;
/** A lost link may come back by the other end's dial; who reloads a page is not there yet. */
const REDIAL_AFTER_MS = 1_000;
/** Whom this node asks for others: the first relays and peers that it meets, and after a while again. */
const QUESTIONS = { burst: 6, perMinute: 6 } as const;

export interface DiscoveryOptions {
  readonly libp2p: ParleyLibp2p;
  readonly privateKey: Ed25519PrivateKey;
  readonly peers: Peers;
  readonly dialler: Dialler;
  readonly refusals: Refusals;
  readonly networkName: string;
  /** A relay that holds a reservation for this node introduces it to WebRTC connections. */
  readonly isIntroduced: boolean;
}

/**
 * Says where this node is, on the discovery topic, to relays and peers alike; asks those that it meets whom they know;
 * hands what it hears to the dialler, and again every few seconds while a peer that is known is not linked.
 */
export class Discovery {
  readonly #options: DiscoveryOptions;
  readonly #pace = new AnnouncementPace(Date.now());
  readonly #questions = new TokenBucket(QUESTIONS, Date.now());
  readonly #known = new KnownPeers(LIMITS.knownPeers);
  /** Identified again, a connection is told of again. */
  readonly #asked = new WeakSet<Connection>();
  readonly #stopped = new AbortController();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #interval: ReturnType<typeof setInterval> | undefined;
  #soon: ReturnType<typeof setTimeout> | undefined;
  #sequence = Date.now();
  /** What somebody was told last. */
  #said: ReadonlySet<string> = new Set();
  #topology: string | undefined;
  #stopAnswering: () => Promise<void> = async () => undefined;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { libp2p, refusals } = this.#options;
    const { pubsub, reservations } = libp2p.services;
    pubsub.topicValidators.set(DISCOVERY_TOPIC, this.#validate);
    pubsub.subscribe(DISCOVERY_TOPIC);
    pubsub.addEventListener("subscription-change", this.#announceNews);
    libp2p.addEventListener("peer:disconnect", this.#lost);
    reservations.onChange(this.#announceNews);
    this.#stopAnswering = await answerPeers(
      libp2p,
      this.#known,
      async (bytes) => {
        await this.#heard(bytes);
      },
      (peer, { data }) => refusals.add(peer, data),
    );
    this.#topology = await libp2p.register(PEER_EXCHANGE_PROTOCOL, {
      notifyOnLimitedConnection: true,
      onConnect: (peer) => {
        this.#ask(peer).catch((thrown: unknown) => this.#refuse(peer, thrown));
      },
    });
    this.#interval = setInterval(() => this.#tick(), ANNOUNCE_EVERY_MS);
    this.announceSoon();
  }

  async stop(): Promise<void> {
    const { libp2p } = this.#options;
    this.#stopped.abort();
    clearInterval(this.#interval);
    clearTimeout(this.#soon);
    for (const timer of this.#timers) clearTimeout(timer);
    this.#soon = undefined;
    libp2p.services.pubsub.removeEventListener("subscription-change", this.#announceNews);
    libp2p.removeEventListener("peer:disconnect", this.#lost);
    if (this.#topology !== undefined) libp2p.unregister(this.#topology);
    await this.#stopAnswering();
  }

  /** There is reason to say it again: waiting has lost its sense. */
  hurry(): void {
    this.announceSoon();
    this.#dialKnown();
  }

  announceSoon(): void {
    if (this.#stopped.signal.aborted) return;
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      if (this.#pace.news(Date.now())) this.#announce().catch(() => undefined);
    }, ANNOUNCE_SOON_MS);
  }

  /** Only where something can be reached that nobody was told of: links come and go, and most of them change nothing. */
  readonly #announceNews = (): void => {
    const addresses = this.#addresses();
    // Ways through peers are for when no relay answers.
    const strangers = addresses.filter((address) => !isByPeer(address));
    const counted = strangers.length > 0 ? strangers : addresses;
    if (counted.some((address) => !this.#said.has(address))) this.announceSoon();
  };

  #tick(): void {
    if (this.#pace.beat(Date.now())) this.#announce().catch(() => undefined);
    this.#dialKnown();
    this.#repairGossip();
  }

  async #announce(): Promise<void> {
    const { pubsub } = this.#options.libp2p.services;
    const addresses = this.#addresses();
    const { recipients } = await pubsub.publish(DISCOVERY_TOPIC, await this.#sign(addresses));
    if (recipients.length > 0) this.#said = new Set(addresses);
  }

  #sign(addresses: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
    const { networkName: network, privateKey } = this.#options;
    return signAnnouncement({ network, addresses, sequence: this.#sequence++ }, privateKey);
  }

  #addresses(): string[] {
    const { libp2p, isIntroduced } = this.#options;
    const own = libp2p.getMultiaddrs().map(String);
    const relaying = libp2p.services.reservations.relayingPeers();
    return announcedAddresses(own, libp2p.peerId.toString(), relaying, isIntroduced);
  }

  readonly #validate: TopicValidatorFn = async (from, message) => {
    try {
      // Announcements of other networks are passed on: the relay and its topic are shared. Old ones are not.
      return (await this.#heard(message.data)) ? TopicValidatorResult.Accept : TopicValidatorResult.Ignore;
    } catch (thrown) {
      this.#options.refusals.add(from, toErrorData(thrown));
      return TopicValidatorResult.Reject;
    }
  };

  /** Whether it was news of its peer. Errors: those of openAnnouncement. */
  async #heard(bytes: Uint8Array, ageMs = 0): Promise<boolean> {
    const announcement = await openAnnouncement(bytes);
    if (!this.#known.learn(announcement, bytes, ageMs)) return false;
    if (announcement.network === this.#options.networkName) this.#dial(announcement);
    return true;
  }

  #dial(announcement: Announcement): void {
    if (!this.#stopped.signal.aborted) this.#options.dialler.announced(announcement);
  }

  #dialKnown(): void {
    // By chance: else all would choose those that everybody heard of last.
    for (const { announcement } of shuffled(this.#known.list(this.#options.networkName)))
      this.#dial(announcement);
  }

  readonly #lost = ({ detail }: CustomEvent<PeerId>): void => {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      const announcement = this.#known.of(this.#options.networkName, detail.toString());
      if (announcement !== undefined) this.#dial(announcement);
    }, REDIAL_AFTER_MS);
    this.#timers.add(timer);
  };

  async #ask(peer: PeerId): Promise<void> {
    const connection = this.#options.peers.best(peer);
    if (connection === undefined || this.#asked.has(connection)) return;
    if (!this.#questions.take(1, Date.now())) return;
    this.#asked.add(connection);
    const addresses = this.#addresses();
    const own = addresses.length === 0 ? null : await this.#sign(addresses);
    const question = { network: this.#options.networkName, own };
    const { known } = await askForPeers(connection, question, this.#stopped.signal);
    for (const { ageMs, announcement } of shuffled(known)) await this.#heard(announcement, ageMs);
  }

  #refuse(peer: PeerId, thrown: unknown): void {
    // Whoever does not answer did nothing wrong.
    if (thrown instanceof ParleyError) this.#options.refusals.add(peer, thrown.data);
  }

  /**
   * Every node subscribes to the discovery topic. A connected peer that does not seem to lost its gossip streams with a
   * connection that was replaced: identifying it again makes GossipSub open new ones.
   */
  #repairGossip(): void {
    const { libp2p, peers } = this.#options;
    const { pubsub, identify } = libp2p.services;
    const subscribed = new Set(pubsub.getSubscribers(DISCOVERY_TOPIC).map(String));
    for (const peer of libp2p.getPeers()) {
      const connection = peers.best(peer);
      if (connection === undefined || subscribed.has(peer.toString())) continue;
      identify.identify(connection, { runOnLimitedConnection: true }).catch(() => undefined);
    }
  }
}
