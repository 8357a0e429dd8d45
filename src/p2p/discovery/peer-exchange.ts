/**
 * Whoever comes into a network asks the first relays and peers that it meets whom they have heard of, and says where it is
 * itself: nobody needs to answer an announcement. /parley/peers/1: one question and one answer a stream, each a
 * length-prefixed frame of canonical DAG-CBOR.
 */
import type { Connection, Libp2p, PeerId, Stream } from "@libp2p/interface";
import { lpStream } from "@libp2p/utils";
import { decodeBlock, encodeBlock } from "../../core/codec/block.ts";
import { bytes as byteField, count } from "../../core/codec/fields.ts";
import { z } from "../../core/codec/zod.ts";
import { ignore, ParleyError } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import { TokenBucket } from "../../core/token-bucket.ts";
import type { KnownPeers } from "./known-peers.ts";

export const PEER_EXCHANGE_PROTOCOL = "/parley/peers/1";
const TIMEOUT_MS = 10_000;
const PREFIX_BYTES = 4;
/** Questions of one peer: after a reload or a restart it asks again. */
const QUESTIONS = { burst: 4, perMinute: 4 } as const;
const STREAMS = 4;

const sealed = byteField(1, LIMITS.announcementBytes);
const question = z.strictObject({
  network: z.string().max(128),
  /** Where the asker is, when it knows. */
  own: sealed.nullable(),
});
const answer = z.strictObject({
  known: z.array(z.strictObject({ ageMs: count, announcement: sealed })).max(LIMITS.exchangedAnnouncements),
});
export type PeerQuestion = z.output<typeof question>;
export type PeerAnswer = z.output<typeof answer>;

export const encodePeerQuestion = (value: PeerQuestion): Uint8Array =>
  encodeBlock(question, "question for peers", value);
export const encodePeerAnswer = (value: PeerAnswer): Uint8Array =>
  encodeBlock(answer, "answer with peers", value);

/** Throws ParleyError only: those of decodeBlock. */
export function decodePeerQuestion(bytes: Uint8Array): PeerQuestion {
  return decodeBlock(question, "question for peers", bytes, LIMITS.exchangeFrameBytes);
}

/** Throws ParleyError only: those of decodeBlock. */
export function decodePeerAnswer(bytes: Uint8Array): PeerAnswer {
  return decodeBlock(answer, "answer with peers", bytes, LIMITS.exchangeFrameBytes);
}

/** What a node that answers makes of where its asker says it is. */
export type HeardOfAsker = (announcement: Uint8Array, asker: PeerId) => Promise<void>;

/** Answers with what `known` holds of the asker's network. `refuse`: what an asker did wrong. Returns the end. */
export async function answerPeers(
  libp2p: Libp2p,
  known: KnownPeers,
  heard: HeardOfAsker,
  refuse: (peer: PeerId, error: ParleyError) => void,
): Promise<() => Promise<void>> {
  const quotas = new Map<string, TokenBucket>();
  const forget = ({ detail }: CustomEvent<PeerId>): void => {
    quotas.delete(detail.toString());
  };
  const mayAsk = (peer: string): boolean => {
    const quota = quotas.get(peer) ?? new TokenBucket(QUESTIONS, Date.now());
    quotas.set(peer, quota);
    return quota.take(1, Date.now());
  };
  const answerOne = async (stream: Stream, { remotePeer }: Connection): Promise<void> => {
    try {
      if (!mayAsk(remotePeer.toString())) throw ignore("too-many-questions", "Asked too often for peers");
      const frames = framesOf(stream);
      const { network, own } = decodePeerQuestion(await frames.read());
      await frames.write(encodePeerAnswer({ known: told(known, network) }));
      await stream.close({ signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (own !== null) await heard(own, remotePeer);
    } catch (thrown) {
      stream.abort(new Error("no answer"));
      if (thrown instanceof ParleyError) refuse(remotePeer, thrown);
    }
  };
  libp2p.addEventListener("peer:disconnect", forget);
  await libp2p.handle(PEER_EXCHANGE_PROTOCOL, answerOne, {
    maxInboundStreams: STREAMS,
    runOnLimitedConnection: true,
  });
  return async () => {
    libp2p.removeEventListener("peer:disconnect", forget);
    await libp2p.unhandle(PEER_EXCHANGE_PROTOCOL);
  };
}

/** Errors: a ParleyError for what the other end did wrong; any other when it did not answer. */
export async function askForPeers(
  connection: Connection,
  asked: PeerQuestion,
  stopped: AbortSignal,
): Promise<PeerAnswer> {
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(TIMEOUT_MS)]);
  const stream = await connection.newStream(PEER_EXCHANGE_PROTOCOL, { signal, runOnLimitedConnection: true });
  try {
    const frames = framesOf(stream);
    await frames.write(encodePeerQuestion(asked));
    const answered = decodePeerAnswer(await frames.read());
    await stream.close({ signal });
    return answered;
  } catch (thrown) {
    stream.abort(new Error("the exchange failed"));
    throw thrown;
  }
}

function told(known: KnownPeers, network: string): PeerAnswer["known"] {
  const nowMs = Date.now();
  return known
    .list(network)
    .slice(0, LIMITS.exchangedAnnouncements)
    .map(({ bytes, heardAtMs }) => ({ ageMs: Math.max(0, nowMs - heardAtMs), announcement: bytes }));
}

function framesOf(stream: Stream) {
  const frames = lpStream(stream, {
    maxDataLength: LIMITS.exchangeFrameBytes,
    maxLengthLength: PREFIX_BYTES,
    maxBufferSize: LIMITS.exchangeFrameBytes + PREFIX_BYTES,
  });
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  return {
    write: (bytes: Uint8Array) => frames.write(bytes, { signal }),
    read: async () => (await frames.read({ signal })).subarray(),
  };
}
