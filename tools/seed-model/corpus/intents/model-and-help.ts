import type { Phrases } from "./phrases.ts";

const ANSWER = "{answer|reply|response|sentence|statement}";
const SECRET =
  "{key|keys|private key|recovery phrase|seed phrase|secret phrase|seed|mnemonic|node key|recovery words|backup phrase|secret key|secret words|node identity|identity key}";
const WALLETS =
  "{metamask|my metamask|my metamask wallet|the wallet extension|my browser wallet|my hardware wallet|my ledger|rabby|my wallet extension|my crypto wallet|my existing wallet|an existing wallet|my wallet|a wallet i have|my other wallet|coinbase wallet}";

const PAGES = [
  "<page=chat>{the chat|the chat page|the conversation|the chat window|chat page|the chats}",
  "<page=donate>{the donate page|the donation page|donate page|the donating page|the donate tab|the page for donating}",
  "<page=network>{the network page|the explorer|the network explorer|the network view|the network tab|network page|explorer|the explorer page}",
  "<page=vote>{the vote page|the voting page|the governance page|the governance|the votes tab|vote page|voting page|the governance section|the voting section}",
  "<page=wallet>{the wallet page|the wallet dialog|the wallet window|wallet page|the wallet view|the wallet tab}",
  "<page=settings>{the settings|settings|the preferences|preferences|the settings page|the options|the configuration|settings page|the setup page|my settings|my preferences}",
];
const PAGE = `{${PAGES.join("|")}}`;

