import { type ErrorData, failure } from "../../core/errors.ts";
import { createIdentity } from "../../core/identity.ts";
import {
  decodeIdentityLink,
  encodeIdentityLink,
  type IdentityLink,
  linkText,
  signLinkAsNode,
} from "../../core/identity-link.ts";
import type { Cid } from "../../core/primitives.ts";
import type { Wallet } from "../../ports/chain.ts";
import type { Clock } from "../../ports/clock.ts";
import type { KeyVault } from "../../ports/key-vault.ts";
import type { OnProgress } from "../../ports/progress.ts";
import type { Random } from "../../ports/random.ts";
import { NETWORK_VALUE_PREFIX, type Store } from "../../ports/store.ts";
import { type KeyMaterial, type NodeKeys, replaceNodeKeys } from "../node-keys.ts";
import { Subject } from "../observable.ts";
import type { IdentityService, IdentityStatus, ProfileExport, ProfilePreview } from "../parley.ts";
import { type KnownHead, keepImport, knownHead, type OwnLogGuard } from "./own-log-guard.ts";
import { checkPhrase, type PhraseCheck, phraseOf } from "./phrase.ts";
import { addProfile, gatherProfile } from "./profile.ts";
import { decodeProfile, encodeProfile, type ProfileContent } from "./profile-content.ts";
import { openFile, sealFile } from "./sealed-file.ts";

const LINK_KEY = `${NETWORK_VALUE_PREFIX}identity-link`;

export interface IdentityDependencies {
  readonly store: Store;
  readonly vault: KeyVault | undefined;
  readonly random: Random;
  readonly clock: Clock;
  /** Or why they cannot be read. */
  readonly keys: NodeKeys | ErrorData;
  /** Of the shipped model; undefined when it is not known. */
  readonly baseModel: () => Promise<Cid | undefined>;
  /** Every tab of the profile begins anew, with the identity that is kept then. */
  readonly restart: () => void;
}

/** What the tab that runs the node adds. */
export interface NodeHere {
  readonly networkCid: Cid;
  /** Of this network. */
  readonly store: Store;
  readonly wallet: Wallet;
  readonly ownLog: OwnLogGuard;
  moveAway(): Promise<KnownHead>;
}

/**
 * Who this profile is. The secrets of it are computed in the tab that shows them, on the person's word, and go nowhere else:
 * no status, message between tabs or log carries them.
 */
export class Identities implements IdentityService {
  readonly status: Subject<IdentityStatus>;
  readonly #dependencies: IdentityDependencies;
  #node: NodeHere | undefined;

  constructor(dependencies: IdentityDependencies) {
    this.#dependencies = dependencies;
    this.status = new Subject<IdentityStatus>({ ...shownOf(dependencies.keys), isNodeHere: false });
  }

  /** The node of this profile runs in this tab from now on. */
  async attachNode(node: NodeHere): Promise<void> {
    this.#node = node;
    this.status.update((status) => ({ ...status, isNodeHere: true }));
    node.ownLog.state.subscribe((ownLog) => this.status.update((status) => ({ ...status, ownLog })));
    const kept = await node.store.getValue(LINK_KEY);
    if (kept !== undefined) this.#showLink(readLink(kept));
  }

  /** It ends, or goes on in another tab. */
  detachNode(): void {
    this.#node = undefined;
    this.status.update(({ ownLog: _, ...status }) => ({ ...status, isNodeHere: false }));
  }

