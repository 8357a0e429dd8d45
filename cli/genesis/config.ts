import { type NetworkFile, parseNetworkFile } from "../../src/app/network-file.ts";
import {
  answerableSeconds,
  type ContractChoices,
  type ContractParameters,
  contractParameters,
  NOBODY,
} from "../../src/chain/deploy/parameters.ts";
import { fromWire, toWire } from "../../src/core/codec/block.ts";
import { z } from "../../src/core/codec/zod.ts";
import { failure, toErrorData } from "../../src/core/errors.ts";
import { type Parameters, parameterFields, parameters } from "../../src/core/parameters.ts";
import { isPresetName, PRESETS } from "../../src/core/presets.ts";
import type { Address } from "../../src/core/primitives.ts";

const TOKEN_WEI = 10n ** 18n;
const DAY_SECONDS = 86_400;
/** Rewards that may be claimed ahead of the schedule: epochs are not as regular as clocks. */
const HEADROOM_EPOCHS = 24n;

/** Of the initial supply, for whoever anchors, where the maker says nothing else. */
const ANCHOR_POOL_PART = 100n;

/** A network as its maker describes it. */
export interface NetworkConfig {
  readonly name: string;
  readonly chainId: number;
  readonly startMs: number;
  readonly relays: readonly string[];
  readonly rpcUrls: readonly string[];
  /** Its foundation account is not known yet: the treasury has no address before the contracts are planned. */
  readonly parameters: Parameters;
  readonly contracts: ContractChoices;
  /** network.json but for the genesis CID. */
  readonly reached: Omit<NetworkFile, "genesisCid">;
}

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "expected 0x and 40 hexadecimal digits")
  .transform((text): Address => `0x${text.slice(2).toLowerCase()}`);
/** JSON has no integers of this size. */
const wei = z
  .string()
  .regex(/^\d{1,40}$/, "expected wei in decimal digits, as a string")
  .transform((digits) => BigInt(digits));
const seconds = z
  .int()
  .min(0)
  .max(10 * 365 * DAY_SECONDS);

const schema = z.strictObject({
  name: z.string().min(1).max(64),
  chainId: z.int().positive(),
  preset: z.string().refine(isPresetName, `expected one of ${Object.keys(PRESETS).join(", ")}`),
  start: z.iso.datetime(),
  executor: address,
  keeper: address.default(NOBODY),
  holder: address.default(NOBODY),
  parameters: z.record(z.string(), z.unknown()).default({}),
  contracts: z
    .strictObject({
      initialSupplyWei: wei.default(100_000_000n * TOKEN_WEI),
      supplyCapWei: wei.default(1_000_000_000n * TOKEN_WEI),
      headroomWei: wei.optional(),
      bondWei: wei.default(0n),
      anchorPoolWei: wei.optional(),
      anchorRewardWei: wei.default(TOKEN_WEI),
      maximumAnchorRewardWei: wei.default(100n * TOKEN_WEI),
      unbondingSeconds: seconds.default(14 * DAY_SECONDS),
      challengeSeconds: seconds.default(2 * DAY_SECONDS),
    })
    // The contracts refuse it as well, but only when they are created.
    .refine(
      ({ anchorPoolWei = 0n, initialSupplyWei }) => anchorPoolWei <= initialSupplyWei,
      "expected anchorPoolWei to be part of initialSupplyWei",
    )
    .refine(
      ({ anchorRewardWei, maximumAnchorRewardWei }) => anchorRewardWei <= maximumAnchorRewardWei,
      "expected anchorRewardWei to be at most maximumAnchorRewardWei",
    )
    .prefault({}),
  relays: z.array(z.string()).default([]),
  rpcUrls: z.array(z.string()).min(1),
  iceServers: z.unknown().optional(),
  dnsResolvers: z.unknown().optional(),
  mirrors: z.unknown().optional(),
  mailboxes: z.unknown().optional(),
});

