import { define, howTo, type Topic } from "../topic.ts";

export const TRAINING: readonly Topic[] = [
  {
    id: "donate",
    weight: 5,
    asks: [
      ...howTo(
        "{donate|donate compute|donate my computer|start donating|help the network|contribute|take part|join the network|support parley}",
      ),
      ...define("{donating|donation|donate|the donate page}", "donating"),
      "what happens when i donate",
    ],
    answers: [
      "Open the Donate page and press Donate. Your tab then trains on your corrections, checks others' work, and shows what it did and earned.",
    ],
    more: "To take part you stake once through a wallet. You can stop at any time; work that was accepted is finished or handed back.",
  },
  {
    id: "stop-donating",
    asks: [
      ...howTo(
        "{stop donating|stop my node|turn off donating|stop the node|pause donating|leave the network}",
      ),
      "{turn it off|stop the node|stop donating}",
    ],
    answers: [
      "Press Stop on the Donate page. Your node finishes or hands back what it has promised, and your chat is not affected.",
    ],
  },
  {
    id: "donate-cost",
    asks: [
      "does donating {use|cost|need} {a lot of battery|much power|battery|my data|much memory|a lot of cpu}",
      "will {donating|this} {slow down|harm|hurt} my {computer|phone|laptop}",
      "is donating safe",
      "what does donating {cost|need}",
    ],
    answers: [
      "Donating is safe and uses spare time of your processor. Your own chat always comes first, and the node slows down on battery or when the tab is hidden.",
    ],
  },
  {
    id: "why-donate",
    asks: [
      "why should i {donate|help|contribute|take part}",
      "what do i get [for donating|from donating|if i donate|in return]",
      "{is it|is donating} worth it",
      "what is in it for me",
      "can i {earn|make} {money|tokens|something} [here|with this|by donating]",
      ...howTo("{earn|get|make|receive} {tokens|rewards|money}"),
    ],
    answers: [
      "Donors make the model better and share each epoch's reward: 35 percent goes to those who train and 35 percent to the validators who check.",
    ],
  },
  {
    id: "training",
    weight: 4,
    asks: [
      ...define("{training|the training|local training|learning|fine-tuning}", "training"),
      ...howTo("{train|train the model|start training|train on my corrections}"),
      "how {is the model|are you} trained",
      "how does the model {learn|get better|improve}",
    ],
    answers: [
      "Your tab trains a small adapter on the answers you corrected. It takes seconds, and a bar on the Donate page shows the progress.",
    ],
    more: "Only the adapter changes, the base model stays as it is. That keeps the result small and lets others check it.",
  },
  {
    id: "adapter",
    weight: 3,
    asks: [
      ...define("{an adapter|adapters|a lora adapter|lora|lora adapters}", "{adapter|lora}"),
      "why do you use {adapters|lora}",
    ],
    answers: [
      "An adapter is a small set of numbers added to the base model (LoRA). It is quick to train, small to send, and adapters of many nodes add up.",
    ],
  },
  {
    id: "delta",
    asks: [
      ...define("{a delta|deltas|an update|model updates|a submission|submissions}", "{delta|submission}"),
      "what do i {submit|send|hand in}",
    ],
    answers: [
      "A delta is the change your training made to the adapter, rounded to small whole numbers. It is what your node hands in for the others to check.",
    ],
  },
  {
    id: "aggregation",
    asks: [
      ...define("{aggregation|merging|the aggregation step}", "aggregation"),
      "how are {updates|deltas|adapters} {combined|merged|added up|put together}",
      "what happens to my {delta|update|training} after it is accepted",
    ],
    answers: [
      "Accepted deltas are limited in size, weighted by how much they help, and added up. If the result is worse on the benchmark, it is not published.",
    ],
  },
  {
    id: "utility",
    asks: [
      ...define("{utility|the utility score|a utility score|my score}", "utility"),
      "how is {my work|a delta|an update} {scored|rated|measured|judged}",
    ],
    answers: [
      "Utility says by how much a delta lowers the model's loss on the benchmark. More utility means more weight and more reward.",
    ],
  },
  {
    id: "loss",
    asks: [...define("{loss|the loss|perplexity|cross entropy}", "loss"), "is a lower loss better"],
    answers: [
      "Loss says how surprised the model is by the right answer. Lower is better: the model would have said something closer to it.",
    ],
  },
  {
    id: "federated",
    asks: [
      ...define(
        "{federated learning|learning together|decentralised training|decentralized training}",
        "federated learning",
      ),
      "how do {nodes|tabs|people} {learn|train} together",
    ],
    answers: [
      "Each tab trains on its own data and shares only the change it made. The network adds the changes up, so all learn without sharing their chats.",
    ],
  },
  {
    id: "model-version",
    asks: [
      ...define("{the model version|a model version|versions}", "model version"),
      "which version {am i using|is this|do you have}",
      "when does the model {change|update}",
    ],
    answers: [
      "After each epoch that brought something good, the network adopts a new model version. Your tab takes it over by itself, without reloading the base.",
    ],
  },
  {
    id: "dp",
    asks: [...define("{differential privacy|dp|a privacy budget|epsilon}", "differential privacy")],
    answers: [
      "Differential privacy adds noise while training, so that nobody can tell from a delta what a single example was. It is a choice of each node.",
    ],
  },
];
