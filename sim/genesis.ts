import { bytesToHex } from "../src/core/bytes.ts";
import type { Genesis } from "../src/core/genesis.ts";
import type { Parameters } from "../src/core/parameters.ts";
import { localParameters } from "../src/core/presets.ts";
import type { Address } from "../src/core/primitives.ts";
import { MODELS, type ModelName } from "./adapters/model/models.ts";
import { SeededRandom } from "./adapters/random.ts";

export interface GenesisChoices {
  readonly startMs?: number;
  /** `surrogate` when absent. */
  readonly model?: ModelName;
  readonly parameters?: Partial<Parameters>;
}

/** A network on one of the simulated models. */
export function simulatedGenesis({
  startMs = 1_800_000_000_000,
  model = "surrogate",
  parameters = {},
}: GenesisChoices = {}): Genesis {
  return {
    version: 1,
    name: "simulation",
    startMs,
    model: MODELS[model].model,
    chain: {
      chainId: 31_337,
      token: simulatedAddress("token"),
      staking: simulatedAddress("staking"),
      epochAnchor: simulatedAddress("epoch anchor"),
      claims: simulatedAddress("claims"),
      treasury: simulatedAddress("treasury"),
      guardian: simulatedAddress("guardian"),
      disputes: simulatedAddress("disputes"),
      commitLog: simulatedAddress("commit log"),
      modelRegistry: simulatedAddress("model registry"),
      accountLinks: simulatedAddress("account links"),
      anchorRewards: simulatedAddress("anchor rewards"),
    },
    parameters: { ...localParameters(simulatedAddress("foundation")), ...parameters },
  };
}

export function simulatedAddress(name: string): Address {
  return `0x${bytesToHex(new SeededRandom(`address ${name}`).bytes(20))}`;
}
