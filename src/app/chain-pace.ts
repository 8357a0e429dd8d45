/** How often a device asks the chain while it waits for nothing of its own. */
export interface ChainPace {
  /** What the node shows and earns: stake, dues, anchored roots. */
  readonly nodeMs: number;
  /** What the wallet's page shows, and how deep its transactions lie. */
  readonly walletMs: number;
  /** Stakes that are not final yet. */
  readonly registryMs: number;
}

/**
 * In step with the network: what is asked changes by the epoch, and endpoints count requests. Who sends a transaction, claims
 * or anchors is shown the outcome at once, whatever this says.
 */
export function chainPace(epochLengthMs: number): ChainPace {
  return {
    nodeMs: within(3_000, epochLengthMs / 20, 30_000),
    walletMs: within(4_000, epochLengthMs / 15, 20_000),
    registryMs: within(1_000, epochLengthMs / 60, 15_000),
  };
}

function within(least: number, value: number, most: number): number {
  return Math.round(Math.min(Math.max(value, least), most));
}
