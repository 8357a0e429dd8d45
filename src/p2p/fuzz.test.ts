import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { CID } from "multiformats/cid";
import { describe, expect, it } from "vitest";
import { Doc, encodeStateAsUpdate } from "yjs";
import { decodeHousehold, encodeHousehold, newHousehold } from "../app/identity/household.ts";
import { decodeProfile } from "../app/identity/profile-content.ts";
import { parseNetworkFile } from "../app/network-file.ts";
import { readTabMessage } from "../app/windows/messages.ts";
import { CarReader, carHeader, carSection } from "../core/artifacts/car.ts";
import { decodeHeldOut, encodeHeldOut } from "../core/artifacts/held-out.ts";
import { decodeTrainingData } from "../core/artifacts/training-data.ts";
import { cidOf, decodeCbor, encodeCbor } from "../core/codec/dag-cbor.ts";
import { ParleyError } from "../core/errors.ts";
import { createIdentity } from "../core/identity.ts";
import { systemRandom } from "../store/system.ts";
import {
  encodeFrame as contentFrame,
  DIALLER_TAKES,
  encodeWant,
  FRAME,
  FrameReader,
  LISTENER_TAKES,
} from "./content/wire.ts";
import { decodeAnnouncement, signAnnouncement } from "./discovery/announcement.ts";
import {
  decodePeerAnswer,
  decodePeerQuestion,
  encodePeerAnswer,
  encodePeerQuestion,
} from "./discovery/peer-exchange.ts";
import * as documents from "./documents/frames.ts";
import { readDocument } from "./documents/records.ts";
import * as logSync from "./log-sync/frames.ts";
import { readCode } from "./pairing/code.ts";
import { decodePairingFrame, encodePairingFrame } from "./pairing/frames.ts";
import { privateKeyOf } from "./peer-id.ts";
import { parseRelay } from "./relay-addresses.ts";

type Decode = (bytes: Uint8Array) => unknown;

const NETWORK = "bafyreiaht267dka4kxrmahzzc6mu2btbcelgkpa7s4hvrwramz2hjus2na";
const identity = createIdentity(new Uint8Array(32).fill(3));
const { nodeId } = identity;
const block = encodeCbor({ a: [1, "two", Uint8Array.of(3)] });
const cid = cidOf(block);

const text =
  (parse: (words: string) => unknown): Decode =>
  (bytes) =>
    parse(new TextDecoder().decode(bytes));
const json = (parse: (value: unknown) => unknown): Decode => text((words) => parse(readJson(words)));

function readJson(words: string): unknown {
  try {
    return JSON.parse(words);
  } catch {
    return words;
  }
}

function car(bytes: Uint8Array): void {
  const reader = new CarReader(cid);
  // In two pieces: a length may be cut in its middle.
  for (const piece of [bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1)]) {
    for (const one of reader.push(piece)) expect(cidOf(one.bytes)).toBe(one.cid);
  }
  reader.end();
}

const content =
  (takes: typeof LISTENER_TAKES): Decode =>
  (bytes) => {
    let delivered = 0;
    const sink = {
      frame: () => undefined,
      piece: (_: number, piece: Uint8Array) => {
        delivered += piece.length;
      },
    };
    new FrameReader(takes, sink).push(bytes);
    expect(delivered).toBeLessThanOrEqual(bytes.length);
  };

const part = documents.signPart(NETWORK, identity, {
  scope: "drafts",
  document: "list",
  version: 1,
  update: sampleDocument(),
});

function sampleDocument(): Uint8Array {
  const doc = new Doc();
  doc.getMap("records").set("key", { text: "words", atMs: 1 });
  return encodeStateAsUpdate(doc);
}

const announcement = await signAnnouncement(
  { network: NETWORK, addresses: ["/ip4/127.0.0.1/tcp/1/ws"], sequence: 1 },
  await privateKeyOf(identity.secretKey),
);

