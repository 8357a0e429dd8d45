import { describe, expect, it } from "vitest";
import { playEpochs } from "../../../vectors/lib/economy.ts";
import type { EpochResult } from "../../core/epoch/transition.ts";
import { chargeSentence, paymentSentence } from "./why.ts";

function lastEpoch(): EpochResult {
  const result = playEpochs().steps.at(-1)?.result;
  if (result === undefined) throw new Error("no epoch");
  return result;
}

/** Sentences without CIDs, which say nothing to a reader of a test. */
const readable = (sentence: string) => sentence.replace(/bafy\w+/g, "CID");

describe("the sentence of a payment", () => {
  it("has the numbers that give the amount", () => {
    const { explanations, state } = lastEpoch();
    const sentences = explanations.payments.map((one) => readable(paymentSentence(one, state.epoch)));
    const unique = [...new Set(sentences)].sort();
    expect(unique).toMatchInlineSnapshot(`
      [
        "0.001 tokens for asking, receipt CID: the least of 0.001 tokens, 0.098 tokens left today and 0.013333333333333333 tokens by its fee.",
        "0.001 tokens for asking, receipt CID: the least of 0.001 tokens, 0.098 tokens left today and 0.02 tokens by its fee.",
        "0.025666666666666666 tokens for the first answer to a request, receipt CID: 1000000 of 1000000 FLOPs in 0.031 tokens, at most 0.025666666666666666 tokens by its fee.",
        "0.039 tokens for the first answer to a request, receipt CID: 480000000 of 481000000 FLOPs in 0.07 tokens, at most 0.039 tokens by its fee.",
        "0.069840213049267643 tokens for a right verdict on submission CID: earned in epoch 3 and held back until now.",
        "0.070039946737683089 tokens for a right verdict on submission CID: earned in epoch 3 and held back until now.",
        "0.08480013889741973 tokens for the adopted delta of submission CID: earned in epoch 3 and held back until now.",
        "0.17483357548760632 tokens for a right verdict on submission CID: weight 1048952000000 of 2099901000000 among 2 in a pot of 0.35 tokens (lock 1 · reputation 1.049), rounded down; held back until epoch 6.",
        "0.175166424512393679 tokens for a right verdict on submission CID: weight 1050949000000 of 2099901000000 among 2 in a pot of 0.35 tokens (lock 1 · reputation 1.0509), rounded down; held back until epoch 6.",
        "0.195199861102580269 tokens for the adopted delta of submission CID: earned in epoch 3 and held back until now.",
        "0.28 tokens for the adopted delta of submission CID: weight 42996350360071485000000 of 42996350360071485000000 among 1 in a pot of 0.28 tokens (score 0.0051 · log2(1 + stake) 7.6511 · lock 1 · reputation 1.0539), rounded down; held back until epoch 6.",
        "0.3 tokens as the fee of receipt CID: a fee of 0.333333333333333333 tokens, less the pool's 10 %.",
        "0.300000000000000001 tokens to the foundation: 30 % of the epoch's 1 token and 1 wei that rounding left.",
        "0.45 tokens as the fee of receipt CID: a fee of 0.5 tokens, less the pool's 10 %.",
        "0.9 tokens as the fee of receipt CID: a fee of 1 token, less the pool's 10 %.",
      ]
    `);
  });
});

describe("the sentence of a charge", () => {
  it("says what was asked of which stake", () => {
    expect(lastEpoch().explanations.charges.map(chargeSentence).map(readable)).toMatchInlineSnapshot(`
      [
        "1 token taken for not revealing commit CID: 1 token asked.",
        "0.0212 tokens taken for being away from the committee of submission CID: 0.0053 % of a stake of 400 tokens.",
        "0.5 tokens taken as the fee of receipt CID: 0.5 tokens asked.",
        "0.333333333333333333 tokens taken as the fee of receipt CID: 0.333333333333333333 tokens asked.",
        "1 token taken as the fee of receipt CID: 1 token asked.",
      ]
    `);
  });
});
