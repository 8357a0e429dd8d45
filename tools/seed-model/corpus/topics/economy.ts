import { define, howTo, type Topic } from "../topic.ts";

export const ECONOMY: readonly Topic[] = [
  {
    id: "wallet",
    weight: 4,
    asks: [
      ...define("{a wallet|wallets|the wallet|a crypto wallet}", "wallet"),
      "what is a wallet for",
      "do i need a wallet",
      "why do i need a wallet",
    ],
    answers: [
      "A wallet keeps your keys and signs transactions for you. You need one only to stake, to claim rewards or to send a root to the chain.",
    ],
  },
  {
    id: "connect-wallet",
    weight: 4,
    asks: [
      ...howTo("{connect|link|add|use|attach} {a wallet|my wallet|metamask|my metamask|a wallet extension}"),
      "connect wallet",
      "{which|what} wallets {do you support|can i use|work}",
      "where is the wallet button",
    ],
    answers: [
      "Press the wallet button and pick one of the wallets found in your browser. Any extension that announces itself the standard way will do.",
    ],
  },
  {
    id: "disconnect-wallet",
    asks: [...howTo("{disconnect|unlink|remove} {my wallet|a wallet|the wallet}")],
    answers: [
      "Press the wallet button again and choose Disconnect. Your stake and your rewards stay as they are.",
    ],
  },
  {
    id: "balance",
    weight: 3,
    asks: [
      "{what is|what's|whats|show me|tell me} my balance",
      "how {much|many tokens} do i {have|own}",
      "balance",
      ...howTo("{see|check|view|find} my {balance|tokens|stake}"),
      "how much is my stake",
    ],
    answers: [
      "I never guess numbers. When a wallet is connected, your balance and your stake are shown in the app, read from the chain.",
    ],
  },
  {
    id: "send",
    weight: 3,
    asks: [
      ...howTo("{send|transfer|pay} {tokens|@amount tokens|money|@amount} [to @name]"),
      "{send|transfer|pay} @amount [tokens] to @name",
      "{send|transfer|pay} @name @amount [tokens]",
    ],
    answers: [
      "I cannot move tokens myself. Use your wallet to send them: it shows the amount, the address and the fee, and nothing happens before you sign.",
    ],
  },
  {
    id: "receive",
    asks: [
      ...howTo("{receive tokens|get paid|receive a payment}"),
      "what is my address",
      "where is my address",
    ],
    answers: ["Give the sender the address of your wallet. It is shown when your wallet is connected."],
  },
  {
    id: "token",
    weight: 3,
    asks: [
      ...define("{the token|tokens|a token|the parley token}", "token"),
      "what are tokens {for|good for|used for}",
      "why are there tokens",
      ...howTo("{buy|sell} tokens"),
      "what is the token worth",
    ],
    answers: [
      "Tokens are used to stake, to vote and to pay for work. They are earned by training and by checking others' work.",
    ],
  },
  {
    id: "supply",
    asks: [
      "how are {the|} tokens {distributed|shared out|allocated}",
      ...define("{the initial distribution|the token distribution|tokenomics}", "tokenomics"),
      "who gets the tokens",
    ],
    answers: [
      "At the start the treasury holds 40 percent, the agent ecosystem 25, development 20, early contributors 10 and liquidity 5.",
    ],
  },
  {
    id: "stake",
    weight: 4,
    asks: [
      ...howTo("{stake|stake tokens|stake @amount tokens|put up a stake}"),
      ...define("{staking|a stake|stake|the minimum stake}", "{stake|staking}"),
      "why {do i|must i|should i} [have to] stake",
      "how much {do i have to|must i|should i} stake",
    ],
    answers: [
      "A stake is tokens you lock as a promise to work honestly. You stake through your wallet when you start to donate, and wrong work can cost part of it.",
    ],
  },
  {
    id: "unstake",
    asks: [
      ...howTo("{unstake|withdraw my stake|get my stake back|take out my stake}"),
      "is my stake locked [forever]",
    ],
    answers: [
      "A stake comes back to the wallet that staked it, after its lock ends. Longer locks earn more.",
    ],
  },
  {
    id: "claim",
    weight: 4,
    asks: [
      ...howTo("{claim|claim my rewards|claim tokens|collect my rewards|get my reward|cash out}"),
      ...define("{claiming|a claim|claims}", "claim"),
      "where {is|are} my {reward|rewards|earnings}",
      "i did not get my {reward|tokens}",
    ],
    answers: [
      "Press Claim on the Donate page. Your wallet sends a proof to the chain, and the contract pays out everything that is due to you.",
    ],
    more: "The proof shows that your amount is in a root that the validators signed. The same reward cannot be claimed twice.",
  },
  {
    id: "rewards",
    weight: 3,
    asks: [
      ...define("{rewards|the reward|the rewards|a reward}", "reward"),
      "how {is|are} the reward[s] {split|shared|computed|paid}",
      "how much {can i earn|do i earn|do i get|is the reward}",
      "who gets {paid|the reward|rewards}",
      "who pays {me|the rewards|the donors}",
    ],
    answers: [
      "Each epoch's reward is split: 35 percent to validators, 35 percent to contributors and 30 percent to the foundation.",
    ],
    more: "The contributors' part goes by how much a delta helped, and by the logarithm of the stake behind it.",
  },
  {
    id: "why-paid",
    asks: [
      "why was i paid {this|@amount|so little|so much}",
      "where does my reward come from",
      ...howTo("trace {a payment|my reward|an update}"),
    ],
    answers: [
      "Every payment can be traced. The Network page shows the epoch, who contributed, the weights and the transaction behind it.",
    ],
  },
  {
    id: "fees",
    asks: [
      ...define("{gas|gas fees|the fee|a transaction fee}", "gas"),
      "{why is there|who pays} {the|a} {gas|fee}",
      "how {high|much} is the fee",
    ],
    answers: [
      "Gas is the fee a chain takes for a transaction. Your wallet shows it before you sign; chatting and voting in the app cost none.",
    ],
  },
  {
    id: "slashing",
    asks: [
      ...define("{slashing|getting slashed|a slash}", "slashing"),
      "can i lose {tokens|my stake|money}",
      "what happens {to cheaters|if i cheat|if i lie}",
    ],
    answers: [
      "Slashing takes part of the stake of a node that cheats: false metrics, wrong verdicts or two different messages in one place. Missed duties cost a little.",
    ],
  },
  {
    id: "reputation",
    asks: [
      ...define("{reputation|my reputation|a reputation score}", "reputation"),
      ...howTo("{raise|improve|get|build} {my|a good} reputation"),
    ],
    answers: [
      "Reputation rises with accepted deltas and right verdicts, decays slowly, and falls when a node is slashed. It moves the odds of being chosen to check.",
    ],
  },
  {
    id: "transaction",
    asks: [
      ...define("{a transaction|transactions}", "transaction"),
      "what happened to my transaction",
      "my transaction {failed|is pending|is stuck|was rejected}",
      "i rejected the transaction",
    ],
    answers: [
      "A transaction is a signed change on the chain. If you refuse one or it fails, nothing is lost: the app says why, and you can try again.",
    ],
  },
  {
    id: "safety-key",
    asks: [
      "{should i|can i|may i} {give|tell|send} you my {private key|seed phrase|password|keys|secret}",
      "do you {have|see|need|know} my {private key|keys|password}",
      "here is my {private key|seed phrase|password}",
      "my {private key|password} is @amount",
    ],
    answers: [
      "Never tell anyone your private key or password, not even me. I never need it: your wallet signs for you.",
    ],
  },
  {
    id: "scam",
    asks: [
      "is {this|parley|the token} a scam",
      "{can i|will i} get rich",
      "is this {legit|safe|real}",
      "should i {invest|buy tokens}",
    ],
    answers: [
      "I give no investment advice. Parley is open source: every number can be checked by anyone, and you need no tokens to chat.",
    ],
  },
];
