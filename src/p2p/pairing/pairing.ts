import { publicKeyFromRaw } from "@libp2p/crypto/keys";
import type { Connection, Libp2p, PeerId, Stream } from "@libp2p/interface";
import { peerIdFromPublicKey } from "@libp2p/peer-id";
import { lpStream } from "@libp2p/utils";
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";
import { equalBytes, hexToBytes } from "../../core/bytes.ts";
import { failure, ParleyError, reject, toErrorData } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { NodeId } from "../../core/primitives.ts";
import type { Invitation, Pairing, PairingLink } from "../../ports/pairing.ts";
import { nodeIdOfPeer } from "../peer-id.ts";
import type { Peers } from "../peers.ts";
import type { Refusals } from "../refusals.ts";
import { networkMark, readCode, SECRET_BYTES, writeCode } from "./code.ts";
import { ended, type PairingChannel, type PairingContext, pairAsGuest, pairAsHost } from "./exchange.ts";
import { decodePairingFrame, encodePairingFrame, PAIRING_PROTOCOL } from "./frames.ts";
import { invitationId, requireSame } from "./keys.ts";

/** What the devices of a group tell each other: one message a stream, the transport encrypts it end to end. */
const HOUSEHOLD_PROTOCOL = "/parley/household/1";
const PREFIX_BYTES = 4;
const DIAL_MS = 20_000;
const TELL_MS = 10_000;
const STREAMS = 4;

interface OpenInvitation {
  readonly secret: Uint8Array;
  readonly name: string;
  readonly expiresAtMs: number;
  readonly resolve: (link: PairingLink) => void;
  readonly reject: (error: ParleyError) => void;
  wrongAnswers: number;
}

interface Listener {
  readonly isWelcome: (nodeId: NodeId) => boolean;
  readonly listener: (from: NodeId, bytes: Uint8Array) => void;
}

export interface PairingDependencies {
  readonly libp2p: Libp2p;
  readonly peers: Peers;
  readonly refusals: Refusals;
  readonly networkName: string;
  readonly nodeId: NodeId;
  readonly nowMs?: () => number;
}

/** Pairing over /parley/pair/1. The transport has proved both node ids before the first frame. */
export class Libp2pPairing implements Pairing {
  readonly #dependencies: PairingDependencies;
  readonly #nowMs: () => number;
  readonly #stopped = new AbortController();
  #invitation: OpenInvitation | undefined;
  #listener: Listener | undefined;

  constructor(dependencies: PairingDependencies) {
    this.#dependencies = dependencies;
    this.#nowMs = dependencies.nowMs ?? Date.now;
  }

  async start(): Promise<void> {
    const { libp2p } = this.#dependencies;
    const options = { maxInboundStreams: STREAMS, runOnLimitedConnection: true };
    await libp2p.handle(
      PAIRING_PROTOCOL,
      (stream, connection) => void this.#answer(stream, connection),
      options,
    );
    await libp2p.handle(
      HOUSEHOLD_PROTOCOL,
      (stream, connection) => void this.#hear(stream, connection),
      options,
    );
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#end(ended("stopped"));
    await this.#dependencies.libp2p.unhandle([PAIRING_PROTOCOL, HOUSEHOLD_PROTOCOL]);
  }

