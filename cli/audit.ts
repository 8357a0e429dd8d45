import "../src/p2p/node-polyfills.ts";
import { randomBytes } from "node:crypto";
import { audit as replay } from "../src/app/audit/audit.ts";
import { createChain } from "../src/chain/chain.ts";
import { LOCAL_CHAIN_ID } from "../src/chain/network.ts";
import { ParleyError } from "../src/core/errors.ts";
import { fetchFolder } from "../src/model/folder.ts";
import { createNodeModel } from "../src/model/node.ts";
import { createNetwork } from "../src/p2p/node.ts";
import { collectLogs } from "./audit/collect.ts";
import { CollectedLogs } from "./audit/collected-logs.ts";
import { AUDIT_EXIT, auditStatus, findingLine, verdictLines, whyLines } from "./audit/print.ts";
import { readServedNetwork } from "./audit/served-network.ts";
import type { AuditOptions } from "./options.ts";

const print = (line: string): void => console.log(line);
/** What is going on, not what was found. */
const note = (line: string): void => console.error(line);

/** What keeps an auditor from its work before anything was compared: no word about the network. */
const NOTHING_TO_CHECK = ["not-served", "no-peers", "no-messages"];

/** Joins the network served at `url` as a peer, replays every epoch up to `epoch`, and resolves with the exit status. */
export async function audit(options: AuditOptions): Promise<number> {
  try {
    return await compare(options);
  } catch (thrown) {
    if (!(thrown instanceof ParleyError) || !NOTHING_TO_CHECK.includes(thrown.code)) throw thrown;
    print(`could not be checked: ${thrown.message}`);
    return AUDIT_EXIT.unchecked;
  }
}

async function compare({ epoch, url, why }: AuditOptions): Promise<number> {
  const served = await readServedNetwork(url);
  const { genesis, genesisCid } = served;
  note(`network ${genesis.name} ${genesisCid}`);
  const network = await createNetwork({
    identitySeed: randomBytes(32),
    relays: served.relays,
    networkName: genesisCid,
    blocks: { kind: "memory" },
    localNetwork: genesis.chain.chainId === LOCAL_CHAIN_ID,
    platform: "node",
  });
  const model = createNodeModel(fetchFolder(`${url}/model/`));
  try {
    const logs = new CollectedLogs(genesisCid);
    await collectLogs({ ...network, logs, print: note });
    const { evaluator } = await model;
    const report = await replay(
      {
        genesis,
        messages: logs.messages(),
        artifacts: network.artifacts,
        chain: createChain({ rpcUrls: served.rpcUrls, chain: genesis.chain }),
        evaluator,
      },
      epoch,
      (finding) => print(findingLine(finding)),
    );
    if (why !== undefined) for (const line of whyLines(report, why)) print(line);
    for (const line of verdictLines(report)) print(line);
    return auditStatus(report);
  } finally {
    await Promise.allSettled([network.stop(), model.then(({ release }) => release())]);
  }
}
