/**
 * One kind of noisy step: every pair is in a step with probability batchSize / pairCount, independently (Poisson
 * sampling), its gradient is clipped, and the sum gets Gaussian noise of noiseMultiplierMilli / 1000 times the clip norm.
 */
export interface PrivacyMechanism {
  /** Noise as a multiple of the clip norm, in thousandths. */
  readonly noiseMultiplierMilli: number;
  /** Pairs in a step on average. */
  readonly batchSize: number;
  readonly pairCount: number;
}

/** Privacy that one run has spent: what the accountant needs to compose it with others, in integers. */
export interface PrivacySpending extends PrivacyMechanism {
  readonly steps: number;
}

/** What the owner of the data allows. ε in millionths; δ in billionths, to be below 1 / pairs. */
export interface PrivacyBudget {
  readonly epsilonMicro: number;
  readonly deltaBillionths: number;
}

/** Where the budget stands, ε in millionths, rounded up. */
export interface PrivacyAccount {
  /** Of the runs so far. */
  readonly spentMicro: number;
  /** What the run adds: ε of all with it, less `spentMicro`. ε does not add up, so this depends on what was spent. */
  readonly runMicro: number;
  /** Of the budget, after the run; never negative, also where the run does not fit. */
  readonly leftMicro: number;
  readonly fits: boolean;
  /** The most steps of this kind that would still fit. */
  readonly largestSteps: number;
}

/**
 * Differential privacy of training runs, with respect to one pair more or less in the data of a device. A pure function:
 * the same integers give the same account.
 */
export interface PrivacyAccountant {
  /** ε of all `spent` together, in millionths, rounded up. Errors: privacy-settings. */
  epsilonMicro(spent: readonly PrivacySpending[], deltaBillionths: number): number;
  /** The account of a run that is planned. Errors: privacy-settings (outside LIMITS, δ not below 1 / pairs). */
  account(spent: readonly PrivacySpending[], run: PrivacySpending, budget: PrivacyBudget): PrivacyAccount;
}

/** Differentially private training (DP-SGD), as a part of a training request. */
export interface PrivateTraining {
  /** The L2 norm to which the gradient of one pair's mean loss is clipped, in millionths. */
  readonly clipNormMicro: number;
  readonly noiseMultiplierMilli: number;
  /** Pairs in a step on average. */
  readonly batchSize: number;
  readonly budget: PrivacyBudget;
  /** All earlier runs on this device's data, this one not included. */
  readonly spent: readonly PrivacySpending[];
  /** 32 bytes of the Random port, new for each run. Whoever knows them can take the noise off: they stay on the device. */
  readonly noiseSeed: Uint8Array;
}
