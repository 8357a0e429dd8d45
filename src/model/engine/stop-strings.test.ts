import { expect, it } from "vitest";
import { SeededIntegers } from "../seeded.ts";
import { StopStrings } from "./stop-strings.ts";

function fed(stops: readonly string[], pieces: readonly string[]) {
  const watch = new StopStrings(stops);
  const given = pieces.map((piece) => watch.push(piece));
  return { given, rest: watch.flush(), found: watch.found };
}

it("ends before a stop string that is spread over pieces, and never shows its beginning", () => {
  const { given, rest, found } = fed(["###"], ["Hello #", "#", "# more", " and more"]);
  expect(given).toEqual(["Hello ", "", "", ""]);
  expect({ rest, found }).toEqual({ rest: "", found: true });
});

it("gives out what was held back once it is no beginning any more", () => {
  expect(fed(["END"], ["a E", "N", "d"]).given).toEqual(["a ", "", "ENd"]);
});

it("gives out what was held back when nothing more comes", () => {
  expect(fed(["END"], ["the EN"])).toEqual({ given: ["the "], rest: "EN", found: false });
});

it("takes the first of several, and begins again inside a failed beginning", () => {
  expect(fed(["b", "a"], ["xxaxb"]).given).toEqual(["xx"]);
  expect(fed(["aab"], ["aa", "ab"]).given).toEqual(["", "a"]);
});

it("without stop strings gives every piece at once", () => {
  expect(fed([""], ["a", "b"]).given).toEqual(["a", "b"]);
});

it("gives the text before the first stop string, however it is cut in pieces", () => {
  const draw = new SeededIntegers("stop strings");
  for (let round = 0; round < 300; round++) {
    const text = Array.from({ length: 12 }, () => "ab"[draw.below(2)] ?? "").join("");
    const stops = ["aba", "bbb"].slice(0, 1 + draw.below(2));
    const pieces: string[] = [];
    for (let at = 0; at < text.length; ) {
      const length = 1 + draw.below(4);
      pieces.push(text.slice(at, at + length));
      at += length;
    }
    const { given, rest } = fed(stops, pieces);
    const places = stops.map((stop) => text.indexOf(stop)).filter((place) => place >= 0);
    expect(given.join("") + rest).toBe(text.slice(0, Math.min(text.length, ...places)));
  }
});