  invite(name: string): Invitation {
    const { libp2p, networkName, nodeId } = this.#dependencies;
    this.#end(ended("another invitation"));
    const secret = randomBytes(SECRET_BYTES);
    const expiresAtMs = this.#nowMs() + LIMITS.pairingInvitationMs;
    const { promise, resolve, reject: fail } = withResolvers<PairingLink>();
    promise.catch(() => undefined);
    const invitation: OpenInvitation = { secret, name, expiresAtMs, resolve, reject: fail, wrongAnswers: 0 };
    this.#invitation = invitation;
    const expired = setTimeout(() => this.#endOne(invitation, tooOld()), LIMITS.pairingInvitationMs);
    promise.finally(() => clearTimeout(expired)).catch(() => undefined);
    const code = writeCode({
      node: nodeId,
      network: networkMark(networkName),
      secret,
      expiresAtMs,
      addresses: worthTelling(libp2p.getMultiaddrs()),
    });
    return { code, expiresAtMs, link: promise, close: () => this.#endOne(invitation, ended("closed")) };
  }

  async join(code: string, name: string): Promise<PairingLink> {
    const { networkName, nodeId } = this.#dependencies;
    const invitation = readCode(code);
    if (invitation.node === nodeId)
      throw failure("pairing-own", "This code is of this device. Use it on the other one.");
    if (!equalBytes(invitation.network, networkMark(networkName))) {
      throw failure("pairing-network", "The other device is in another network");
    }
    if (invitation.expiresAtMs <= this.#nowMs()) throw tooOld();
    const stream = await this.#reach(invitation.node, invitation.addresses);
    const channel = this.#channel(stream);
    const context: PairingContext = {
      network: networkName,
      host: invitation.node,
      guest: nodeId,
      secret: invitation.secret,
      name,
      randomBytes,
    };
    return pairAsGuest(channel, context).catch((thrown: unknown) => {
      channel.close();
      throw thrown;
    });
  }

  async tell(nodeId: NodeId, bytes: Uint8Array): Promise<boolean> {
    const { peers } = this.#dependencies;
    const connection = peers.best(peerOf(nodeId));
    if (connection === undefined) return false;
    const signal = this.#patience(TELL_MS);
    try {
      const stream = await connection.newStream(HOUSEHOLD_PROTOCOL, { runOnLimitedConnection: true, signal });
      await framesOver(stream, LIMITS.householdBytes).write(bytes, { signal });
      await stream.close({ signal });
      return true;
    } catch {
      return false;
    }
  }

  onTold(isWelcome: Listener["isWelcome"], listener: Listener["listener"]): () => void {
    this.#listener = { isWelcome, listener };
    return () => {
      this.#listener = undefined;
    };
  }

  onPeer(listener: (nodeId: NodeId) => void): () => void {
    const { libp2p, peers } = this.#dependencies;
    const tell = (peer: PeerId): void => {
      const nodeId = nodeIdOfPeer(peer);
      if (nodeId !== undefined && !peers.isRelay(peer)) listener(nodeId);
    };
    const opened = (event: CustomEvent<Connection>): void => tell(event.detail.remotePeer);
    libp2p.addEventListener("connection:open", opened);
    for (const peer of peers.connected()) tell(peer);
    return () => libp2p.removeEventListener("connection:open", opened);
  }

  async #answer(stream: Stream, connection: Connection): Promise<void> {
    const { refusals } = this.#dependencies;
    const channel = this.#channel(stream);
    try {
      await this.#host(channel, connection);
    } catch (thrown) {
      const error = toErrorData(thrown);
      if (error.verdict === "REJECT") refusals.add(connection.remotePeer, error);
      const code = error.code === "pairing-expired" ? error.code : "pairing-refused";
      await channel.send({ kind: "refuse", code }).catch(() => undefined);
      channel.close();
    }
  }

  async #host(channel: PairingChannel, { remotePeer }: Connection): Promise<void> {
    const { networkName, nodeId } = this.#dependencies;
    const guest = nodeIdOfPeer(remotePeer);
    const hello = await channel.receive();
    const invitation = this.#invitation;
    if (invitation === undefined || guest === undefined || this.#nowMs() >= invitation.expiresAtMs)
      throw tooOld();
    if (hello.kind !== "hello") throw reject("pairing-frame", "A frame out of its turn", "hello", hello.kind);
    this.#countWrong(invitation, hello.invitation);
    // From here on the invitation is used up, whatever becomes of it.
    this.#invitation = undefined;
    const context: PairingContext = {
      network: networkName,
      host: nodeId,
      guest,
      secret: invitation.secret,
      name: invitation.name,
      randomBytes,
    };
    try {
      invitation.resolve(await pairAsHost(channel, context, hello));
    } catch (thrown) {
      invitation.reject(thrown instanceof ParleyError ? thrown : ended(String(thrown)));
      throw thrown;
    }
  }

  /** Throws pairing-wrong, and ends the invitation after too many of them. */
  #countWrong(invitation: OpenInvitation, named: Uint8Array): void {
    try {
      requireSame(named, invitationId(invitation.secret));
    } catch (thrown) {
      if (++invitation.wrongAnswers >= LIMITS.pairingWrongAnswers) {
        this.#endOne(invitation, failure("pairing-wrong", "Somebody tried wrong codes. Show a new one."));
      }
      throw thrown;
    }
  }

  async #hear(stream: Stream, { remotePeer }: Connection): Promise<void> {
    const from = nodeIdOfPeer(remotePeer);
    const listener = this.#listener;
    if (from === undefined || listener === undefined || !listener.isWelcome(from)) {
      stream.abort(new Error("not of this group"));
      return;
    }
    try {
      const frames = framesOver(stream, LIMITS.householdBytes);
      const bytes = (await frames.read({ signal: this.#patience(TELL_MS) })).slice();
      await stream.close();
      listener.listener(from, bytes);
    } catch (thrown) {
      stream.abort(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  }

  async #reach(nodeId: NodeId, addresses: readonly string[]): Promise<Stream> {
    const { libp2p, peers } = this.#dependencies;
    const peer = peerOf(nodeId);
    const signal = this.#patience(DIAL_MS);
    try {
      const connection = peers.best(peer) ?? (await libp2p.dial(dialable(addresses, peer), { signal }));
      return await connection.newStream(PAIRING_PROTOCOL, { runOnLimitedConnection: true, signal });
    } catch (thrown) {
      const detail = thrown instanceof Error ? thrown.message : String(thrown);
      throw failure("pairing-unreachable", "The other device cannot be reached", undefined, detail);
    }
  }

  #channel(stream: Stream): PairingChannel {
    const frames = framesOver(stream, LIMITS.pairingFrameBytes);
    const patience = () => ({ signal: this.#patience(LIMITS.pairingStepMs) });
    return {
      send: (frame) => frames.write(encodePairingFrame(frame), patience()).catch(rethrow),
      receive: async () => decodePairingFrame((await frames.read(patience()).catch(rethrow)).slice()),
      close: () => void stream.close().catch(() => undefined),
    };
  }

  #patience(ms: number): AbortSignal {
    return AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(ms)]);
  }

  #end(error: ParleyError): void {
    if (this.#invitation !== undefined) this.#endOne(this.#invitation, error);
  }

  #endOne(invitation: OpenInvitation, error: ParleyError): void {
    if (this.#invitation === invitation) this.#invitation = undefined;
    invitation.reject(error);
  }
}

function framesOver(stream: Stream, maximumBytes: number) {
  return lpStream(stream, {
    maxDataLength: maximumBytes,
    maxLengthLength: PREFIX_BYTES,
    maxBufferSize: maximumBytes + PREFIX_BYTES,
  });
}

function peerOf(nodeId: NodeId): PeerId {
  return peerIdFromPublicKey(publicKeyFromRaw(hexToBytes(nodeId)));
}

/** Through relays first: those work from everywhere, and what is direct follows from them. */
function worthTelling(addresses: readonly Multiaddr[]): string[] {
  const texts = addresses.map(String).filter((text) => text.length <= LIMITS.addressCharacters);
  const rank = (text: string): number =>
    text.includes("/webrtc") ? 0 : text.includes("/p2p-circuit") ? 1 : 2;
  return texts.sort((a, b) => rank(a) - rank(b)).slice(0, LIMITS.pairingAddresses);
}

/** A code names one node: an address of another one is left out. */
function dialable(addresses: readonly string[], peer: PeerId): Multiaddr[] {
  return addresses.flatMap((text) => {
    try {
      return text.endsWith(`/p2p/${peer.toString()}`) ? [multiaddr(text)] : [];
    } catch {
      return [];
    }
  });
}

function rethrow(thrown: unknown): never {
  if (thrown instanceof ParleyError) throw thrown;
  const name = thrown instanceof Error ? thrown.name : "";
  if (name.startsWith("InvalidDataLength") || name === "InvalidMessageLengthError") {
    throw reject("too-large", "A frame is too large", `${LIMITS.pairingFrameBytes} bytes`);
  }
  throw ended(thrown instanceof Error ? thrown.message : String(thrown));
}

function tooOld(): ParleyError {
  return failure("pairing-expired", "This code is too old, or was used. Show a new one on the other device.");
}

function randomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

function withResolvers<T>() {
  let resolve: (value: T) => void = () => undefined;
  let fail: (error: ParleyError) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    fail = no;
  });
  return { promise, resolve, reject: fail };
}
