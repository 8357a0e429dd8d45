import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Cid, NodeId } from "../../core/primitives.ts";
import type {
  Store,
  StoredDuty,
  StoredEpoch,
  StoredMessage,
  StoredOutboxEntry,
  StoredPair,
  StoredThread,
  StoredTurn,
} from "../store.ts";

export interface StoreUnderTest {
  readonly store: Store;
  /** The same node after its tab died without a word: what was resolved is still there. */
  reopen(): Promise<Store>;
  dispose(): Promise<void>;
}

const author = (digit: string): NodeId => digit.repeat(64);
const cid = (text: string): Cid => `bafyreia${text}`;

function message(by: string, sequence: number, extra: Partial<StoredMessage> = {}): StoredMessage {
  return {
    cid: cid(`${by}${sequence}`),
    author: author(by),
    sequence,
    kind: "commit",
    epoch: 1,
    bytes: new Uint8Array([sequence, 1, 2]),
    receivedAtMs: 1_000 + sequence,
    ...extra,
  };
}

const epoch = (number: number): StoredEpoch => ({
  epoch: number,
  stateRoot: author("1"),
  previousRoot: author("0"),
  manifestCid: cid("manifest"),
  messageSetCid: cid("set"),
  state: new Uint8Array([number]),
  certificate: new Uint8Array([9, number]),
});
const pair = (id: string, createdAtMs: number): StoredPair => ({ id, prompt: "p", answer: "a", createdAtMs });
const thread = (id: string, updatedAtMs: number): StoredThread => ({
  id,
  title: `Thread ${id}`,
  createdAtMs: 1,
  updatedAtMs,
});
const turn = (id: string, threadId: string, index: number): StoredTurn => ({
  id,
  threadId,
  index,
  role: index % 2 === 0 ? "user" : "assistant",
  content: `turn ${id}`,
  createdAtMs: 5,
});
const duty = (id: string): StoredDuty => ({
  id,
  kind: "verify",
  epoch: 3,
  deadlineMs: 99,
  detail: new Uint8Array([4]),
});
const outbox = (text: string, createdAtMs: number): StoredOutboxEntry => ({
  cid: cid(text),
  kind: "ballot",
  createdAtMs,
  state: "waiting",
});

