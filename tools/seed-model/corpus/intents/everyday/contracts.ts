import type { Phrases } from "../phrases.ts";

const CONTRACT =
  "{my|the|this|our|that} {contract|smart contract|contract code|on-chain program|program for the chain|escrow contract|token contract|auction contract|wasm contract}";
const JOB =
  "{keeps a deposit until delivery|pays my team each month|splits the income of our band|sells tickets|runs a raffle|holds bets|stores names|counts votes in our club|locks money for my kid|mints a token|auctions a picture|lends books|refunds buyers|collects a fee|shares rent between flatmates|pays back after <~date>|pays <~name> <~amount>}";

/** The contracts' intents as different people say them. */
export const EVERYDAY_CONTRACTS: readonly Phrases[] = [
  {
    intent: "write-contract",
    orders: [
      `{put together|whip up|knock together|come up with|cook up|sketch|author|compose|formulate|produce|set up} {a|some|a little|an easy|a new} [smart] contract {that|which} ${JOB}`,
      `{write|draft|make|build|create|code} {something|code|a program|a script} for the chain {that|which} ${JOB}`,
      `{code|write|draft} {up|me} {a|one|an} {escrow|auction|raffle|token|vesting|lottery|multisig|crowdfunding} contract`,
      "{write|draft|generate} {solidity|contract code|a contract|on-chain code} {for me|from my description|from this description|from scratch}",
      `{turn|make} {my|this|the} {deal|agreement|bet|rules|plan} {with <~name>|} into {a|code for a} [smart] contract`,
      `{implement|program|realise} {an escrow|a lottery|an auction|a token|a savings jar} {as a contract|on chain|on the chain|in a contract}`,
    ],
    says: [
      `{i want|i'd love|i need|we need|we want|i'm looking for} a contract {that|which} ${JOB}`,
      `{i need|we need} {an agreement|code|a program|something} on the chain {that|which} ${JOB}, {write|draft|code} it`,
      `contract {please|wanted|idea|request|draft}[: it ${JOB}]`,
      `{can|could} we have a [smart] contract {that|which} ${JOB}`,
      `{<~name> and i|my friend and i|we} {made a bet|want to share money|need an escrow}, {write|draft|make} {us|} a contract`,
      `{i'd like|i want} to {have|start with} a {token|contract} of my own[, {write|code} it]`,
      `{here is what it should do|my idea|the rules}: it ${JOB}. {write|draft|code} the contract`,
    ],
  },
  {
    intent: "check-contract",
    weight: 16,
    orders: [
      `{proofread|double check|double-check|go through|go over|take a look at|have a look at|cast an eye over|stress test|sanity check|evaluate|assess|investigate|dissect|probe} ${CONTRACT} [before {i deploy it|it goes live|it is published|launch}]`,
      `{check|test|review|scan|audit|verify} ${CONTRACT} before {i deploy it|deploying|it goes on chain|it goes live|i publish it|launch}`,
      `{spot|hunt for|search for|find|look for|detect|uncover} {bugs|mistakes|holes|flaws|weak spots|problems|errors|issues|security holes} in ${CONTRACT}`,
      `{do|perform|run|carry out|make|give me} {a|an} {security|safety|quick|full|} {review|audit|check|test|analysis|inspection} of ${CONTRACT}`,
      `{tell me|see|find out|make sure} {if|whether|that} ${CONTRACT} {is safe|is bug free|is ready to deploy|has no bugs|works|does what it should|will not lose money}`,
      `{check|review|audit|test} <contract> {for bugs|for flaws|before i use it|for holes}`,
      `{run|execute} {the tests|the linter|a simulation|a dry run} {on|for|of} ${CONTRACT}`,
    ],
    says: [
      `is ${CONTRACT} {ready to deploy|good enough|bug free|watertight|well written|fit for the chain|ready for launch}`,
      `{anything|something} {wrong|suspicious|dangerous|broken} {in|with} ${CONTRACT}`,
      `{did i make|have i made|are there} {any|a} {mistake|mistakes|errors|bugs} in ${CONTRACT}`,
      `before i {deploy|publish|launch} it, {check|test|review|audit} ${CONTRACT}`,
      `i {wrote|finished|changed|have written} a contract, {check it|is it safe|look it over|review it|any bugs|test it for me}`,
      `i {worry|fear|think} ${CONTRACT} {has|contains} {a bug|a hole|errors|a flaw}[, {check|find it|have a look}]`,
      `{contract|code} {check|test|audit|review|lint|inspection} {please|pls|?|now|for <contract>}`,
      `{a second opinion|your opinion|an audit|a review|a bug hunt} {on|of|for} ${CONTRACT} [please]`,
      `does ${CONTRACT} {leak|lose|lock up} {tokens|money|funds}`,
      `can {someone|anyone|a thief} {steal from|break|drain|exploit} ${CONTRACT}`,
      `{can|should} {i|we|one} trust {the contract <contract>|contract <contract>|the <contract:name> contract}`,
    ],
  },
  {
    intent: "deploy-contract",
    weight: 13,
    orders: [
      `{kick off|fire up|push out|send out|set live|bring online|put online|activate|submit|register|commit|move|post|place} ${CONTRACT} [on the chain|on chain|to the chain|now]`,
      `{put|get|bring|send|move} ${CONTRACT} {online|out there|onto the network|onto the blockchain|into the wild|up and running|on mainnet}`,
      "{deploy|ship|publish|launch} {the finished|the tested|my finished|the reviewed|the latest} {contract|code|version of the contract}",
      `{make|have|get} ${CONTRACT} {live|public|deployed|available|go live}`,
    ],
    says: [
      `${CONTRACT} {is|looks} {ready|done|good|fine|tested|finished|checked|safe}, {ship it|deploy it|put it online|launch it|publish it|let's deploy|off it goes|make it live}`,
      `{contract's|the contract's} {ready|done|tested}, {ship|deploy|put|launch|push} it {online|on chain|now|live}`,
      `{the tests pass|the audit was clean|all checks are green|no bugs were found|the review is done}, {deploy|ship|publish|launch} {the contract|my contract|it to the chain}`,
      `{deploy|ship|publish|launch} {contract|pls|please|now|to chain|the code}`,
      `{i'm ready|i want|i'd love|time} to {go live with|launch|deploy|publish|ship} ${CONTRACT}`,
      `${CONTRACT} {belongs|has to be|needs to be|must get|should be} {on the chain|on chain|online|deployed}`,
      `{can|could} ${CONTRACT} {go live|be deployed|go online|be put on chain} now`,
    ],
  },
  {
    intent: "call-contract",
    weight: 15,
    orders: [
      "{fire|kick off|hit|ping|poke|activate|perform|launch|start|do} <method> {on|of|in|at} {the contract|contract|} <contract>",
      "{make|do|send|submit} a {call|transaction|request} to <method> {on|of|in} {contract|the contract|} <contract> [with <amount>]",
      "{on|in|at} <contract> {call|run|fire|execute|trigger} <method> [with <amount>]",
      "{use|call|run} the <contract:name> contract's <method> [method|function|] [with <amount>]",
      "{ask|query|talk to} {the contract|contract|} <contract> {for|about} <method>",
      "{ask|query|talk to|use|poke|interact with|speak to} the <contract:name> contract",
      "{pass|give|send|supply} <amount> to <method> {on|of|in} {the contract|contract|} <contract>",
      "{invoke|execute|run|call} <method> [on the contract]",
    ],
    says: [
      "<contract>: <method>",
      "<method> {on|of} {the contract|contract} <contract> [please|now|with <amount>]",
      "<contract>.<method>",
      "{the|my} contract <contract> {should|shall|must} {run|execute|do} <method> [with <amount>]",
      "{i want|i need|i'd like} {to|you to} {call|run|use|execute} <method> {on|of|in} {the|} contract <contract>",
      "what {does|would|will} <method> {on|of|in} {contract|the contract} <contract> {give|return|say|answer}",
      "{contract call|method call|call}: <contract> <method> [<amount>]",
    ],
  },
];