export const MODEL_AND_HELP: readonly Phrases[] = [
  {
    intent: "correct",
    orders: [
      `{correct|fix|edit|rewrite|improve|amend|revise|replace} {your|that|this|the last|your last|the} ${ANSWER}`,
      "correct {you|that|this|yourself|what you said}",
      "{teach|tell|show} you {a better answer|the right answer|what you should have said|a better reply|the correct answer}",
      "{make|enter|submit|write|add} a correction",
      `change {your|that|your last} ${ANSWER} [to something better]`,
      `{give|write} {you|} {a better|the right|the correct} ${ANSWER} [for that]`,
    ],
    says: [
      "{that was|this is|that's} {wrong|not right|incorrect|false}, {let me correct it|i'll correct it|i want to fix it|here is the right answer|i will correct you}",
      "i will {teach|correct} you",
      "the {right|correct|better|real|true} answer {is|would be|should be} {that it takes a minute|no|different|blue|the other way round|something else}",
      "you should have {said|answered|replied} {no|something else|that it depends|that there is no server}",
      "{no|wrong}, the correct answer is {something else|yes|the second one|different}",
      "let me {teach you|show you the right answer|rephrase your answer}",
      "correction",
    ],
  },
  {
    intent: "train-now",
    orders: [
      "{train|learn|start training|run training|begin training|start learning|practise|practice|fine-tune|finetune|retrain} {now|right away|immediately|at once|on my corrections|from my corrections|with my corrections|on what i corrected|the model|the model now|locally|without waiting|my adapter|on my data}",
      "learn {what i taught you|what i told you|my corrections|from my corrections} [now|at once]",
      "{use|apply|take in|digest|absorb} my corrections [now]",
      "{do|run|start|begin} {a|the|another} training [run|round|session] [now]",
      "train",
      "{update|improve|adapt} {the model|yourself|my adapter} with my corrections",
      "train {on|with} my <~amount> corrections",
    ],
    says: [
      "don't wait, train [now]",
      "time to {learn|train} [from my corrections]",
      "my corrections are {ready|done|enough}, {train|learn|use them}",
      "{training|learning} now",
    ],
  },
  {
    intent: "load-model",
    orders: [
      "{load|download|install|get|fetch|switch to|change to|use|try|run|open|pick|select|choose} {a|another|the|a different|a bigger|a larger|a smarter|a better|a stronger|a more powerful|the big|the larger|a smaller|a new|one of the larger} [language|ai|chat] model",
      "{load|download|use|switch to|try|run|install} {llama|qwen|smollm|tinyllama|phi|gemma|mistral} [3|2]",
      "{change|swap|replace|switch} {the|your|this} [language] model",
      "{load|open|use|import} {a|my own|my} model from {disk|a file|hugging face|my computer|a folder|this url}",
      "upgrade {your brain|the model|yourself to a bigger model}",
      "get smarter with a {bigger|larger} model",
    ],
    says: [
      "i {want|need|would like} a {bigger|better|smarter|larger|different|stronger|more capable} model",
      "{bigger|larger|another|different|smarter} model [please]",
      "this model is too {small|dumb|weak}, {load|use|take|get} {a bigger one|another|a better one}",
      "is there a {bigger|better|larger} model i can {load|use|download}",
      "which models can {i|we} {load|download|use}",
    ],
  },
  {
    intent: "model-info",
    shows: [
      "{the|your|this} model's {info|information|details|version|name|size|parameters}",
      "[the] model {info|information|details|version|name|size|card}",
      "{details|information|info|facts} {about|on} {the|your|this} [language] model",
      "{which|what} model {is loaded|is running|you use|runs here}",
      "the {size|name|version} of {the|your} [language] model",
    ],
    says: [
      "{which|what} [language|ai] model {are you|is this|is running|do you use|are you using|is loaded|am i talking to|is active|runs here|do you run|answers here}",
      "how {big|large|small|old} is {your model|the model|this model|your network}",
      "how many parameters {do you have|does the model have|has the model|are in the model}",
      "{what|which} version {are you|is the model|of the model is this|do you run|of you is this|is loaded}",
      "when {did the model|did you} last {learn|train|get updated}",
      "when {was the model|were you} last {updated|trained}",
      "{what is|what's} the {size|name|version} of {the|your} [language] model",
      "is {the model|your model} {up to date|the latest|new|quantised|the newest version}",
      "model",
      "are you running a {big|large|small} model",
    ],
  },
  {
    intent: "help",
    orders: [
      "{show|tell|list|explain} me {what you can do|the commands|some examples|your commands|what is possible|all commands|your abilities}",
      "list [all|your|the] {commands|abilities|functions|features}",
      "give me {help|an overview|some hints|examples|a hint|some examples|a hand|a list of commands}",
      "{help|assist|guide|support} me",
    ],
    says: [
      "help",
      "help me [please]",
      "what can {you|i|we} do [here|for me|with you|in this app|with this]",
      "what are {your|the} {commands|abilities|functions|skills|features|options}",
      "i need {help|assistance|a hand|support|some help|somebody to help me|your help}",
      "{can|could|would} you help [me] [out]",
      "how can you {help|assist} [me]",
      "what do you {do|know|offer|understand}",
      "what {should|shall} i {say|type|do|ask} [now|here|first]",
      "what {can|could|may} i {ask|say|type|tell you|ask you}",
      "i am {lost|stuck|new here|confused|new|a beginner}",
      "i don't know what to {do|say|type|ask}",
      "{commands|menu|sos|get started|manual|list of commands|instructions|examples}",
      "where {do|should|can} i {start|begin}",
      "what {features|functions|kind of things|things} {do you have|can you do|are there}",
      "is there a {manual|list of commands|help page|tutorial|guide}",
      "what is possible [here|with you]",
      "what are you {able to do|good for|capable of}",
      "how do you help people",
    ],
  },
  {
    intent: "export-key",
    orders: [
      `{export|back up|backup|save|show|write down|reveal|copy|download|print|store|display|secure|view|see|get} my ${SECRET}`,
      "make a backup [of my {key|identity|node|account|keys}]",
      `{show|tell|give|send} me my ${SECRET}`,
      "back up my {node|identity|account|keys}",
      "move my {identity|node} to {another|a new} {device|browser|computer|phone}",
      "{export|save|download} {the|my} {key|identity|recovery phrase} {of this node|of my node|to a file|on paper|as a file}",
      "{create|do} a {key|node} backup",
    ],
    says: [
      `{what is|what's|where is|what are} my ${SECRET}`,
      `my ${SECRET} [please]`,
      `i {want|need} {my|a copy of my|to see my} ${SECRET}`,
      "{backup|key export|key backup|recovery phrase}",
      "i'm getting a new computer, {export|back up|show} my key",
    ],
  },
  {
    intent: "link-wallet",
    orders: [
      `{connect|link|attach|hook up|pair|join|plug in|sync|bind|couple|tie|associate} ${WALLETS} [{to|with} {parley|this node|my node|the app|this app|my identity}]`,
      "{connect|link} {metamask|a wallet|the wallet|wallet}",
      `use {my metamask|metamask|my existing wallet|the wallet from my browser} [here|with this node]`,
      "{log in|sign in|login} with {my wallet|metamask|ethereum|my ledger}",
      "{pair|link|connect} my node {with|to} {my wallet|metamask|a wallet}",
      "connect to {my wallet|metamask|my ledger}",
    ],
    says: [
      "wallet connect",
      "{i have|i already have} {a wallet|metamask}, {link it|connect it|use it}",
      "{metamask|my wallet} should be {linked|connected} [to this node]",
    ],
  },
  {
    intent: "open-page",
    weight: 12,
    orders: [
      `{open|go to|show me|take me to|bring me to|switch to|navigate to|jump to|get me to|display|bring up|visit|move to|head to|return to|go back to|pull up|change to|enter} ${PAGE}`,
      `{open|go to|show|switch to|visit} ${PAGE}`,
      "{open|show|go to} {another|a different|the other|that|some} page",
      "<page=wallet>open {my|the} wallet",
      "<page=chat>{go|take me|switch} back to chat",
    ],
    says: [
      `${PAGE}`,
      `where {is|can i find|do i find} ${PAGE}`,
      `i want to {see|open|visit|go to|be on} ${PAGE}`,
      "i want to see another page",
      "<page=settings>{settings|preferences|options}",
      "<page=settings>where can i change {the settings|my settings|the language|the theme}",
      "<page=network>{explorer|network page}",
    ],
  },
];
