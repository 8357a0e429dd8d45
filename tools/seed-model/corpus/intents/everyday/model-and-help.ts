import type { Phrases } from "../phrases.ts";

const SECRET =
  "{seed words|seed|recovery phrase|recovery words|backup words|private key|secret key|backup|twelve words|24 words|mnemonic|node key|keys|passphrase|secret}";
const BIGGER =
  "{a bigger|a smarter|a larger|another|a different|a better|a stronger|a heavier|a more capable|a newer|a fancier}";

/** The model's and the app's intents as different people say them. */
export const EVERYDAY_MODEL_AND_HELP: readonly Phrases[] = [
  {
    intent: "correct",
    weight: 13,
    orders: [
      "{overwrite|rephrase|reword|redo|patch|touch up|set right|adjust|update|put right|straighten out} {your|that|the last|your last|this} {answer|reply|response|wording|explanation}",
      "{supply|provide|submit|suggest|offer|type in|record|hand in} {a|the} {correction|better answer|right answer|improved answer|proper reply|new wording}",
      "{teach|show|tell} you {how to answer that|how to say it|what to say instead|what's right|the truth about this|a nicer way to say that}",
    ],
    says: [
      "{that|your answer|your reply|what you said|this} {is|was} {not true|mistaken|outdated|a mistake|not accurate|half right}, {let me fix it|i'll give you the right one|let me teach you|i can correct it|change it to mine}",
      "{correct|fix|correction|edit} {that|answer|it was wrong|your answer} {pls|please|now}",
      "{i'd love|i want|i need|let me|time} to {correct|fix|improve|rewrite} {that|your answer|your last reply|you|what you just said}",
      "{you should|you'd better|you ought to|next time} {answer|say|reply} {with|} {something shorter|it depends|that it is free|tomorrow, not today}{, remember that|, learn that| instead|}",
      "{wrong|nope|no|false}, {i'll tell you|let me tell you|i will show you} {the right answer|how it really is|what to say}",
      "{remember|note|learn} {this|that} {instead|as the right answer|for next time}: {it is free|it takes ten minutes|no server is needed|the answer is no}",
      "{a|my} {better|correct|nicer} {answer|reply} {would be|is|goes}: {it depends|yes, always|no server is needed|ask the others}",
    ],
  },
  {
    intent: "train-now",
    weight: 14,
    orders: [
      "{kick off|fire up|initiate|trigger|launch|run|execute|schedule|force} {training|a training run|a training round|the training|local training|the fine-tuning|learning} [now|right away|on my corrections]",
      "{study|memorise|internalise|take to heart|work through|process|swallow|soak up} {my corrections|what i taught you|my feedback|my examples|what i corrected}",
      "{put|use|feed} my corrections {to work|into the model|for training} [now|at once]",
      "{train|teach|update|refresh|improve} {yourself|the model|your brain|my adapter} {now|today|with what i taught you|on my examples|on what i said}",
      "{do|start|make} {the|your|a} {homework on my corrections|lesson now|practice run}",
    ],
    says: [
      "{train|training|learn|learning|fine tune} {now|pls|please|time|asap|right away|immediately}",
      "{i've|i have} {corrected|taught|shown} you {enough|a lot|<~amount> answers|several things}, {now learn|train|learn it|train on it|go and train}",
      "{i don't want to wait|no need to wait|don't wait for tonight|why wait}, {train|learn|start training} {now|at once|right now|}",
      "{time|i want you|i'd love you|i'd like the model|it's time for you} to {learn|train|study|practise} {now|my corrections|from me|from my corrections}",
      "{the|my} {corrections|examples} {are in|are all there|should be learned|must be trained on|wait to be learned}, {go|train|start|learn}",
      "{can|could} {you|we} {train|learn|fine-tune|start training} {right now|now|immediately|on my corrections}",
      "{become|get} better {now|with my corrections|from my feedback}[, train]",
    ],
  },
  {
    intent: "load-model",
    weight: 13,
    orders: [
      `{grab|fire up|boot|bring in|plug in|activate|fetch|pull|import|retrieve|move to|put in} ${BIGGER} [language|ai] model`,
      "{swap out|exchange|trade|replace|ditch} {the|this|your} {model|brain|small model|language model} {for|with} {another|a bigger one|a better one|something smarter}",
      "{grab|fire up|pull|activate|move to} {llama|qwen|phi|gemma|mistral|smollm} [3|2|please]",
      `{give me|let me have|let me use|let me try|i could use} ${BIGGER} {model|brain|language model}`,
    ],
    says: [
      `{you're|you are|this model is} {too small|not smart enough|too simple|limited|too slow}, {load|grab|get|fetch|switch to} ${BIGGER} {one|model}`,
      `{i need|i want|i'd love|i'd like} ${BIGGER} {model|brain|ai|language model} [here|for this]`,
      `{bigger|smarter|other|new|another} {model|brain|ai} {pls|please|now|?}`,
      `{can|could|may} {i|we} {switch|change|upgrade|move} to ${BIGGER} model`,
      "{what|which} {other|bigger|larger} models {are there|can i get|do you offer|could you load|are available}",
      "{model|brain} {swap|upgrade|change|download} {please|now|time}",
    ],
  },
  {
    intent: "model-info",
    weight: 13,
    shows: [
      "{the|your|this} {model name|model size|model version|version number|parameter count|architecture|weights' size|training date|build}",
      "{what|which model} {is under the hood|powers you|drives this chat|answers me|is installed|is active|you are based on}",
    ],
    orders: [
      "{disclose|state|name|identify|describe} {your model|the model that runs here|your version|your size|your architecture}",
    ],
    says: [
      "{model|version} {?|name|size|info|pls|please|now}",
      "{what|which} {model|version|llm|neural network} {powers you|is under the hood|is behind this|am i using|is in use|is installed|are you based on|is it}",
      "how {many megabytes|heavy|big|much memory} {is|does} {the model|your model} [need]",
      "{what's|what is} {your|the model's} {name and size|version|architecture|parameter count|size|context length|last update}",
      "when {did|was} {your|the} {last training|last update|knowledge updated|model updated|model made}",
      "{have|did} {you|the model} {learned|learn|been trained|been updated} {lately|recently|today|since yesterday}",
      "how {recent|fresh|up to date|new} {is|are} {your model|the model|you|your knowledge}",
      "{are you|is this|is it} {a big|the same|the newest|the latest|a quantized|a one billion} model [as yesterday]",
    ],
  },
  {
    intent: "help",
    weight: 14,
    orders: [
      "{enumerate|name|describe|present|explain} {your abilities|your functions|all commands|what you offer|what you can do|the options i have}",
      "{onboard|guide|orient|instruct|support} me",
    ],
    says: [
      "{help|commands|options|menu|examples|abilities} {pls|please|?|me|list|now}",
      "what {can|could} {you|we|i|this thing|this bot|this chat} {do|be used for|help with|do for me|manage|handle}",
      "what {are|is} {your skills|your job|your purpose here|the things you can do|your talents|the available commands}",
      "{how|where} {do|should} i {begin|get started|start|get going}",
      "{i'm|i am} {clueless|overwhelmed|puzzled|here for the first time|new to this|not sure what to do|at a loss}",
      "{what|which} {orders|requests|questions|words|sentences} {do you understand|can i give you|work here|can i try}",
      "{i need|i want|i'd love|i could use|give me} {a tour|an introduction|guidance|some pointers|an explanation of what you do|ideas what to ask}",
      "{what now|now what|what next|and now|what do i do now|no idea what to do}",
      "{tell|show} me {what's possible|what you're able to do|how you can help|what i can say|some things to try|everything you can do}",
      "{can|could|will} you {help|assist|support|guide} {me|a beginner|us}",
    ],
  },
  {
    intent: "export-key",
    weight: 12,
    orders: [
      `{dump|grab|pull up|note down|jot down|archive|duplicate|extract|disclose|retrieve|produce|unveil|safeguard|output|spit out|read out} my ${SECRET}`,
      `{give|hand|send|show|read} me {my|the} ${SECRET} [of this node|so i can write {it|them} down]`,
      "{make|take|create|keep|store} {a|one} {copy|backup|safety copy} of my {node|key|keys|identity|account|seed words|recovery phrase}",
      "{back|save} {my node|my identity|everything|my keys} {up|to a safe place|somewhere|on paper}",
    ],
    says: [
      `{my|the} ${SECRET} {pls|please|?|now|for my notes}`,
      `where {do|can} i {find|see|get|copy} my ${SECRET}`,
      `{i'd love|i want|i need|i should} to {have|see|write down|keep|save|store} {my|a copy of my} ${SECRET}`,
      `{in case|before} {i lose this laptop|i clear the browser|the disk fails|i switch phones}, {i need|show me|give me|save|back up} my ${SECRET}`,
      `{i never wrote down|i lost the paper with|i haven't saved|i forgot} my ${SECRET}[, {show it|show them again|can i see it|give it to me}]`,
      `{backup|back up|export|save} {key|seed|pls|please|my node|now|phrase}`,
      `{i'm|i am} {changing browsers|moving to another laptop|wiping this computer|buying a new phone}, {i need my ${SECRET}|export my key|give me a backup}`,
    ],
  },
  {
    intent: "link-wallet",
    weight: 12,
    orders: [
      "{wire up|hook|tether|bring in|integrate|register|associate|attach|add|join} {metamask|my metamask|my ledger|rabby|my existing wallet|my own wallet|the wallet i already have|my browser wallet|my trezor|coinbase wallet} [to {this|parley|my node|the app|here}]",
      "{sign|log} me in with {metamask|my wallet|my ledger|my trezor|rabby}",
      "{use|take|recognise|recognize|detect|find} {my metamask|my existing wallet|the wallet in my browser|my wallet extension|my ledger}",
      "{let|make} {my node|parley|this app} {use|talk to|know} my {metamask|existing wallet|ledger|wallet extension}",
    ],
    says: [
      "{metamask|wallet|ledger|rabby|walletconnect} {connect|login|link|please|pls|hookup}",
      "{i have|i've got|i use|there is} {metamask|a wallet|a ledger|rabby|a browser wallet} {already|installed|}, {connect|link|hook up|wire|use} {it|that one}",
      "{i'd love|i want|i need|i'd like|time} to {hook up|link|connect|attach|use|bring} my {metamask|existing wallet|own wallet|ledger|old wallet} [here|to this node]",
      "{can|could|may} {i|we|you} {hook up|link|connect|use|attach} {metamask|my wallet|my existing wallet|a ledger|rabby}",
      "my {metamask|ledger|wallet|wallet extension} is {not connected|not linked yet|ready|unlocked}, {connect it|link it|hook it up}",
    ],
  },
  {
    intent: "open-page",
    weight: 12,
    orders: [
      "<page=chat>{jump|hop|flip|skip|head|bring me|get me|return} {to|back to} {the|} {chat|conversation|chat page|chat window}",
      "<page=donate>{jump to|hop to|flip to|load|launch|take me to|head to} the {donate|donation|donating|donor} {page|screen|tab|section|view|panel}",
      "<page=network>{jump to|hop to|flip to|load|launch|take me to|head to} the {network|explorer} {page|screen|tab|section|view|panel}",
      "<page=vote>{jump to|hop to|flip to|load|launch|take me to|head to} the {vote|voting|governance} {page|screen|tab|section|view|panel}",
      "<page=wallet>{jump to|hop to|flip to|load|launch|take me to|head to|open} the wallet {page|screen|tab|section|view|panel|dialog}",
      "<page=settings>{jump to|hop to|flip to|load|launch|take me to|open|bring up|edit} {the|my} {settings|preferences|options|config|configuration}",
    ],
    says: [
      "<page=chat>{chat page|chat screen|back to chat|chat please|to the chat}",
      "<page=donate>{donate page|donation screen|donate tab please|to the donate page}",
      "<page=network>{network page|explorer please|network tab|to the explorer|network screen}",
      "<page=vote>{vote page|governance page|voting tab|governance please|to the vote page|governance screen}",
      "<page=wallet>{wallet page|wallet screen|open wallet|wallet tab|to the wallet}",
      "<page=settings>{settings pls|preferences please|settings page|settings?|config}",
      "<page=settings>{where do i|i want to|i need to|let me} {change|set|switch|turn on} {the language|the theme|dark mode|the font size|the colours|notifications|my preferences}",
    ],
  },
];
