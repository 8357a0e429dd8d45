import { define, howTo, type Topic } from "../topic.ts";

export const NETWORK: readonly Topic[] = [
  {
    id: "epoch",
    weight: 5,
    asks: [
      ...define("{an epoch|epochs|the epoch}", "{epoch|an epoch}"),
      "how long {is|does} an epoch [last|take]",
      "when does {the|this|an} epoch {end|start|finish}",
      "what happens in an epoch",
    ],
    answers: [
      "An epoch is one round of the network: nodes hand in what they trained, others check it, and the good parts are added to the model. On a local network it takes about a minute.",
    ],
    more: "At its end the validators sign one root for the new state, so that every node holds the same model and the same balances.",
  },
  {
    id: "phases",
    asks: [
      ...define("{the phases of an epoch|the phases|the steps of an epoch|epoch phases}"),
      "what {phases|steps} does an epoch have",
      "which phase {is it|are we in|is now}",
      "what is the current {phase|epoch}",
      "what epoch is it",
    ],
    answers: [
      "The phases are commit, reveal, verify and sign. The clock on the Network page shows the current epoch and its phase.",
    ],
  },
  {
    id: "node",
    weight: 3,
    asks: [
      ...define("{a node|nodes|my node|the node}", "node"),
      "am i a node",
      "is my {tab|browser} a node",
      "how many nodes {can i run|are in a tab|do i have}",
    ],
    answers: [
      "A node is one browser tab that takes part in the network. It can answer prompts, train, check others' work and keep the books with its peers.",
    ],
    more: "There is one node in each browser profile, however many tabs you open.",
  },
  {
    id: "peers",
    weight: 3,
    asks: [
      ...define("{a peer|peers|the peers}", "peer"),
      "how many peers {are there|are online|do i have|am i connected to}",
      "who is {online|connected}",
      "am i {connected|online}",
      "where can i see {the peers|my peers|who is online}",
      "show [me] [my] peers",
    ],
    answers: [
      "Peers are the other tabs your node is connected to. The Network page lists them and shows whether each link is direct or relayed.",
    ],
  },
  {
    id: "relay",
    asks: [
      ...define("{the relay|a relay|relays}", "relay"),
      "what does the relay do",
      "what if the relay {dies|fails|goes down|stops|is down}",
      "do you need the relay",
    ],
    answers: [
      "The relay only introduces tabs to each other. Once they are connected they talk directly, so the network goes on even if the relay dies.",
    ],
  },
  {
    id: "p2p",
    asks: [
      ...define("{p2p|peer to peer|the p2p network|webrtc|libp2p}", "p2p"),
      "how do {tabs|nodes|peers} {talk|connect|communicate|find each other}",
      ...define("{the network|your network|the parley network}", "the network"),
    ],
    answers: [
      "Tabs connect to each other directly over WebRTC and pass signed messages on. No company sits in the middle.",
    ],
  },
  {
    id: "network-page",
    asks: [
      ...define("{the network page|the network tab|network status}"),
      "what {can i see|is} on the network page",
      "where {can i see|do i see|are} {the epochs|past epochs|the network|the status|the results}",
      "how is the network doing",
      "what did the network do [today]",
      "is the network {ok|up|running|healthy}",
    ],
    answers: [
      "Open the Network page. It shows your peers, the running epoch with its clock, and past epochs with their roots and who contributed.",
    ],
  },
  {
    id: "validator",
    weight: 3,
    asks: [
      ...define("{a validator|validators|the validators|validating}", "validator"),
      ...howTo("{become|be} a validator"),
      "what does a validator do",
      "who {checks|validates|verifies} {the work|updates|submissions}",
    ],
    answers: [
      "A validator stakes tokens and checks others' work by running it again. You become one when you stake and donate; an ordinary laptop is enough.",
    ],
    more: "Validators share 35 percent of each epoch's reward. Wrong verdicts and missed duties cost them.",
  },
  {
    id: "verification",
    weight: 3,
    asks: [
      ...define("{verification|checking|the check|validation}", "verification"),
      "how {is|do you check|do nodes check|do you verify} {work checked|updates|training|submissions|the work of others}",
      "how do you know that {an update|a delta|the work} is {good|honest|right|correct}",
      "what stops {cheaters|cheating|liars|fake updates}",
      "can {someone|people|i} cheat",
    ],
    answers: [
      "At least three validators run the same benchmark on each submission and must get the same bits. A submission that does not make the model better is refused.",
    ],
  },
  {
    id: "benchmark",
    asks: [
      ...define("{the benchmark|a benchmark|benchmarks}", "benchmark"),
      "how do you measure {the model|quality|if a model is better}",
    ],
    answers: [
      "The benchmark is a fixed set of short dialogues. Every validator measures the model's loss on it and gets the same number to the last bit.",
    ],
  },
  {
    id: "determinism",
    asks: [
      ...define("{determinism|bit for bit|deterministic evaluation|bit exactness}", "determinism"),
      "why does every {node|tab|machine} get the same {result|numbers|bits}",
      "how can {results|metrics} be the same on every machine",
    ],
    answers: [
      "Checks run on one fixed WebAssembly build, which gives the same bits on every machine. After training, all arithmetic is in whole numbers.",
    ],
  },
  {
    id: "root",
    asks: [
      ...define("{the state root|a state root|the root|a merkle root}", "state root"),
      "why is there a root",
    ],
    answers: [
      "The state root is one hash over balances due, reputations, ballots and the model version. If two nodes have the same root, they agree on everything.",
    ],
  },
  {
    id: "merkle",
    asks: [...define("{a merkle tree|merkle trees|a merkle proof|merkle proofs}", "merkle proof")],
    answers: [
      "A Merkle tree folds many entries into one hash. With a short proof anyone can check that an entry, such as your reward, is really in it.",
    ],
  },
  {
    id: "cid",
    asks: [...define("{a cid|cids|content addressing|a content address|ipfs|helia}", "cid")],
    answers: [
      "A CID is an address made from the content itself. If a single byte changes, the CID changes, so nobody can swap the file for another.",
    ],
  },
  {
    id: "identity",
    asks: [
      ...define("{my node id|a node id|my identity|my node key|the node key}", "node id"),
      "where is my {key|identity|node id} {kept|stored}",
      "who am i [in the network]",
    ],
    answers: [
      "Your node has its own key, made in this browser at the first start. It signs every message, and its public part is your node's name.",
    ],
  },
  {
    id: "chain",
    weight: 3,
    asks: [
      ...define("{the chain|the blockchain|a blockchain|the ethereum chain}", "{chain|blockchain}"),
      "why {do you need|is there|do you use} a {chain|blockchain}",
      "what is on the chain",
      "which {chain|blockchain} do you use",
      "what if the chain is {down|away|offline}",
      "is this {crypto|a blockchain}",
    ],
    answers: [
      "The chain keeps only what must be ordered and paid: stakes, epoch roots, claims and votes. Without it the network goes on, and roots are sent later.",
    ],
  },
  {
    id: "bad-messages",
    asks: [
      "what happens to {bad|wrong|fake|malformed|invalid} {messages|updates|deltas|data}",
      "why was {my|a} {submission|update|delta} refused",
      "my {submission|update|delta} was {refused|rejected}",
      ...define("{a refused submission|refusals}"),
    ],
    answers: [
      "What is malformed, late or does not help the model is refused with a reason, and changes nothing. The reason stands in the list of events.",
    ],
  },
];
