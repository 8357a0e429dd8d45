import { describe, expect, it } from "vitest";
import { makeDelta, makeGenesis } from "../../../vectors/lib/world.ts";
import { cidOf } from "../codec/dag-cbor.ts";
import { adapterCid, applyDelta, decodeAdapter, emptyAdapter, encodeAdapter } from "./adapter.ts";
import { genesisState } from "./state.ts";

const genesis = makeGenesis();

describe("adapter version", () => {
  it("begins as zeros, and is what the genesis state names", () => {
    const empty = emptyAdapter(genesis);
    expect(empty.tensors.every(({ data }) => data.every((value) => value === 0))).toBe(true);
    expect(adapterCid(genesis, empty)).toBe(genesisState(genesis).modelVersion);
  });

  it("adds a delta in units of 2^-20 and keeps it through encoding", () => {
    const delta = makeDelta(genesis, "apply", -6);
    const adapter = applyDelta(emptyAdapter(genesis), delta);
    expect(adapter.tensors[1]?.data[2]).toBe((delta.tensors[1]?.data[2] ?? 0) * 2 ** 14);
    expect(decodeAdapter(genesis, encodeAdapter(genesis, adapter))).toEqual(adapter);
  });

  it("reads negative values from bytes that lie anywhere in a buffer", () => {
    const adapter = applyDelta(emptyAdapter(genesis), makeDelta(genesis, "offset", 0));
    const encoded = encodeAdapter(genesis, adapter);
    const shifted = new Uint8Array(encoded.length + 3);
    shifted.set(encoded, 3);
    expect(decodeAdapter(genesis, shifted.subarray(3))).toEqual(adapter);
  });

  it("belongs to one model", () => {
    const other = { ...genesis, model: { ...genesis.model, manifestCid: cidOf(new Uint8Array(), "raw") } };
    const bytes = encodeAdapter(other, emptyAdapter(other));
    expect(() => decodeAdapter(genesis, bytes)).toThrow(
      expect.objectContaining({ data: expect.objectContaining({ code: "base-model" }) }),
    );
  });

  it("refuses a delta of other tensors", () => {
    const delta = makeDelta(genesis, "apply");
    const renamed = { ...delta, tensors: delta.tensors.map((tensor) => ({ ...tensor, name: "other" })) };
    expect(() => applyDelta(emptyAdapter(genesis), renamed)).toThrow(
      expect.objectContaining({ data: expect.objectContaining({ code: "tensor-shape" }) }),
    );
  });
});
