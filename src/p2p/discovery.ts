import type { TopicValidatorFn } from "@libp2p/gossipsub";
import { TopicValidatorResult } from "@libp2p/gossipsub";
import { toErrorData } from "../core/errors.ts";
import {
  type Announcement,
  announcedAddresses,
  DISCOVERY_TOPIC,
  decodeAnnouncement,
  encodeFitting,
} from "./announcement.ts";
import { ANNOUNCE_EVERY_MS, AnnouncementPace } from "./announcement-pace.ts";
import type { Dialler } from "./dialler.ts";
import type { ParleyLibp2p } from "./libp2p.ts";
import type { Peers } from "./peers.ts";
import type { Refusals } from "./refusals.ts";

/** Something changed (a new subscriber, a reservation, a stranger was heard): say it soon, but not for each of many. */
const ANNOUNCE_SOON_MS = 200;

/** Announces this node on the discovery topic, to relays and peers alike, and hands announcements to the dialler. */
export class Discovery {
  readonly #libp2p: ParleyLibp2p;
  readonly #peers: Peers;
  readonly #dialler: Dialler;
  readonly #refusals: Refusals;
  readonly #network: string;
  readonly #speaksWebRtc: boolean;
  readonly #pace = new AnnouncementPace(Date.now());
  #interval: ReturnType<typeof setInterval> | undefined;
  #soon: ReturnType<typeof setTimeout> | undefined;
  #sequence = Date.now();

  constructor(
    libp2p: ParleyLibp2p,
    peers: Peers,
    dialler: Dialler,
    refusals: Refusals,
    network: string,
    speaksWebRtc: boolean,
  ) {
    this.#libp2p = libp2p;
    this.#peers = peers;
    this.#dialler = dialler;
    this.#refusals = refusals;
    this.#network = network;
    this.#speaksWebRtc = speaksWebRtc;
  }

  start(): void {
    const { pubsub, reservations } = this.#libp2p.services;
    pubsub.topicValidators.set(DISCOVERY_TOPIC, this.#validate);
    pubsub.subscribe(DISCOVERY_TOPIC);
    pubsub.addEventListener("subscription-change", this.announceSoon);
    this.#libp2p.addEventListener("peer:disconnect", this.announceSoon);
    reservations.onChange(this.announceSoon);
    this.#interval = setInterval(() => this.#tick(), ANNOUNCE_EVERY_MS);
    this.announceSoon();
  }

  stop(): void {
    clearInterval(this.#interval);
    clearTimeout(this.#soon);
    this.#soon = undefined;
    this.#libp2p.services.pubsub.removeEventListener("subscription-change", this.announceSoon);
    this.#libp2p.removeEventListener("peer:disconnect", this.announceSoon);
  }

  readonly announceSoon = (): void => {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      if (this.#pace.news(Date.now())) this.#announce().catch(() => undefined);
    }, ANNOUNCE_SOON_MS);
  };

  #tick(): void {
    if (this.#pace.beat(Date.now())) this.#announce().catch(() => undefined);
    this.#repairGossip();
  }

  async #announce(): Promise<void> {
    const announcement: Announcement = {
      network: this.#network,
      peer: this.#libp2p.peerId.toString(),
      addresses: this.#addresses(),
      sequence: this.#sequence++,
    };
    await this.#libp2p.services.pubsub.publish(DISCOVERY_TOPIC, encodeFitting(announcement));
  }

  #addresses(): string[] {
    const own = this.#libp2p.getMultiaddrs().map(String);
    const relaying = this.#libp2p.services.reservations.relayingPeers();
    return announcedAddresses(own, this.#libp2p.peerId.toString(), relaying, this.#speaksWebRtc);
  }

  readonly #validate: TopicValidatorFn = (from, message) => {
    try {
      const announcement = decodeAnnouncement(message.data);
      // Announcements of other networks are passed on: the relay and its topic are shared.
      if (announcement.network === this.#network && this.#dialler.announced(announcement))
        this.announceSoon();
      return TopicValidatorResult.Accept;
    } catch (thrown) {
      this.#refusals.add(from, toErrorData(thrown));
      return TopicValidatorResult.Reject;
    }
  };

  /**
   * Every node subscribes to the discovery topic. A connected peer that does not seem to lost its gossip streams with a
   * connection that was replaced: identifying it again makes GossipSub open new ones.
   */
  #repairGossip(): void {
    const { pubsub, identify } = this.#libp2p.services;
    const subscribed = new Set(pubsub.getSubscribers(DISCOVERY_TOPIC).map(String));
    for (const peer of this.#libp2p.getPeers()) {
      const connection = this.#peers.best(peer);
      if (connection === undefined || subscribed.has(peer.toString())) continue;
      identify.identify(connection, { runOnLimitedConnection: true }).catch(() => undefined);
    }
  }
}
