/** The chain of a local network: anvil with Parley's contracts on it. */
export { type DevChain, startDevChain } from "./anvil.ts";
export { contractsDigest, type Deployment, deployContracts } from "./deploy.ts";
