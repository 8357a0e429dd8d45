import { expect, test } from "vitest";
import type { Tabs } from "../tabs.ts";

/** The promises of the Tabs port. `open` opens one more tab of one profile. */
export function tabsAcceptance(name: string, open: () => Promise<Tabs>): void {
  const heard = (tabs: Tabs, count: number): Promise<readonly unknown[]> =>
    new Promise((resolve) => {
      const messages: unknown[] = [];
      tabs.onMessage((message) => {
        messages.push(message);
        if (messages.length === count) resolve(messages);
      });
    });

  test(`${name}: every other tab hears a post, in order, as a copy; the poster does not`, async () => {
    const [first, second, third] = [await open(), await open(), await open()];
    const own: unknown[] = [];
    first.onMessage((message) => own.push(message));
    const both = Promise.all([heard(second, 2), heard(third, 2)]);
    const bytes = Uint8Array.of(1, 2, 3);
    first.post({ wei: 10n ** 30n, bytes });
    first.post("then this");
    bytes[0] = 9;
    for (const messages of await both) {
      expect(messages).toEqual([{ wei: 10n ** 30n, bytes: Uint8Array.of(1, 2, 3) }, "then this"]);
    }
    expect(own).toEqual([]);
    for (const tabs of [first, second, third]) tabs.close();
  });

  test(`${name}: ids differ, and what cannot be copied is refused`, async () => {
    const [first, second] = [await open(), await open()];
    expect(first.id).not.toBe(second.id);
    expect(() => first.post(() => undefined)).toThrow(expect.objectContaining({ code: "tab-message" }));
    for (const tabs of [first, second]) tabs.close();
  });

  test(`${name}: who asks hears that a tab has gone, also when it was gone before`, async () => {
    const [watching, leaving] = [await open(), await open()];
    const gone = new Promise<void>((resolve) => watching.onGone(leaving.id, resolve));
    const early: string[] = [];
    watching.onGone(watching.id, () => early.push("itself"));
    leaving.close();
    await gone;
    await new Promise<void>((resolve) => watching.onGone(leaving.id, resolve));
    expect(early).toEqual([]);
    watching.close();
  });

  test(`${name}: a closed tab says and hears nothing more`, async () => {
    const [first, second] = [await open(), await open()];
    const late: unknown[] = [];
    first.onMessage((message) => late.push(message));
    first.close();
    const third = await open();
    const arrived = heard(third, 1);
    first.post("after closing");
    second.post("the end");
    expect(await arrived).toEqual(["the end"]);
    expect(late).toEqual([]);
    for (const tabs of [second, third]) tabs.close();
  });
}
