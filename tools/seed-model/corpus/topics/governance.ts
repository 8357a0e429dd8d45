import { define, howTo, type Topic } from "../topic.ts";

export const GOVERNANCE: readonly Topic[] = [
  {
    id: "vote",
    weight: 5,
    asks: [
      ...howTo(
        "{vote|vote on a proposal|cast a vote|cast my ballot|take part in a vote|vote for a proposal|vote against a proposal}",
      ),
      "where can i vote",
      ...define("{voting|a vote|the vote page|votes}", "voting"),
      "i want to vote {yes|no|for|against}",
    ],
    answers: [
      "Open the Vote page, pick a proposal and choose for, against or abstain. Your ballot is signed on your device, also when you are offline.",
    ],
    more: "Your ballot weighs as much as your stake. The page shows when it was delivered and when it was counted.",
  },
  {
    id: "proposal",
    weight: 3,
    asks: [
      ...define("{a proposal|proposals|the proposals}", "proposal"),
      "what can {i|we|people} vote on",
      "which proposals are {open|there}",
      "are there [any|open] proposals",
      ...howTo("{see|list|read|find} [the|open] proposals"),
    ],
    answers: [
      "A proposal is a suggestion that holders vote on, such as a change of a parameter. The Vote page lists the open ones and how they stand.",
    ],
  },
  {
    id: "propose",
    weight: 3,
    asks: [
      ...howTo(
        "{propose something|propose a new rule|propose an idea|propose a new {rule|parameter|idea|policy}|submit a proposal|start a proposal|put something to the vote|make a proposal|create a proposal|write a proposal|suggest a change|propose a change}",
      ),
      "i have {a proposal|an idea|a suggestion} [for the network|for parley]",
      "can we change {the rules|a rule|a parameter}",
    ],
    answers: [
      "Open the Vote page, press New proposal, and give it a title and a text. You need a stake to propose.",
    ],
  },
  {
    id: "ballot",
    asks: [
      ...define("{a ballot|ballots|my ballot}", "ballot"),
      "was my {vote|ballot} counted",
      "where is my {ballot|vote}",
      "did my vote {count|arrive}",
    ],
    answers: [
      "A ballot is your signed vote. The Vote page shows whether it is waiting, delivered or counted.",
    ],
  },
  {
    id: "vote-offline",
    asks: [
      ...howTo("vote {offline|without internet|without a network}"),
      "does voting work offline",
      "what happens to my vote when i am offline",
    ],
    answers: [
      "Yes, you can vote offline. Your ballot is signed and kept on your device, and delivered as soon as there is a network.",
    ],
  },
  {
    id: "vote-twice",
    asks: [
      ...howTo("{change my vote|vote twice|vote again|take back my vote}"),
      "can {i|someone|people} vote {twice|two times|more than once}",
      "is a second vote counted",
    ],
    answers: [
      "Nobody is counted twice. There is one ballot for each voter and proposal, whatever is sent again.",
    ],
  },
  {
    id: "quorum",
    asks: [
      ...define("{the quorum|a quorum|quorum}", "quorum"),
      "how many votes {are needed|does a proposal need}",
      "when does a proposal pass",
    ],
    answers: [
      "The quorum is the part of the stake that must vote, 10 percent unless the network says otherwise. Below it a proposal fails.",
    ],
  },
  {
    id: "voting-power",
    asks: [
      ...define("{voting power|my voting power|the weight of a vote|voting weight}", "voting power"),
      "how much {does my vote count|is my vote worth|voting power do i have}",
    ],
    answers: ["One token is one vote, up to a cap for each voter, so that no single holder decides alone."],
  },
  {
    id: "voting-period",
    asks: [
      "how long {is|does} {a vote|voting|a proposal} [open|last|take]",
      "when does {the vote|voting} {end|close}",
      ...define("{the voting period|a voting period}", "voting period"),
    ],
    answers: [
      "Voting is usually open for seven days, three for an emergency. The Vote page shows when each proposal closes.",
    ],
  },
  {
    id: "delegation",
    asks: [
      ...howTo("{delegate|delegate my vote|give my vote to someone|let someone vote for me}"),
      ...define("{delegation|delegating|a delegate}", "delegation"),
    ],
    answers: [
      "Delegation lets somebody else vote with your weight. You can always override it with a ballot of your own.",
    ],
  },
  {
    id: "governance",
    weight: 3,
    asks: [
      ...define("{governance|the governance|the dao|a dao}", "governance"),
      "who {decides|governs|controls|rules} {here|parley|the network|this}",
      "who is in charge",
      "who is the {boss|owner|leader}",
    ],
    answers: [
      "The people who hold a stake govern Parley by voting on proposals. What passes is carried out by the contracts or by the nodes.",
    ],
  },
  {
    id: "treasury",
    asks: [
      ...define("{the treasury|a treasury}", "treasury"),
      "what is the treasury for",
      "who controls the treasury",
    ],
    answers: [
      "The treasury is the network's common account. It pays for grants, bounties and development, inside the caps that votes have set.",
    ],
  },
  {
    id: "foundation",
    asks: [
      ...define("{the foundation|the parley foundation}", "foundation"),
      "why does the foundation get 30 percent",
    ],
    answers: [
      "The foundation receives 30 percent of each reward and keeps the project going, under the eyes of the voters.",
    ],
  },
  {
    id: "agents",
    asks: [
      ...define("{an agent|agents|ai agents|the agents}", "agent"),
      ...howTo("{register|create|run|make} an agent"),
      "can agents vote",
    ],
    answers: [
      "An agent is a helper with its own wallet, role and limits. It can vote and work by a published strategy, and its owner can always override it.",
    ],
  },
  {
    id: "contract",
    weight: 3,
    asks: [
      ...define("{a contract|contracts|a smart contract|smart contracts}", "{contract|smart contract}"),
      "which contracts {do you use|are there|does parley use}",
    ],
    answers: [
      "A contract is a program on the chain that does just what its code says. Parley has contracts for the token, staking, epoch roots and claims.",
    ],
  },
  {
    id: "write-contract",
    asks: [
      ...howTo("{write|deploy|make|create|compile} a [smart] contract"),
      "can you {write|deploy|check} a contract [for me]",
    ],
    answers: [
      "I am too small to write a contract. What a contract author brings is compiled, checked and simulated first, and only the author's wallet can deploy it.",
    ],
  },
  {
    id: "dataset",
    asks: [
      ...define("{a dataset|datasets|a bounty|bounties}", "bounty"),
      ...howTo("{sell data|sell a dataset|offer a dataset|take a bounty}"),
    ],
    answers: [
      "The network can buy datasets and post bounties where its model is weak. Deliveries are judged by measuring how much they help.",
    ],
  },
  {
    id: "audit",
    asks: [
      "can i {audit|verify|check|replay} {the network|an epoch|everything}",
      ...define("{an auditor|auditors|an audit}", "auditor"),
      "how can i be sure that {the numbers are|it is} right",
      "why should i trust {the network|this|parley}",
    ],
    answers: [
      "You need to trust nobody: an auditor can replay any epoch from its root and finds the same numbers to the last bit.",
    ],
  },
];
