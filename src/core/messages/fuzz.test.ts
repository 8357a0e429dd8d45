import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { playEpoch } from "../../../vectors/lib/epoch.ts";
import { SAMPLES } from "../../../vectors/lib/message-samples.ts";
import { authors, type Samples, genesis as sampleGenesis } from "../../../vectors/lib/sample-parts.ts";
import { makeGenesis } from "../../../vectors/lib/world.ts";
import { decodeAdapter, emptyAdapter, encodeAdapter } from "../artifacts/adapter.ts";
import { decodeBundle } from "../artifacts/bundle.ts";
import { decodeCertificate } from "../artifacts/certificate.ts";
import { decodeGenesis, encodeGenesis, genesisCid } from "../artifacts/genesis.ts";
import { decodeManifest } from "../artifacts/manifest.ts";
import { decodeState, encodeState } from "../artifacts/state.ts";
import { decodeCbor, encodeCbor } from "../codec/dag-cbor.ts";
import { ParleyError } from "../errors.ts";
import { isKind, KINDS, type Kind } from "./kinds.ts";
import { decodeMessage } from "./message.ts";

const genesis = makeGenesis();
const network = genesisCid(genesis);
const { state, artifacts } = playEpoch();
const bundle = [...artifacts.values()][0] ?? new Uint8Array();
const KIND_NAMES = Object.keys(KINDS).filter(isKind);

/** A good message of a kind. */
function sample<K extends Kind>(kind: K): Uint8Array {
  const samples: Samples<K> = SAMPLES[kind];
  const [body] = Object.values(samples.good);
  const bytes = body && authors[0]?.sign(kind, body, 1_000).bytes;
  if (bytes === undefined) throw new Error(`no sample of ${kind}`);
  return bytes;
}

const decodeSample = (bytes: Uint8Array) => decodeMessage(bytes, genesisCid(sampleGenesis));

const DECODERS: readonly [string, (bytes: Uint8Array) => unknown, Uint8Array][] = [
  ...KIND_NAMES.map((kind): [string, typeof decodeSample, Uint8Array] => [kind, decodeSample, sample(kind)]),
  ["bundle", (bytes) => decodeBundle(genesis, bytes), bundle],
  ["adapter", (bytes) => decodeAdapter(genesis, bytes), encodeAdapter(genesis, emptyAdapter(genesis))],
  ["manifest", decodeManifest, encodeCbor({ version: 1 })],
  ["state", decodeState, encodeState(state)],
  ["certificate", decodeCertificate, encodeCbor({ root: {}, signatures: [] })],
  ["genesis", decodeGenesis, encodeGenesis(genesis)],
];

/** Anything but a ParleyError would be a crash in a tab. */
function survives(decode: (bytes: Uint8Array) => unknown, bytes: Uint8Array): void {
  try {
    decode(bytes);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(ParleyError);
  }
}

describe("decoders of outside bytes throw nothing but ParleyError", () => {
  it.each(DECODERS)("%s: random bytes", (_name, decode) => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => survives(decode, bytes)));
  });

  it.each(DECODERS)("%s: any DAG-CBOR value", (_name, decode) => {
    const value = fc.jsonValue({ maxDepth: 4 });
    fc.assert(fc.property(value, (json) => survives(decode, encodeCbor(json))));
  });

  it.each(DECODERS)("%s: good bytes with some of them changed", (_name, decode, good) => {
    const edit = fc.tuple(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const bytes = good.slice();
        for (const [at, byte] of edits) bytes[at] = byte;
        survives(decode, bytes);
      }),
    );
  });

  it.each(KIND_NAMES)("%s: a body with any value in the place of one of its fields", (kind) => {
    const wire = Object(decodeCbor(sample(kind)));
    const field = fc.constantFrom(...Object.keys(Object(wire.body)));
    fc.assert(
      fc.property(field, fc.jsonValue({ maxDepth: 3 }), (name, value) =>
        survives(decodeSample, encodeCbor({ ...wire, body: { ...wire.body, [name]: value } })),
      ),
    );
  });

  it("a tower of arrays does not overflow the stack", () => {
    const tower = new Uint8Array(200_000).fill(0x81);
    for (const decode of new Set(DECODERS.map(([, each]) => each))) survives(decode, tower);
    expect(() => decodeMessage(tower, network)).toThrow(ParleyError);
  });
});
