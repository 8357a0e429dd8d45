/** What a test drives inside a page: a real network node whose messages and logs are plain texts. */
import type { Stream } from "@libp2p/interface";
import { ContentKeeper } from "../../src/app/content/keeper.ts";
import { parseCid } from "../../src/core/codec/dag-cbor.ts";
import { type ErrorData, ignore, reject, toErrorData } from "../../src/core/errors.ts";
import { nodeIdOf } from "../../src/core/identity.ts";
import { collect } from "../../src/p2p/collect.ts";
import { DISCOVERY_TOPIC } from "../../src/p2p/discovery/announcement.ts";
import type { IceServer } from "../../src/p2p/libp2p.ts";
import { createNetwork, type Network } from "../../src/p2p/node.ts";
import type { LinkTransport, NetworkStatus } from "../../src/ports/gossip.ts";
import type { LogHeads, LogSource } from "../../src/ports/log-sync.ts";
import { browserSpace } from "../../src/store/space.ts";
import { createStore } from "../../src/store/store.ts";
import { systemClock, systemRandom } from "../../src/store/system.ts";

const RAW_PROTOCOL = "/parley/bench/raw/1";
const RAW_PIECE_BYTES = 256 * 1024;
const TOPIC = "parley/e2e";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export interface HarnessOptions {
  readonly seed: number;
  readonly relays: readonly string[];
  readonly networkName: string;
  /** DNS-over-HTTPS. */
  readonly dnsResolvers?: readonly string[];
  /** Keep addresses and own relays in the browser's database. */
  readonly keep?: boolean;
  readonly mirrors?: readonly string[];
  /** STUN and TURN; none are asked when absent. */
  readonly iceServers?: readonly IceServer[];
}

/** A log of texts by author; refuses holes. */
class TextLogs implements LogSource {
  readonly logs = new Map<string, string[]>();

  async heads(): Promise<LogHeads> {
    return new Map([...this.logs].map(([author, log]) => [author, log.length]));
  }

  async read(author: string, from: number, to: number): Promise<readonly Uint8Array[]> {
    const log = this.logs.get(author) ?? [];
    return log.slice(from, to).map((text, offset) => encoder.encode(`${author}:${from + offset}:${text}`));
  }

  async ingestAll(batch: readonly Uint8Array[]): Promise<readonly (ErrorData | undefined)[]> {
    return batch.map((bytes) => this.#ingest(bytes));
  }

  async find(): Promise<readonly Uint8Array[]> {
    return [];
  }

  async votesAfter(): Promise<readonly Uint8Array[]> {
    return [];
  }

  #ingest(bytes: Uint8Array): ErrorData | undefined {
    const [author = "", sequence = "", text = ""] = decoder.decode(bytes).split(":");
    const log = this.logs.get(author) ?? [];
    if (Number(sequence) < log.length) return undefined;
    if (Number(sequence) > log.length) return ignore("log-gap", "Hole").data;
    log.push(text);
    this.logs.set(author, log);
    return undefined;
  }
}

export class Harness {
  readonly heard: string[] = [];
  readonly #logs = new TextLogs();
  #network: Network | undefined;