/** Promises of the Store port. */
export function describeStore(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`Store: ${name}`, () => {
    let subject: StoreUnderTest;
    let store: Store;
    beforeEach(async () => {
      subject = await make();
      store = subject.store;
    });
    afterEach(() => subject.dispose());

    it("keeps small values, replaces them and forgets them", async () => {
      expect(await store.getValue("identity")).toBeUndefined();
      await store.setValue("identity", new Uint8Array([1]));
      await store.setValue("identity", new Uint8Array([2, 3]));
      await store.setValue("network/log", new Uint8Array([7]));
      expect(await store.getValue("identity")).toEqual(new Uint8Array([2, 3]));
      expect(await store.getValue("network/log")).toEqual(new Uint8Array([7]));
      await store.setValue("identity", undefined);
      expect(await store.getValue("identity")).toBeUndefined();
    });

    it("keeps its own copy of the bytes it was given", async () => {
      const value = new Uint8Array([1, 2]);
      await store.setValue("mine", value);
      value.fill(0);
      expect(await store.getValue("mine")).toEqual(new Uint8Array([1, 2]));
      (await store.getValue("mine"))?.fill(0);
      expect(await store.getValue("mine")).toEqual(new Uint8Array([1, 2]));
    });

    it("adds a message once", async () => {
      expect(await store.addMessage(message("a", 0))).toBe(true);
      expect(await store.addMessage(message("a", 0, { receivedAtMs: 9 }))).toBe(false);
      expect(await store.getMessage(cid("a0"))).toEqual(message("a", 0));
      expect(await store.getMessage(cid("none"))).toBeUndefined();
    });

    it("adds a message once even when asked twice at the same time", async () => {
      const added = await Promise.all([store.addMessage(message("a", 0)), store.addMessage(message("a", 0))]);
      expect(added.sort()).toEqual([false, true]);
    });

    it("lists messages by epoch, kind and author, in the order of author and sequence", async () => {
      for (const one of [
        message("b", 1),
        message("a", 2, { kind: "ballot", epoch: -1 }),
        message("b", 0),
        message("a", 0),
        message("a", 1, { epoch: 2 }),
        message("a", 10),
      ]) {
        await store.addMessage(one);
      }
      const cids = (list: readonly StoredMessage[]): Cid[] => list.map((one) => one.cid);
      expect(cids(await store.messagesOfEpoch(1))).toEqual([cid("a0"), cid("a10"), cid("b0"), cid("b1")]);
      expect(cids(await store.messagesOfEpoch(7))).toEqual([]);
      expect(cids(await store.messagesOfEpoch(-1))).toEqual([cid("a2")]);
      expect(cids(await store.messagesOfKind("ballot"))).toEqual([cid("a2")]);
      expect(cids(await store.messagesOfKind("commit"))).toEqual([
        cid("a0"),
        cid("a1"),
        cid("a10"),
        cid("b0"),
        cid("b1"),
      ]);
      expect(cids(await store.messagesOfAuthor(author("a"), 1, 3))).toEqual([cid("a1"), cid("a2")]);
      expect(cids(await store.messagesOfAuthor(author("b"), 0, 100))).toEqual([cid("b0"), cid("b1")]);
      expect(cids(await store.messagesOfAuthor(author("c"), 0, 100))).toEqual([]);
    });

    it("counts each author's log up to its first hole", async () => {
      await Promise.all([message("a", 0), message("a", 1), message("a", 3)].map((m) => store.addMessage(m)));
      await store.addMessage(message("b", 1));
      const heads = await store.logHeads();
      expect(heads.get(author("a"))).toBe(2);
      expect(heads.get(author("b")) ?? 0).toBe(0);
      await store.addMessage(message("a", 2));
      expect((await store.logHeads()).get(author("a"))).toBe(4);
    });

    it("keeps two different messages of one place in a log: that is a proof", async () => {
      const other = message("a", 0, { cid: cid("other"), bytes: new Uint8Array([8]) });
      expect(await store.addMessage(message("a", 0))).toBe(true);
      expect(await store.addMessage(other)).toBe(true);
      expect(await store.messagesOfAuthor(author("a"), 0, 1)).toHaveLength(2);
      expect((await store.logHeads()).get(author("a"))).toBe(1);
    });

    it("adds many messages in one write: those not held, to the lists and the heads", async () => {
      await store.addMessage(message("a", 1));
      const many = [message("a", 0), message("a", 1), message("b", 0), message("b", 2), message("b", 0)];
      expect(await store.addMessages(many)).toBe(3);
      expect(await store.addMessages([])).toBe(0);
      expect(Object.fromEntries(await store.logHeads())).toEqual({ [author("a")]: 2, [author("b")]: 1 });
      expect(await store.messagesOfEpoch(1)).toEqual(
        [0, 1].map((n) => message("a", n)).concat([0, 2].map((n) => message("b", n))),
      );
    });

    it("finds a message beside the logs by its CID alone", async () => {
      await store.addMessage(message("a", 0));
      const aside = message("a", 1, { cid: cid("aside"), kind: "ballot" });
      expect(await store.addForked(aside)).toBe(true);
      expect(await store.addForked(aside)).toBe(false);
      expect(await store.addForked(message("a", 0))).toBe(false);
      expect(await store.getMessage(cid("aside"))).toEqual(aside);
      expect((await store.logHeads()).get(author("a"))).toBe(1);
      expect(await store.messagesOfAuthor(author("a"), 0, 9)).toEqual([message("a", 0)]);
      expect(await store.messagesOfKind("ballot")).toEqual([]);
      expect(await store.messagesOfEpoch(1)).toEqual([message("a", 0)]);
    });

    it("keeps what is known of blocks, least recently used first", async () => {
      const block = (name: string, usedAtMs: number) => ({
        cid: cid(name),
        sizeBytes: 10,
        addedAtMs: 1,
        usedAtMs,
        epoch: -1,
      });
      await store.putBlock(block("new", 30));
      await store.putBlock(block("old", 10));
      await store.putBlock({ ...block("new", 5), pin: "own" });
      expect(await store.listBlocks()).toEqual([{ ...block("new", 5), pin: "own" }, block("old", 10)]);
      await store.deleteBlock(cid("new"));
      expect(await store.listBlocks()).toEqual([block("old", 10)]);
    });

    it("keeps the updates of documents in their order, until one replaces them", async () => {
      const update = (...bytes: number[]) => Uint8Array.from(bytes);
      await store.addDocumentUpdate("mine", update(1));
      await store.addDocumentUpdate("network/talk", update(9));
      await store.addDocumentUpdate("mine", update(2));
      expect(await store.documentUpdates("mine")).toEqual([update(1), update(2)]);
      await store.replaceDocument("mine", update(3));
      await store.addDocumentUpdate("mine", update(4));
      const again = await subject.reopen();
      expect(await again.documentUpdates("mine")).toEqual([update(3), update(4)]);
      expect(await again.documentUpdates("network/talk")).toEqual([update(9)]);
      expect(await again.listDocuments()).toEqual(["mine", "network/talk"]);
      await again.close();
      await store.replaceDocument("mine", undefined);
      expect(await store.documentUpdates("mine")).toEqual([]);
      expect(await store.listDocuments()).toEqual(["network/talk"]);
    });

    it("keeps epochs, newest first, and lets an anchor be added", async () => {
      for (const number of [3, 12, 5]) await store.putEpoch(epoch(number));
      await store.putEpoch({ ...epoch(5), anchorTransaction: author("7") });
      expect((await store.listEpochs(10)).map((one) => one.epoch)).toEqual([12, 5, 3]);
      expect((await store.listEpochs(2)).map((one) => one.epoch)).toEqual([12, 5]);
      expect(await store.getEpoch(5)).toEqual({ ...epoch(5), anchorTransaction: author("7") });
      expect(await store.getEpoch(4)).toBeUndefined();
    });

    it("keeps training pairs, oldest first", async () => {
      await store.putPair(pair("late", 20));
      await store.putPair(pair("early", 10));
      await store.putPair({ ...pair("late", 20), adoptedInEpoch: 4 });
      expect(await store.listPairs()).toEqual([
        pair("early", 10),
        { ...pair("late", 20), adoptedInEpoch: 4 },
      ]);
      await store.deletePair("early");
      await store.deletePair("never there");
      expect((await store.listPairs()).map((one) => one.id)).toEqual(["late"]);
    });

    it("keeps one personal adapter a base model, its integers as they were", async () => {
      const personal = (baseModel: Cid, value: number) => {
        const data = Int32Array.of(value, -(2 ** 31) + 1, 2 ** 31 - 1);
        const adapter = { baseModel, rank: 1, tensors: [{ name: "w", shape: [1, 3] as const, data }] };
        return { baseModel, adapter, updatedAtMs: value };
      };
      expect(await store.getPersonalAdapter(cid("one"))).toBeUndefined();
      await store.putPersonalAdapter(personal(cid("one"), 1));
      await store.putPersonalAdapter(personal(cid("other"), 2));
      await store.putPersonalAdapter(personal(cid("one"), 3));
      const again = await subject.reopen();
      expect(await again.getPersonalAdapter(cid("one"))).toEqual(personal(cid("one"), 3));
      await again.close();
      await store.deletePersonalAdapter(cid("one"));
      expect(await store.getPersonalAdapter(cid("one"))).toBeUndefined();
      expect(await store.getPersonalAdapter(cid("other"))).toEqual(personal(cid("other"), 2));
    });

    it("keeps threads, last updated first, and their turns by index", async () => {
      await store.putThread(thread("old", 10));
      await store.putThread(thread("new", 20));
      for (const one of [turn("n1", "new", 1), turn("n0", "new", 0), turn("n10", "new", 10)]) {
        await store.putTurn(one);
      }
      await store.putTurn(turn("o0", "old", 0));
      expect((await store.listThreads()).map((one) => one.id)).toEqual(["new", "old"]);
      await store.putThread(thread("old", 30));
      expect((await store.listThreads()).map((one) => one.id)).toEqual(["old", "new"]);
      expect((await store.listTurns("new")).map((one) => one.id)).toEqual(["n0", "n1", "n10"]);
      await store.putTurn({ ...turn("n1", "new", 1), correctedTo: "better", thumb: "down" });
      await store.deleteTurn("n0");
      expect(await store.listTurns("new")).toEqual([
        { ...turn("n1", "new", 1), correctedTo: "better", thumb: "down" },
        turn("n10", "new", 10),
      ]);
    });

    it("deletes a thread with its turns, and no other's", async () => {
      await store.putThread(thread("a", 1));
      await store.putThread(thread("b", 2));
      await store.putTurn(turn("a0", "a", 0));
      await store.putTurn(turn("b0", "b", 0));
      await store.deleteThread("a");
      expect((await store.listThreads()).map((one) => one.id)).toEqual(["b"]);
      expect(await store.listTurns("a")).toEqual([]);
      expect(await store.listTurns("b")).toHaveLength(1);
    });

    it("keeps duties until they are deleted", async () => {
      await store.putDuty(duty("one"));
      await store.putDuty({ ...duty("one"), deadlineMs: 100 });
      await store.putDuty(duty("two"));
      expect((await store.listDuties()).find((one) => one.id === "one")?.deadlineMs).toBe(100);
      await store.deleteDuty("one");
      expect(await store.listDuties()).toEqual([duty("two")]);
    });

    it("keeps the last checkpoint of a training run until it is deleted", async () => {
      const training = { id: "run", request: new Uint8Array([1]), checkpoint: new Uint8Array([2]) };
      expect(await store.getTraining("run")).toBeUndefined();
      await store.putTraining(training);
      await store.putTraining({ ...training, checkpoint: new Uint8Array([3]) });
      const again = await subject.reopen();
      expect(await again.getTraining("run")).toEqual({ ...training, checkpoint: new Uint8Array([3]) });
      await again.close();
      await store.deleteTraining("run");
      expect(await store.getTraining("run")).toBeUndefined();
    });

    it("keeps the outbox, oldest first", async () => {
      await store.putOutbox(outbox("second", 2));
      await store.putOutbox(outbox("first", 1));
      await store.putOutbox({ ...outbox("second", 2), state: "refused", detail: "late" });
      expect(await store.listOutbox()).toEqual([
        outbox("first", 1),
        { ...outbox("second", 2), state: "refused", detail: "late" },
      ]);
      await store.putOutbox({ ...outbox("first", 1), confirmedBy: [author("a")] });
      await store.deleteOutbox(cid("second"));
      expect(await store.listOutbox()).toEqual([{ ...outbox("first", 1), confirmedBy: [author("a")] }]);
    });

    it("still has everything after the tab died", async () => {
      await store.setValue("identity", new Uint8Array([5]));
      await store.addMessage(message("a", 0));
      await store.putEpoch(epoch(2));
      await store.putDuty(duty("one"));
      await store.putOutbox(outbox("first", 1));
      await store.putPair(pair("kept", 1));
      await store.putThread(thread("t", 1));
      await store.putTurn(turn("t0", "t", 0));
      const again = await subject.reopen();
      expect(await again.getValue("identity")).toEqual(new Uint8Array([5]));
      expect(await again.getMessage(cid("a0"))).toEqual(message("a", 0));
      expect((await again.logHeads()).get(author("a"))).toBe(1);
      expect(await again.getEpoch(2)).toEqual(epoch(2));
      expect(await again.listDuties()).toEqual([duty("one")]);
      expect(await again.listOutbox()).toEqual([outbox("first", 1)]);
      expect(await again.listPairs()).toEqual([pair("kept", 1)]);
      expect(await again.listTurns("t")).toEqual([turn("t0", "t", 0)]);
      await again.close();
    });

    it("says storage-closed after close", async () => {
      await store.close();
      await store.close();
      const refusal = { data: { code: "storage-closed" } };
      await expect(store.getValue("identity")).rejects.toMatchObject(refusal);
      await expect(store.addMessage(message("a", 0))).rejects.toMatchObject(refusal);
      await expect(store.listThreads()).rejects.toMatchObject(refusal);
    });
  });
}