/** Whatever of a peer, a paired device, another tab or a file is read outside src/core, with bytes that it takes. */
const DECODERS: readonly (readonly [name: string, decode: Decode, good: Uint8Array])[] = [
  ["announcement", decodeAnnouncement, announcement],
  ["question for peers", decodePeerQuestion, encodePeerQuestion({ network: NETWORK, own: announcement })],
  ["answer with peers", decodePeerAnswer, encodePeerAnswer({ known: [{ ageMs: 1, announcement }] })],
  ["log-sync frame", logSync.decodeFrame, logSync.encodeFrame({ kind: "done", holds: 1, left: 0 })],
  [
    "log-sync question",
    logSync.decodeFrame,
    logSync.encodeFrame({ kind: "find", network: NETWORK, cids: [cid] }),
  ],
  [
    "log-sync messages",
    logSync.decodeFrame,
    logSync.encodeFrame({ kind: "messages", segments: [[nodeId, 0, [block]]] }),
  ],
  [
    "document frame",
    documents.decodeFrame,
    documents.encodeFrame({ kind: "parts", answerTo: null, parts: [part] }),
  ],
  [
    "document question",
    documents.decodeFrame,
    documents.encodeFrame({ kind: "have", mark: "00".repeat(8), held: [["list", nodeId, 1]] }),
  ],
  ["document parts", documents.decodeParts, documents.encodeParts([part])],
  ["document update", readDocument, sampleDocument()],
  ["pairing frame", decodePairingFrame, encodePairingFrame({ kind: "offer", ephemeral: new Uint8Array(32) })],
  ["pairing code", text(readCode), new TextEncoder().encode("parley-pair:0")],
  ["content asked", content(LISTENER_TAKES), contentFrame(FRAME.want, 1, encodeWant(CID.parse(cid), 0, 10))],
  ["content given", content(DIALLER_TAKES), contentFrame(FRAME.piece, 1, block)],
  ["archive", car, Uint8Array.of(...carHeader(cid), ...carSection({ cid, bytes: block }))],
  ["held-out tasks", decodeHeldOut, encodeHeldOut({ version: 1, pairs: [{ prompt: "p", answer: "a" }] })],
  ["training data", decodeTrainingData, encodeCbor({ version: 1 })],
  [
    "list of devices",
    decodeHousehold,
    encodeHousehold(newHousehold({ nodeId, name: "phone", addedAtMs: 1 }, systemRandom)),
  ],
  ["profile", decodeProfile, encodeCbor({ version: 1 })],
  ["tab message", json((value) => readTabMessage(value, "build")), new TextEncoder().encode('{"form":1}')],
  ["network file", json(parseNetworkFile), new TextEncoder().encode('{"genesisCid":"x"}')],
  [
    "relay address",
    text((words) => parseRelay(words)),
    new TextEncoder().encode("/dns4/relay.example/tcp/443/wss"),
  ],
];

/** Anything but a ParleyError would be a crash in a tab. */
function survives(decode: Decode, bytes: Uint8Array): void {
  try {
    decode(bytes);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(ParleyError);
  }
}

/** A value of DAG-CBOR with one place in it changed. */
function damaged(value: unknown, path: readonly number[], replacement: unknown): unknown {
  const [at = 0, ...rest] = path;
  if (Array.isArray(value) && value.length > 0) {
    return value.map((item, index) =>
      index === at % value.length ? damaged(item, rest, replacement) : item,
    );
  }
  if (typeof value === "object" && value !== null && !(value instanceof Uint8Array) && !CID.asCID(value)) {
    const entries = Object.entries(value);
    return Object.fromEntries(
      entries.map(([key, item], index) =>
        index === at % entries.length ? [key, damaged(item, rest, replacement)] : [key, item],
      ),
    );
  }
  return replacement;
}

const isCbor = (bytes: Uint8Array): boolean => {
  try {
    decodeCbor(bytes);
    return true;
  } catch {
    return false;
  }
};

describe("what comes over the network, from another tab or from a file throws nothing but ParleyError", () => {
  it.each(DECODERS)("%s: random bytes", (_name, decode) => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => survives(decode, bytes)));
  });

  it.each(DECODERS)("%s: good bytes with some changed, cut off or added", (_name, decode, good) => {
    const edit = fc.record({ at: fc.nat(good.length), byte: fc.nat(255) });
    const edits = fc.array(edit, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(edits, fc.nat(good.length), fc.uint8Array({ maxLength: 16 }), (changes, end, added) => {
        const bytes = good.slice();
        for (const { at, byte } of changes) bytes[at] = byte;
        survives(decode, bytes);
        survives(decode, bytes.subarray(0, end));
        survives(decode, Uint8Array.of(...bytes.subarray(0, end), ...added, ...bytes.subarray(end)));
      }),
    );
  });

  it.each(DECODERS.filter(([, , good]) => isCbor(good)))(
    "%s: good values with one changed",
    (_name, decode, good) => {
      const replacement = fc.oneof(
        fc.constantFrom(null, true, "", "x".repeat(5_000), 0, -1, 2 ** 53 - 1, [], {}),
        fc.uint8Array({ maxLength: 64 }),
        fc.array(fc.nat(), { maxLength: 8 }),
      );
      fc.assert(
        fc.property(fc.array(fc.nat(9), { maxLength: 6 }), replacement, (path, value) =>
          survives(decode, encodeCbor(damaged(decodeCbor(good), path, value))),
        ),
      );
    },
  );

  it("covers every decoder of this folder", () => {
    const folder = resolve(import.meta.dirname);
    const named = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
      .flatMap((file) =>
        [
          ...readFileSync(join(folder, file), "utf8").matchAll(
            /^export function (decode\w+|read[A-Z]\w*)\(/gm,
          ),
        ].map(([, name]) => `${file} ${name}`),
      )
      .sort();
    expect(named).toEqual([
      "discovery/announcement.ts decodeAnnouncement",
      "discovery/peer-exchange.ts decodePeerAnswer",
      "discovery/peer-exchange.ts decodePeerQuestion",
      "documents/frames.ts decodeFrame",
      "documents/frames.ts decodeParts",
      "documents/records.ts readDocument",
      "log-sync/frames.ts decodeFrame",
      "pairing/code.ts readCode",
      // Reads a name out of a frame that was opened with a shared key.
      "pairing/exchange.ts readName",
      "pairing/frames.ts decodePairingFrame",
    ]);
  });
});