/** Errors: bad-config, with the field and what was expected of it. */
export function parseNetworkConfig(text: string): NetworkConfig {
  const config = parsed(schema, jsonOf(text));
  const { name, chainId, start, preset, relays, rpcUrls } = config;
  const parameters = withOverrides(PRESETS[preset](NOBODY), config.parameters);
  const startMs = Date.parse(start);
  const contracts = contractChoices(config, parameters, startMs);
  requireStakesToAnswer(contractParameters(parameters, contracts));
  return {
    name,
    chainId,
    startMs,
    relays,
    rpcUrls,
    parameters,
    contracts,
    reached: reachedBy(config),
  };
}

function contractChoices(
  { executor, keeper, holder, contracts }: z.output<typeof schema>,
  { epochRewardWei }: Parameters,
  startMs: number,
): ContractChoices {
  const { headroomWei = HEADROOM_EPOCHS * epochRewardWei, ...others } = contracts;
  const { anchorPoolWei = contracts.initialSupplyWei / ANCHOR_POOL_PART } = contracts;
  return {
    ...others,
    executor,
    keeper,
    holder,
    startSeconds: Math.floor(startMs / 1_000),
    headroomWei,
    anchorPoolWei,
  };
}

/** What is withdrawn before a ruling cannot be slashed. Without a challenge time there is nothing to rule about. */
function requireStakesToAnswer(parameters: ContractParameters): void {
  const { unbondingSeconds } = parameters.staking;
  const neededSeconds = answerableSeconds(parameters);
  if (parameters.challengeSeconds === 0n || unbondingSeconds >= neededSeconds) return;
  throw failure(
    "bad-config",
    "contracts.unbondingSeconds: shorter than the challenge time and the longest dispute together",
    `at least ${neededSeconds}`,
    String(unbondingSeconds),
  );
}

function reachedBy(config: z.output<typeof schema>): NetworkConfig["reached"] {
  const { chainId, relays, rpcUrls, iceServers, dnsResolvers, mirrors, mailboxes } = config;
  const optional = Object.entries({ iceServers, dnsResolvers, mirrors, mailboxes });
  const file = {
    genesisCid: "unknown",
    relays,
    rpcUrls,
    chainId,
    demoWallet: false,
    ...Object.fromEntries(optional.filter(([, value]) => value !== undefined)),
  };
  const { genesisCid: _, ...reached } = parseNetworkFile(file);
  return reached;
}

/** The preset's values but for those that the config names; amounts as decimal digits. */
function withOverrides(preset: Parameters, overrides: Readonly<Record<string, unknown>>): Parameters {
  const values = { ...preset, ...Object.fromEntries(Object.entries(overrides).map(asParameter)) };
  try {
    // There and back: ranges, and what must hold between parameters.
    return fromWire(parameters, "parameters", toWire(parameters, "parameters", values));
  } catch (error) {
    const { received, expected } = toErrorData(error);
    throw failure("bad-config", "parameters: out of range, or they do not fit together", expected, received);
  }
}

function asParameter([name, value]: [string, unknown]): [string, unknown] {
  if (!Object.hasOwn(parameterFields, name)) {
    throw failure("bad-config", `parameters.${name}: there is no such parameter`, "docs/parameters.md");
  }
  if (name === "foundationAccount") {
    // Claims pays the foundation's part of the schedule to the treasury alone; others would take it from the workers' part.
    throw failure(
      "bad-config",
      "parameters.foundationAccount: always the network's own treasury",
      "no value",
    );
  }
  return [name, name.endsWith("Wei") ? parsed(wei, value, `parameters.${name}`) : value];
}

function parsed<S extends z.ZodType>(type: S, value: unknown, where = ""): z.output<S> {
  const result = type.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = [where, ...(issue?.path ?? [])].filter((part) => part !== "").join(".");
  const message = `${field === "" ? "the file" : field}: ${issue?.message ?? "not understood"}`;
  const known = issue?.code === "unrecognized_keys" ? knownFields(field) : undefined;
  throw failure("bad-config", message, known);
}

function knownFields(field: string): string {
  const { contracts, ...others } = schema.shape;
  const known = field === "contracts" ? contracts.unwrap().shape : { ...others, contracts };
  return `of ${Object.keys(known).join(", ")}`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw failure(
      "bad-config",
      "The config is not JSON",
      undefined,
      error instanceof Error ? error.message : "",
    );
  }
}
