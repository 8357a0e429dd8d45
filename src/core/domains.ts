/** Every string that separates one use of a hash or signature from another. Changing one makes a new protocol. */
export const DOMAINS = {
  envelope: "parley/envelope/1",
  commitment: "parley/commitment/1",
  committee: "parley/committee/1",
  leader: "parley/leader/1",
  draw: "parley/draw/1",
  workDigest: "parley/work-digest/1",
  trainingData: "parley/training-data/1",
  trainingRun: "parley/training-run/1",
  checkpoint: "parley/checkpoint/1",
  receipt: "parley/receipt/1",
  request: "parley/request/1",
  heldOut: "parley/held-out/1",
  workCheck: "parley/work-check/1",
  auditor: "parley/auditor/1",
  jury: "parley/jury/1",
} as const;
