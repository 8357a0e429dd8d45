import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Doc } from "yjs";
import { replaceText } from "./draft.ts";

/** Two emoji with one first half, so that a comparison of halves stops in the middle of them. */
const word = fc.stringMatching(/^[ab😀😁]{0,8}$/u);

describe("replaceText", () => {
  it("makes the text read as wanted, and never cuts a character in two", () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (wanted) => {
        const doc = new Doc();
        const shared = doc.getText("text");
        const inserted: string[] = [];
        shared.observe(({ delta }) => {
          for (const { insert } of delta) if (typeof insert === "string") inserted.push(insert);
        });
        for (const text of wanted) {
          replaceText(doc, text);
          expect(shared.toString()).toBe(text);
        }
        for (const piece of inserted) expect(piece).not.toMatch(/\p{Surrogate}/u);
      }),
    );
  });

  it("changes only what differs", () => {
    const doc = new Doc();
    replaceText(doc, "one two three");
    const shared = doc.getText("text");
    const deltas: unknown[] = [];
    shared.observe(({ delta }) => deltas.push(delta));
    replaceText(doc, "one 2 three");
    expect(deltas).toEqual([[{ retain: 4 }, { delete: 3 }, { insert: "2" }]]);
  });
});
