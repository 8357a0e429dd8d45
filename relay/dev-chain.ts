/** The chain of a local network: anvil with Parley's contracts on it. */
export { type DevChain, type DevChainOptions, startDevChain } from "./anvil.ts";
export { contractsDigest, type Deployment, type DeployOptions, deployContracts } from "./deploy.ts";
