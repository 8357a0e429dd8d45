import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KeyVault } from "../key-vault.ts";

export interface KeyVaultUnderTest {
  readonly vault: KeyVault;
  /** The same profile after a reload. */
  reopen(): Promise<KeyVault>;
  /** Another profile's. */
  another(): Promise<KeyVault>;
  dispose(): Promise<void>;
}

const SECRET = Uint8Array.from({ length: 32 }, (_, index) => index + 1);
const sealed = expect.objectContaining({ code: "vault-sealed" });

/** Promises of the KeyVault port. */
export function describeKeyVault(name: string, make: () => Promise<KeyVaultUnderTest>): void {
  describe(`KeyVault: ${name}`, () => {
    let subject: KeyVaultUnderTest;
    let vault: KeyVault;
    beforeEach(async () => {
      subject = await make();
      vault = subject.vault;
    });
    afterEach(() => subject.dispose());

    it("gives back what it sealed, also after a reload", async () => {
      const kept = await vault.seal("seed", SECRET);
      expect(await vault.open("seed", kept)).toEqual(SECRET);
      expect(await (await subject.reopen()).open("seed", kept)).toEqual(SECRET);
    });

    it("leaves nothing of the secret in what is kept, and seals differently each time", async () => {
      const [one, two] = [await vault.seal("seed", SECRET), await vault.seal("seed", SECRET)];
      expect(one).not.toEqual(two);
      expect(Buffer.from(one).includes(Buffer.from(SECRET.subarray(0, 8)))).toBe(false);
    });

    it("opens nothing that was changed, has another label, or is another profile's", async () => {
      const kept = await vault.seal("seed", SECRET);
      for (let at = 0; at < kept.length; at++) {
        const changed = kept.slice();
        changed[at] = (changed[at] ?? 0) ^ 1;
        await expect(vault.open("seed", changed)).rejects.toThrow(sealed);
      }
      await expect(vault.open("seed", kept.subarray(0, 5))).rejects.toThrow(sealed);
      await expect(vault.open("seed", new Uint8Array())).rejects.toThrow(sealed);
      await expect(vault.open("other", kept)).rejects.toThrow(sealed);
      await expect((await subject.another()).open("seed", kept)).rejects.toThrow(sealed);
    });

    it("makes one key when several tabs ask for the first time at once", async () => {
      const other = await subject.reopen();
      const [one, two] = await Promise.all([vault.seal("seed", SECRET), other.seal("seed", SECRET)]);
      expect(await other.open("seed", one)).toEqual(SECRET);
      expect(await vault.open("seed", two)).toEqual(SECRET);
    });

    it("runs tasks one at a time, and goes on after one that failed", async () => {
      const seen: string[] = [];
      const task = (word: string) =>
        vault.exclusively(async () => {
          seen.push(`${word} begins`);
          await vault.seal("x", SECRET);
          seen.push(`${word} ends`);
        });
      const failing = vault.exclusively(() => Promise.reject(new Error("no")));
      await Promise.all([task("one"), task("two"), expect(failing).rejects.toThrow("no")]);
      expect(seen).toEqual(["one begins", "one ends", "two begins", "two ends"]);
    });
  });
}
