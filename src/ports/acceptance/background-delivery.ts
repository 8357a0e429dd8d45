import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ErrorData } from "../../core/errors.ts";
import type { NodeId } from "../../core/primitives.ts";
import type { BackgroundDelivery, WaitingMessage } from "../background-delivery.ts";

/** What a mailbox says of one message. */
export type MailboxAnswer = { readonly by: NodeId } | { readonly error: ErrorData } | "nothing";

export interface BackgroundDeliveryUnderTest {
  readonly delivery: BackgroundDelivery;
  /** The same profile after a reload. */
  reopen(): Promise<BackgroundDelivery>;
  /** Delivers while no tab is open. The texts that mailboxes were shown, in that order. */
  deliver(mailbox: (text: string) => MailboxAnswer): Promise<readonly string[]>;
  dispose(): Promise<void>;
}

const BY = "a".repeat(64);
const GAP: ErrorData = { code: "log-gap", message: "One is missing" };
const message = (text: string): WaitingMessage => ({ cid: text, bytes: new TextEncoder().encode(text) });
const held = (): MailboxAnswer => ({ by: BY });
const refused = (): MailboxAnswer => ({ error: GAP });

/** Promises of the BackgroundDelivery port. */
export function describeBackgroundDelivery(
  name: string,
  make: () => Promise<BackgroundDeliveryUnderTest>,
): void {
  describe(`BackgroundDelivery: ${name}`, () => {
    let subject: BackgroundDeliveryUnderTest;
    beforeEach(async () => {
      subject = await make();
    });
    afterEach(() => subject.dispose());

    it("delivers what waits in the order of the log, once, and tells once who holds it", async () => {
      const { delivery } = subject;
      await delivery.handOver(["third", "first", "second"].map(message));
      expect(await subject.deliver(held)).toEqual(["third", "first", "second"]);
      const told = await delivery.outcomes();
      expect([...told].sort((a, b) => (a.cid < b.cid ? -1 : 1))).toEqual([
        { cid: "first", by: BY },
        { cid: "second", by: BY },
        { cid: "third", by: BY },
      ]);
      expect(await delivery.outcomes()).toEqual([]);
      expect(await subject.deliver(held)).toEqual([]);
      expect(await delivery.outcomes()).toEqual([]);
    });

    it("forgets what is handed over no more", async () => {
      await subject.delivery.handOver([message("one"), message("two")]);
      await subject.delivery.handOver([message("two"), message("three")]);
      expect(await subject.deliver(held)).toEqual(["two", "three"]);
      await subject.delivery.handOver([message("four")]);
      await subject.delivery.handOver([]);
      expect(await subject.deliver(held)).toEqual([]);
    });

    it("goes on with what was refused, says why, and tells it when somebody has it after all", async () => {
      const { delivery } = subject;
      await delivery.handOver([message("one"), message("two")]);
      expect(await subject.deliver((text) => (text === "one" ? refused() : held()))).toEqual(["one", "two"]);
      const told = await delivery.outcomes();
      expect(told).toHaveLength(2);
      expect(told).toEqual(
        expect.arrayContaining([
          { cid: "one", error: GAP },
          { cid: "two", by: BY },
        ]),
      );
      expect(await subject.deliver(held)).toEqual(["one"]);
      expect(await delivery.outcomes()).toEqual([{ cid: "one", by: BY }]);
    });

    it("tells the last of several outcomes of a message", async () => {
      await subject.delivery.handOver([message("one")]);
      await subject.deliver(refused);
      await subject.deliver(held);
      expect(await subject.delivery.outcomes()).toEqual([{ cid: "one", by: BY }]);
    });

    it("keeps what nobody answered to, and says nothing of it", async () => {
      await subject.delivery.handOver([message("one")]);
      await subject.deliver(() => "nothing");
      expect(await subject.delivery.outcomes()).toEqual([]);
      expect(await subject.deliver(held)).toContain("one");
    });

    it("outlives a reload: what waits, and what came of it", async () => {
      await subject.delivery.handOver([message("one")]);
      const next = await subject.reopen();
      expect(await subject.deliver(held)).toEqual(["one"]);
      const last = await subject.reopen();
      expect(await last.outcomes()).toEqual([{ cid: "one", by: BY }]);
      expect(await next.outcomes()).toEqual([]);
    });
  });
}
