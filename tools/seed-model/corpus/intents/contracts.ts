import type { Phrases } from "./phrases.ts";

const SORT =
  "{an escrow|a token|an auction|a lottery|a vesting|a crowdfunding|a multisig|a raffle|a savings|a voting|a subscription|a payment|a rental|a betting|an insurance|a swap|a timelock|a loyalty|a ticket|a membership}";
const TASK =
  "{{that|which} {holds|locks|keeps} {tokens|money|funds} {until <~date>|for 30 days|until both sides agree|for a year}|{that|which} pays <~name> <~amount> every {month|week|day}|for {an escrow|an auction|a raffle|a lottery|crowdfunding|vesting|a savings jar|subscriptions|a will|a marketplace|name registration|a game|ticket sales|a shared wallet|a tip jar|lending}|for a token with a supply of <~amount>|that splits {payments|income} [between <~name> and <~name>]|that counts {votes|visits|points}|{that|which} {returns|refunds} {money|the deposit} if {nobody pays|the goal is missed|it fails}|that {lets|allows} {two|three} people {sign|share money|vote}|to {rent out my flat|sell tickets|collect donations|pay my team|store names}}";
const MINE = "{my|this|the|that|our|my new} [smart] {contract|contract code|contract source}";
const CHECK =
  "{check|review|audit|analyse|analyze|test|lint|inspect|verify|validate|simulate|examine|look at|scan|look over|debug|vet}";
const FAULTS =
  "{bugs|errors|faults|mistakes|problems|holes|security issues|re-entrancy|weaknesses|vulnerabilities|loops}";
const CALL = "{call|invoke|execute|run|trigger|use}";

export const CONTRACT_PHRASES: readonly Phrases[] = [
  {
    intent: "write-contract",
    orders: [
      `{write|create|draft|generate|make|build|develop|design|code|program|prepare|compose} [me] {a|a new|a simple|a small} [smart] contract [${TASK}]`,
      `{write|create|draft|generate|make|build|develop|design|code|program} [me] ${SORT} contract [${TASK}]`,
      `{turn|make} {this|my} {idea|description|text} into a contract`,
      `start a new contract [${TASK}]`,
    ],
    says: [
      `i need a [smart] contract ${TASK}`,
      `i need ${SORT} contract`,
      `[a] new [smart] contract ${TASK}`,
      `a contract ${TASK}`,
      `{can|could} you {come up with|think of|put together|whip up} a [smart] contract ${TASK}`,
      `{put together|come up with|whip up|sketch|produce} a [smart] contract ${TASK}`,
      `{i have|here is} an idea for a [smart] contract{:|,|.} {write it|it {holds|locks|splits|pays} tokens|make it}`,
      `{a|my} [smart] contract {should|shall|is to} {hold|split|lock|pay out|count|return} {tokens|money|votes|payments}, {write it|draft it|please write}`,
      `could i have a contract ${TASK}`,
      `i {want|would like|wish for} {a [smart] contract ${TASK}|${SORT} contract}`,
    ],
  },
  {
    intent: "check-contract",
    weight: 13,
    orders: [
      `${CHECK} ${MINE} [for ${FAULTS}]`,
      `${CHECK} {the|} contract [at] <contract> [for ${FAULTS}]`,
      `${CHECK} the <contract:name> contract [for ${FAULTS}]`,
      `find {the|} ${FAULTS} in {${MINE}|contract <contract>|the contract at <contract>|the <contract:name> contract}`,
      `look for ${FAULTS} in {${MINE}|contract <contract>|the <contract:name> contract}`,
      `run {a test|a simulation|the checks|an analysis|the linter|an audit} {of|on} {${MINE}|contract <contract>|the <contract:name> contract}`,
      `{dry run|simulate|try out in the sandbox} ${MINE}`,
      "check whether {my|the|this} contract is {safe|secure|right|correct}",
    ],
    says: [
      `is {${MINE}|the contract <contract>|contract <contract>|the <contract:name> contract} {safe|ok|secure|correct|fine|valid|sound|dangerous}`,
      `{does|has} {${MINE}|contract <contract>|the <contract:name> contract} {have|got|contain} [any] ${FAULTS}`,
      `are there [any] ${FAULTS} in {${MINE}|contract <contract>|the <contract:name> contract}`,
      `[any] ${FAULTS} in ${MINE}`,
      "is it safe to use {contract <contract>|the contract at <contract>|the <contract:name> contract}",
      "contract {check|review|audit|analysis}",
      `{what is wrong|what's wrong|is anything wrong|is something wrong} with ${MINE}`,
      `{can|could} ${MINE} be {hacked|attacked|exploited|drained}`,
      `{would|will} ${MINE} {work|run|compile|fail|lose money}`,
      `{tell me|i want to know|i'd like to know} {if|whether} ${MINE} is {safe|right|ok|secure}`,
    ],
  },
  {
    intent: "deploy-contract",
    orders: [
      `{deploy|publish|launch|release|upload|ship|install|roll out|push|instantiate} ${MINE} [on chain|on the chain|to the chain|to the network|live|now]`,
      "deploy [it|this code|my code|the code|this wasm|the module] [on chain|to the chain]",
      "make {my|the|this} contract live",
      `{put|bring|get|place} ${MINE} {on chain|on the chain|live|onto the chain|into production}`,
      "deploy the <~name> contract",
      "go live with {my|the|this} contract",
      "{start|begin} {the|a} [contract] deployment",
    ],
    says: [
      `{i'm|i am} {done|finished|happy} with ${MINE}, {deploy it|put it on chain|get it onto the chain|publish it}`,
      `i {want|would like|need} ${MINE} {on the chain|deployed|live|published|on chain}`,
      `${MINE} {should|can|may} {go live|go on chain|be deployed|be published} [now]`,
      "contract deployment",
      `${MINE} is {ready|done|finished}, {deploy it|put it on chain|launch it|publish it}`,
      "deployment of my contract",
    ],
  },
  {
    intent: "call-contract",
    weight: 18,
    orders: [
      `${CALL} <method> {on|of|from|in} {the contract|contract|} <contract>`,
      `${CALL} the {method|function} <method> {on|of|in} {the contract|contract|} <contract>`,
      `${CALL} the <method> {method|function} {on|of|in} {the contract|contract|} <contract>`,
      `${CALL} <method> {on|of|in} the <contract:name> contract`,
      `${CALL} <method> {on|of|in} {contract|} <contract> with <amount>`,
      `${CALL} {the|} contract <contract>`,
      `${CALL} the <contract:name> contract`,
      `${CALL} the contract at <contract> [with <amount>]`,
      `interact with {the contract|contract} <contract>`,
      `send <amount> to the {method|function} <method> of [contract] <contract>`,
      `execute <method> with <amount> {on|in} {contract|} <contract>`,
      `${CALL} a {method|function} {of|on} {my|the|a} contract`,
      `call the {method|function} <method>`,
      `{read|query|get|fetch} <method> {from|of} {the contract|contract} <contract>`,
      `call <contract> <method>`,
      `{call|invoke} {my|the|a} [smart] contract`,
      `use <contract> and {call|invoke|run} <method>`,
      `${CALL} <method> with <amount>`,
    ],
    says: [
      "{on|in} {the contract|contract} <contract> {call|run|execute|invoke} [the method] <method>",
      "contract <contract>, {method|function} <method>",
      "contract <contract>, {method|function} <method>, <amount>",
      "what does {method|function} <method> of [contract] <contract> return",
    ],
  },
];
