import type { Stream } from "@libp2p/interface";
import { lpStream } from "@libp2p/utils";
import { ignore, ParleyError, reject } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import { decodeFrame, encodeFrame } from "./frames.ts";
import type { SyncChannel } from "./session.ts";

/** Length prefix of a frame: LIMITS.logSyncFrameBytes needs four bytes of varint. */
const PREFIX_BYTES = 4;

/** Frames over a libp2p stream. Every failure is a ParleyError: too-large, stream-ended, those of decodeFrame. */
export function streamChannel(stream: Stream, signal: AbortSignal): SyncChannel {
  const frames = lpStream(stream, {
    maxDataLength: LIMITS.logSyncFrameBytes,
    maxLengthLength: PREFIX_BYTES,
    maxBufferSize: LIMITS.logSyncFrameBytes + PREFIX_BYTES,
  });
  const patience = (): { signal: AbortSignal } => ({
    signal: AbortSignal.any([signal, AbortSignal.timeout(LIMITS.logSyncSilenceMs)]),
  });
  return {
    send: (frame) => frames.write(encodeFrame(frame), patience()).catch(rethrow),
    receive: async () => decodeFrame((await frames.read(patience()).catch(rethrow)).subarray()),
  };
}

/** What the peer did is its fault only when it named a length beyond the limit; a dying stream is nobody's. */
function rethrow(thrown: unknown): never {
  if (thrown instanceof ParleyError) throw thrown;
  const name = thrown instanceof Error ? thrown.name : "";
  if (name.startsWith("InvalidDataLength") || name === "InvalidMessageLengthError") {
    throw reject("too-large", "A frame is too large", `${LIMITS.logSyncFrameBytes} bytes`);
  }
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  throw ignore("stream-ended", "The stream ended inside a sync", "a frame", detail);
}
