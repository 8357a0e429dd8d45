import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SeededRandom } from "../../../sim/adapters/random.ts";
import { LIMITS } from "../../core/limits.ts";
import {
  activeDevices,
  decodeHousehold,
  encodeHousehold,
  type Household,
  isMember,
  merge,
  newHousehold,
  withDevice,
  withoutDevice,
} from "./household.ts";

const random = new SeededRandom("household");
const idOf = (index: number): string => (index + 1).toString(16).padStart(64, "0");
const device = (index: number, name = `Device ${index}`) => ({ nodeId: idOf(index), name, addedAtMs: index });
const start = newHousehold(device(0), random);

/** What one device did to the list that it had. */
const change = fc.tuple(fc.constantFrom("add", "remove"), fc.integer({ min: 1, max: 5 }), fc.nat(2));

describe("household", () => {
  it("is the same for all devices in the end, whatever each did and in whatever order they hear of it", () => {
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 5 }), { minLength: 3, maxLength: 3 }), (works) => {
        const [a = start, b = start, c = start] = works.map((work) => work.reduce(apply, start));
        expect(merge(merge(a, b), c)).toEqual(merge(a, merge(c, b)));
        expect(merge(a, b)).toEqual(merge(b, a));
        expect(merge(a, a)).toEqual(a);
        const all = merge(merge(a, b), c);
        expect(merge(all, b)).toEqual(all);
        expect(decodeHousehold(encodeHousehold(all))).toEqual(all);
      }),
    );
  });

  it("takes a new key with every removal, and the later key wins over a list that somebody added to meanwhile", () => {
    const two = withDevice(start, device(1));
    const removed = withoutDevice(two, idOf(1), random);
    const added = withDevice(two, device(2));
    const merged = merge(added, removed);
    expect(merged.key).toEqual(removed.key);
    expect(merged.key.key).not.toEqual(two.key.key);
    expect(activeDevices(merged).map(({ nodeId }) => nodeId)).toEqual([idOf(0), idOf(2)]);
  });

  it("lets a removed device come back by pairing alone, not by an old list", () => {
    const two = withDevice(start, device(1));
    const removed = withoutDevice(two, idOf(1), random);
    expect(isMember(merge(removed, two), idOf(1))).toBe(false);
    expect(isMember(merge(two, withDevice(removed, device(1))), idOf(1))).toBe(true);
  });

  it("is bounded", () => {
    let household = start;
    for (let index = 1; index < LIMITS.pairedDevices; index++)
      household = withDevice(household, device(index));
    const full = expect.objectContaining({ code: "pairing-full" });
    expect(() => withDevice(household, device(99))).toThrow(full);
    expect(withDevice(household, device(3, "Renamed")).devices.length).toBe(LIMITS.pairedDevices);
    expect(encodeHousehold(household).length).toBeLessThan(LIMITS.pairingFrameBytes);
  });

  function apply(household: Household, [what, index, name]: readonly [string, number, number]): Household {
    return what === "add"
      ? withDevice(household, device(index, `Name ${name}`))
      : withoutDevice(household, idOf(index), random);
  }
});