  async start(options: HarnessOptions): Promise<void> {
    const { seed, relays, networkName, dnsResolvers, keep = false } = options;
    this.#network = await createNetwork({
      dnsResolvers,
      mirrors: options.mirrors,
      iceServers: options.iceServers,
      ...(keep ? { store: await createStore({ network: networkName }) } : {}),
      identitySeed: new Uint8Array(32).fill(seed),
      relays,
      networkName,
      blocks: { kind: "idb", name: `blocks-${seed}` },
      localNetwork: true,
      platform: "browser",
    });
    this.#network.gossip.onStatus(({ peers }) => {
      for (const { transport } of peers) if (transport !== undefined) this.transportsSeen.add(transport);
    });
    this.#network.libp2p.services.pubsub.addEventListener("gossipsub:message", ({ detail }) => {
      if (detail.msg.topic === DISCOVERY_TOPIC) this.announcements += 1;
    });
    this.#network.gossip.subscribe(TOPIC, async (bytes) => {
      const text = decoder.decode(bytes);
      if (text.startsWith("bad")) return reject("test-rejected", "Bad").data;
      this.heard.push(text);
      return undefined;
    });
    await this.#network.logSync.start(this.#logs);
  }

  /** Announcements of peers heard so far. */
  announcements = 0;

  /** What links with peers ran over so far. */
  readonly transportsSeen = new Set<LinkTransport>();

  /** When this page got its first direct link, on its own clock, which began with the navigation. */
  firstDirectLinkMs(giveUpMs: number): Promise<number> {
    const { gossip } = this.#running();
    const hasLink = (): boolean => gossip.status().peers.some(({ link }) => link === "direct");
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("no direct link")), giveUpMs);
      const check = (): void => {
        if (!hasLink()) return;
        stop();
        clearTimeout(timer);
        resolve(performance.now());
      };
      const stop = gossip.onStatus(check);
      check();
    });
  }

  /** Undefined when it was taken; else why not. */
  async addRelay(address: string): Promise<ErrorData | undefined> {
    return this.#running()
      .ownRelays.add(address)
      .then(() => undefined, toErrorData);
  }

  async removeRelay(address: string): Promise<ErrorData | undefined> {
    return this.#running()
      .ownRelays.remove(address)
      .then(() => undefined, toErrorData);
  }

  /** Ends every connection with a peer, on both sides. */
  hangUp(peerId: string): void {
    for (const connection of this.#running().libp2p.getConnections()) {
      if (connection.remotePeer.toString() === peerId) connection.abort(new Error("hung up"));
    }
  }

  peerId(): string {
    return this.#running().libp2p.peerId.toString();
  }

  /** Address of the connection with each peer. */
  links(): readonly string[] {
    return this.#running()
      .libp2p.getConnections()
      .map(({ remoteAddr }) => remoteAddr.toString());
  }

  status(): NetworkStatus {
    return this.#running().gossip.status();
  }

  publish(text: string): Promise<number> {
    return this.#running().gossip.publish(TOPIC, encoder.encode(text));
  }

  append(author: string, text: string): void {
    this.#logs.logs.set(author, [...(this.#logs.logs.get(author) ?? []), text]);
  }

  log(author: string): readonly string[] {
    return this.#logs.logs.get(author) ?? [];
  }

  /** A DAG-CBOR byte string of this size; returns its CID. */
  put(bytes: number, seed: number): Promise<string> {
    const block = new Uint8Array(bytes);
    for (let index = 0; index < bytes; index++) block[index] = (index * 31 + seed) & 255;
    const content = bytes - 5;
    block.set([0x5a, content >>> 24, (content >>> 16) & 255, (content >>> 8) & 255, content & 255]);
    return this.#running().artifacts.put(block);
  }

  /** Fetches a block that this page does not hold. */
  async fetch(cid: string): Promise<{ bytes: number; ms: number }> {
    const startMs = performance.now();
    const { length } = await this.#running().artifacts.get(cid, { timeoutMs: 60_000 });
    return { bytes: length, ms: performance.now() - startMs };
  }

  /** The same by bitswap alone. */
  async fetchByBitswap(cid: string): Promise<{ bytes: number; ms: number }> {
    const startMs = performance.now();
    const { length } = await collect(this.#running().helia.blockstore.get(parseCid(cid)));
    return { bytes: length, ms: performance.now() - startMs };
  }

  /** Fetches all of them side by side. */
  async fetchMany(cids: readonly string[]): Promise<{ bytes: number; ms: number }> {
    const startMs = performance.now();
    const { artifacts } = this.#running();
    const blocks = await Promise.all(cids.map((cid) => artifacts.get(cid, { timeoutMs: 120_000 })));
    const bytes = blocks.reduce((sum, { length }) => sum + length, 0);
    return { bytes, ms: performance.now() - startMs };
  }

  /** Looks after these blocks as a node does after what its network keeps together. */
  async keepTogether(cids: readonly string[], seed: number): Promise<void> {
    const { artifacts, content, gossip } = this.#running();
    const keeper = new ContentKeeper({
      artifacts,
      content,
      store: await createStore({ network: `kept-${seed}` }),
      clock: systemClock,
      random: systemRandom,
      space: browserSpace(navigator),
      self: nodeIdOf(new Uint8Array(32).fill(seed)),
      peers: () => gossip.status().peers.map(({ nodeId }) => nodeId),
      claims: async () => cids.map((cid) => ({ cid, pin: "recent", epoch: 1 })),
    });
    await keeper.start();
    gossip.onStatus(() => keeper.wake());
  }

  async holds(cids: readonly string[]): Promise<number> {
    const held = await Promise.all(cids.map((cid) => this.#running().artifacts.has(cid)));
    return held.filter(Boolean).length;
  }

  /** How many are on disk: what was fetched is given first and written then. */
  async written(cids: readonly string[]): Promise<number> {
    const { blockstore } = this.#running().helia;
    const written = await Promise.all(cids.map((cid) => blockstore.has(parseCid(cid))));
    return written.filter(Boolean).length;
  }

  async forget(cids: readonly string[]): Promise<void> {
    for (const cid of cids) await this.#running().artifacts.delete(cid);
  }

  /** Serves `bytes` zero bytes on a bare stream to whoever opens one: what a fetch is measured against. */
  serveRaw(bytes: number): Promise<void> {
    return this.#running().libp2p.handle(RAW_PROTOCOL, (stream) => {
      sendRaw(stream, bytes).catch((thrown: unknown) => stream.abort(toError(thrown)));
    });
  }

  /** Reads a bare stream of the only peer to its end. */
  async fetchRaw(): Promise<{ bytes: number; ms: number }> {
    const { libp2p, gossip } = this.#running();
    const peerId = gossip.status().peers[0]?.peerId ?? "";
    const connection = libp2p.getConnections().find(({ remotePeer }) => remotePeer.toString() === peerId);
    if (connection === undefined) throw new Error("no peer");
    const startMs = performance.now();
    const stream = await connection.newStream(RAW_PROTOCOL);
    let bytes = 0;
    for await (const chunk of stream) bytes += chunk.byteLength;
    return { bytes, ms: performance.now() - startMs };
  }

  addresses(): string[] {
    return this.#running().addresses();
  }

  #running(): Network {
    if (this.#network === undefined) throw new Error("not started");
    return this.#network;
  }
}

async function sendRaw(stream: Stream, bytes: number): Promise<void> {
  const piece = new Uint8Array(RAW_PIECE_BYTES);
  for (let sent = 0; sent < bytes; sent += piece.length) {
    if (!stream.send(piece)) await stream.onDrain();
  }
  await stream.close();
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

declare global {
  interface Window {
    parleyHarness: Harness;
  }
}

window.parleyHarness = new Harness();