  async phrase(): Promise<readonly string[]> {
    return phraseOf(this.#keys.identity.secretKey);
  }

  checkPhrase(text: string): Promise<PhraseCheck> {
    return checkPhrase(text);
  }

  async importPhrase(text: string): Promise<void> {
    const checked = await checkPhrase(text);
    if ("error" in checked) throw failure(checked.error.code, checked.error.message);
    await this.#replace({ seed: checked.seed, operatorKey: null }, { heads: [], isFinal: false });
  }

  async exportProfile(choices: ProfileExport, onProgress?: OnProgress): Promise<Uint8Array> {
    const { store, random, clock, baseModel } = this.#dependencies;
    const keys = this.#keys;
    const data = await gatherProfile(store, choices, await baseModel());
    const { isMoving, passphrase } = choices;
    const make = async (heads: readonly KnownHead[]): Promise<Uint8Array> => {
      const content: ProfileContent = {
        version: 1,
        exportedAtMs: clock.nowMs(),
        seed: keys.identity.secretKey,
        operatorKey: keys.isOperatorDerived ? null : keys.operatorKey,
        isFinal: isMoving,
        heads,
        ...data,
      };
      return sealFile(encodeProfile(content), passphrase, random, onProgress);
    };
    if (!isMoving) return make(await this.#heads());
    if (this.#node === undefined) throw nodeElsewhere();
    // What can fail because of what was typed fails before the promise to write no more.
    await sealFile(new Uint8Array(), passphrase, random, undefined, 14);
    return make([await this.#node.moveAway()]);
  }

  async readProfile(file: Uint8Array, passphrase: string, onProgress?: OnProgress): Promise<ProfilePreview> {
    const content = decodeProfile(await openFile(file, passphrase, onProgress));
    const { nodeId } = createIdentity(content.seed);
    const { pairs, threads, settings, adapters, exportedAtMs, isFinal } = content;
    return {
      nodeId,
      exportedAtMs,
      isFinal,
      pairs: pairs.length,
      threads: threads.length,
      settings: settings.length,
      adapters: adapters.length,
      use: (withIdentity) => this.#use(content, withIdentity),
    };
  }

  async linkWallet(): Promise<void> {
    const { clock } = this.#dependencies;
    const { networkCid, wallet, store } = this.#here();
    const account = wallet.account();
    if (account === undefined) throw failure("wallet-needed", "Connect a wallet first");
    const { nodeId, secretKey } = this.#keys.identity;
    const claim = { network: networkCid, nodeId, account, signedAtMs: clock.nowMs() };
    const walletSignature = await wallet.signText(linkText(claim));
    const nodeSignature = signLinkAsNode(secretKey, claim);
    const bytes = encodeIdentityLink({ version: 1, ...claim, nodeSignature, walletSignature });
    // Whatever the wallet gave is looked at as if it came from a stranger.
    const link = decodeIdentityLink(bytes);
    await store.setValue(LINK_KEY, bytes);
    this.#showLink(link);
  }

  async unlinkWallet(): Promise<void> {
    await this.#here().store.setValue(LINK_KEY, undefined);
    this.#showLink(undefined);
  }

  confirmAlone(): Promise<void> {
    return this.#here().ownLog.confirmAlone();
  }

  async takeBack(): Promise<void> {
    const { store, random, clock, restart } = this.#dependencies;
    const record = { atMs: clock.nowMs(), heads: [], isFinal: false, isMovedAway: false };
    await keepImport(store, random, this.#keys.identity.nodeId, record);
    restart();
  }

  async #use(content: ProfileContent, withIdentity: boolean): Promise<void> {
    await addProfile(this.#dependencies.store, content);
    const { seed, operatorKey, heads, isFinal } = content;
    if (withIdentity) await this.#replace({ seed, operatorKey }, { heads, isFinal });
    else this.#dependencies.restart();
  }

  /** The guard first: with the new keys in place and no guard, a crash in between would let a stale log be written on. */
  async #replace(
    material: KeyMaterial,
    known: { readonly heads: readonly KnownHead[]; readonly isFinal: boolean },
  ): Promise<void> {
    const { store, vault, random, clock, restart } = this.#dependencies;
    const { nodeId } = createIdentity(material.seed);
    await keepImport(store, random, nodeId, { atMs: clock.nowMs(), isMovedAway: false, ...known });
    await replaceNodeKeys(store, material, vault);
    restart();
  }

  async #heads(): Promise<readonly KnownHead[]> {
    if (this.#node === undefined) return [];
    const { store, networkCid } = this.#node;
    return [await knownHead(store, networkCid, this.#keys.identity.nodeId)];
  }

  /** Errors: identity-locked. */
  get #keys(): NodeKeys {
    const { keys } = this.#dependencies;
    if ("identity" in keys) return keys;
    throw failure(keys.code, keys.message, keys.expected, keys.received);
  }

  #here(): NodeHere {
    if (this.#node === undefined) throw nodeElsewhere();
    return this.#node;
  }

  #showLink(link: IdentityLink | undefined): void {
    this.status.update(({ link: _, ...status }) => ({ ...status, ...(link && { link }) }));
  }
}

function shownOf(keys: NodeKeys | ErrorData): Omit<IdentityStatus, "isNodeHere"> {
  if (!("identity" in keys)) return { isSealed: true, isOperatorDerived: true, problem: keys };
  const { identity, isSealed, isOperatorDerived } = keys;
  return { nodeId: identity.nodeId, isSealed, isOperatorDerived };
}

/** A link that no longer proves anything, as after another identity has taken the profile over, is none. */
function readLink(bytes: Uint8Array): IdentityLink | undefined {
  try {
    return decodeIdentityLink(bytes);
  } catch {
    return undefined;
  }
}

function nodeElsewhere() {
  return failure(
    "node-elsewhere",
    "Your node runs in another tab, or has not started. Do this where it runs.",
  );
}
