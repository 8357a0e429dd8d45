import { z } from "../../core/codec/zod.ts";
import type { Address, NodeId } from "../../core/primitives.ts";
import type { ChainOverview } from "../../ports/chain.ts";
import type { ChainRecords } from "../../ports/chain-records.ts";

const wei = z.string().regex(/^\d+$/).transform(BigInt);
const address = z.custom<Address>((value) => typeof value === "string" && /^0x[0-9a-f]{40}$/.test(value));

const schema = z.object({
  block: z.object({ number: z.int(), hash: z.string(), timestampMs: z.number() }),
  stake: z
    .object({
      nodeId: z.string(),
      operator: address,
      account: address,
      stakeWei: wei,
      delegatedWei: wei,
      lockedUntilMs: z.number(),
    })
    .optional(),
  lastAnchoredEpoch: z.int().optional(),
  gasPriceWei: wei,
  baseFeeWei: wei,
  account: z
    .object({
      balanceWei: wei,
      claimedWei: wei,
      unbonding: z.array(z.object({ nodeId: z.string(), amountWei: wei, withdrawableAtMs: z.number() })),
    })
    .optional(),
});

/** What the chain said last, kept on the device as JSON for when there is no chain. */
export class LastViews {
  readonly #records: Pick<ChainRecords, "putView" | "getView">;

  constructor(records: Pick<ChainRecords, "putView" | "getView">) {
    this.#records = records;
  }

  async keep(nodeId: NodeId, account: Address | undefined, overview: ChainOverview): Promise<void> {
    const text = JSON.stringify(overview, (_key, value: unknown) =>
      typeof value === "bigint" ? `${value}` : value,
    );
    await this.#records.putView(nameOf(nodeId, account), new TextEncoder().encode(text));
  }

  /** Undefined also when a version of the app before this one kept it in another form. */
  async last(nodeId: NodeId, account: Address | undefined): Promise<ChainOverview | undefined> {
    const bytes = await this.#records.getView(nameOf(nodeId, account));
    if (bytes === undefined) return undefined;
    const parsed = schema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    if (!parsed.success) return undefined;
    const { stake, lastAnchoredEpoch, account: money, ...rest } = parsed.data;
    return { ...rest, stake, lastAnchoredEpoch, account: money };
  }
}

const nameOf = (nodeId: NodeId, account: Address | undefined): string =>
  `overview ${nodeId} ${account ?? ""}`;
