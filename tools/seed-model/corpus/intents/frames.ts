/** Ways of putting a verb phrase (`%`) into an order. `%ing` is its gerund. */
export const ORDERS: readonly string[] = [
  "{i'd appreciate if you could|it'd be great if you|i expect you to|you are to|your job is to|your task: |task: |todo: |request: |my request: |please be so good as to|feel free to|be a dear and|could someone|somebody please|it would help me if you could|any chance you could|any chance to|think you could|are you able to|mind if i ask you to} %",
  "{before i forget|while you are at it|first of all|finally|from now on|starting now|this time|as a next step|at last|without further questions|once and for all|for a start|on second thought}[,] %",
  "{i am finally ready to|it is my turn to|my goal is to|all i want is to|the thing i want is to|i only want to|i simply want to|i'd rather|i would rather|i would prefer to|i prefer to|i really need to|i urgently need to|i have to|i ought to|i was told to|i agreed to|i promised to|i was asked to} %",
  "{why don't you|why not} % [for me|then|now]",
  "%, {that's my wish|that would be great|that is what i want|i insist|i beg you|that's the plan|and that's it|nothing else|would be great|if you don't mind|that's all i need}",
  ...Array<string>(9).fill("%"),
  "please %",
  "{pls|plz|kindly|just|now|ok|okay|so|go ahead and|go on and|quickly|right} %",
  "% {please|now|for me|right now|right away|asap|if you can|immediately|quickly|today|thanks|pls|ok|as soon as possible|when you can|would you|will you|this time}",
  "{can|could|would|will} you [please|kindly] %",
  "{can|could|would|will} you % [for me|please|now]",
  "i {want|need|wish|would like|have|intend|plan|am going|decided|am ready|hope|mean} to %",
  "i'd {like|love} to %",
  "{i wanna|i gotta|i'm gonna|i must|i should now|i will|i'll|i shall} %",
  "{let's|let us|lets|let me} %",
  "{help me|help me to|assist me to|i need you to|i want you to|i'd like you to|i would like you to|you should|you must|you have to|you may|make sure to|be so kind and|do me a favour and|don't forget to|remember to|try to} %",
  "{it's time to|time to|i think i'll|i think i want to|i guess i'll|my plan is to|the plan is to|next i want to|my wish is to|i'm here to|i came to|i am looking to|i'm looking to|i'm trying to|we need to|i feel like i should|the next step is to} %",
  "{would you mind|do you mind|how about|what about|i'm interested in|i'm thinking of|start with|proceed with} %ing",
  "{i want|i'd like|i need} [you|] to % [please|now|today|for me]",
  "{hey|hi|hello|dear parley|parley|hey parley|ok parley|yo}[,] [please|can you|could you|i want to] %",
  "{is it ok if you|it would be nice if you could|it would be great if you could|i'd appreciate it if you could|would it be possible for you to|may i ask you to|i was hoping you could|could i ask you to|could i get you to} %",
];

/** Ways of asking for something to be shown. */
export const SHOWS: readonly string[] = [
  "{i'd be glad to see|i would love to see|i'm keen to see|i should know|i must see|i ought to check|remind me of|refresh my memory about|update me on|inform me about|brief me on|give me an update on|give me a quick look at|quick look at|a look at|put up|throw up|go through|dig up|share with me|put on the screen|show on screen|open up|got|any word on|what do you have on} %",
  "{would you mind showing me|mind showing me|how about showing me|time to look at|let's look at|let's see|let us check|let's have} %",
  "% {would be nice|is what i want to see|is what i need|, that's what i'd like to know|, if you can|, show me|- show it|on the screen please}",
  ...Array<string>(5).fill("{show|show me|display|give me|list|print|tell me|see|view|check|get} %"),
  "% [please|pls|now|?]",
  "{can|could|would} you {show|tell|give|read|list} me %",
  "{can|could|may} i {see|have|get|look at|check|view} % [please]",
  "i {want|would like|need|wish} to {see|know|check|view|look at|read|have|get|look up}  %",
  "i'd like to {see|know|check|view|have a look at} %",
  "{let me|lemme} {see|know|check|look at|have a look at|read} %",
  "{look up|find|pull up|bring up|fetch|retrieve|report|present|output|read out|load|find out|inspect|look at} %",
  "{please|pls|kindly|quickly} {show|tell|give|list|display} [me] %",
  "{what is|what's|what are|what about|how about} %",
  "i {need|want} %",
  "{show|tell|give} me % {please|now|again|quickly|thanks|today|right now}",
  "{i'm curious about|i'm interested in|i wonder about|i'm looking for|any idea of|do you know|do you have|can i get} %",
];

/** Questions about doing it: they are answered in words. */
export const QUESTIONS: readonly string[] = [
  "how {do|can|should|would|could|might|must|does one|do you|do we|do people} [i|] %",
  "how {do|can|should|would} i %",
  "how {do|can|should} i % [exactly|here|in parley|safely|quickly|?]",
  "how to %",
  "what {happens|will happen|would happen|do i get|should i know|is the risk|are the risks|changes|does it cost|is the fee|can go wrong|do i need|comes next} {if|when|before|after} i %",
  "what happens {if|when} {i|someone|people|you|we} %",
  "{should|can|may|could|must|shall} i [really|already|now] %",
  "{should|can|may|could|must} {people|we|someone|anybody|everyone|beginners} %",
  "is it {safe|possible|hard|worth it|allowed|free|wise|risky|necessary|expensive|a good idea|legal|dangerous|useful|too late|better|normal|smart} to %",
  "why {should|would|must|do|can't|can|could} {i|people|we|anyone|someone} %",
  "when {should|can|do|may|must|could} i %",
  "where {do|can|should|could} i %",
  "who {can|may|is allowed to|has the right to|should} %",
  "what does it {mean|cost|take|need} to %",
  "{do i|does one|do we|do people} {need|have} {a wallet|a stake|tokens|permission|to pay|to wait|to be online} to %",
  "{explain|show me|tell me|teach me|describe} how {to|i can|one can|people} %",
  "{i want to|i'd like to|i would like to|let me|i need to} {know|learn|understand|find out} how to %",
  "{i don't know|i'm not sure|i forgot|i wonder|i have no idea|no idea} how to %",
  "how long {does it take|must i wait|do i have to wait} to %",
  "{what is|what's} the {best|right|safest|fastest|easiest|usual|correct} {way|time|place|method} to %",
  "{what are|explain|tell me} the {steps|rules|conditions|risks|fees|costs|advantages|disadvantages} {to|when i|if i|when people} %",
  "what {is|does} %ing [mean|do|good for|about]",
  "is %ing {safe|free|hard|possible|worth it|risky|expensive|allowed|reversible|private}",
  "{explain|define|describe} %ing",
  "does %ing {cost anything|cost a fee|take long|need a wallet|work offline|hurt|help|make sense}",
  "{what if|suppose|imagine} i %",
  "{how much|what} does it cost to %",
  "am i {allowed|able|supposed|required} to %",
  "how {often|many times|fast|soon} can i %",
  "{could|can} you {explain|tell me|show me} how {to|i} %",
  "{will i|would i|do i} {lose|earn|pay|risk|get} {something|anything|tokens|more|a fee} if i %",
  "is there a {fee|limit|risk|minimum|way|reason|rule} {to|when i|if i} %",
];

/** Forbidden, taken back, not wanted: nothing is to be done. */
export const NEGATIONS: readonly string[] = [
  "{don't|do not|dont|never|please don't|please do not|you must not|you shouldn't|don't ever|under no circumstances|by no means} %",
  "i {don't|do not|dont|didn't} want {to|you to} %",
  "i {won't|will not|would not|wouldn't|can't|cannot|shall not|would never|would rather not|will never|refuse to|am not going to|am not ready to|decided not to|have no plan to|no longer want to|don't plan to|don't need to|did not ask you to|never asked you to} %",
  "{no need to|there is no need to|no reason to|not the time to|it is too early to|it's not necessary to|better not|stop! do not|wait, don't|no, don't|hold on, don't} %",
  "{%, no wait, don't|%? no|%... no, never mind|%, actually no|%, forget it|% not|%? never|%, just kidding|%, scratch that}",
  "{forget about|no|i'm against|i am not interested in|stop thinking about|i regret|i hate} %ing",
  "let's not %",
];

/** Reports, wishes of others: nothing is to be done. `%ed` is the past. */
export const REPORTS: readonly string[] = [
  "i [already|just|once|have already|also] %ed [<~date>|before|a while ago|successfully]",
  "{<~name>|my friend|my brother|she|he|somebody|my neighbour|we|they} [already|just|also] %ed [<~date>]",
  "{<~date>|last time|long ago} i %ed",
  "{i think|i believe|i remember|it seems|i saw that|i heard that} {i|<~name>|somebody|they} %ed",
  "did {you|somebody|<~name>} already %",
  "{i was|they were|people are|everybody is|<~name> is|he was} %ing [<~date>|all day|too]",
  "{some people|others|many people|my friends|rich people|validators} %",
  "{thanks, i|great, i|nice, i|ok i have} %ed",
];

/** Sentences before or after, which ask for nothing. */
export const LEAD_INS: readonly string[] = [
  "{since|as|because|now that|given that} @clause[,]",
  "{@clause|@clause|@clause}{.|,| so|:| -| and so|; }",
  "{after|before} {lunch|dinner|work|the meeting|school|breakfast|my holiday|i go to bed|i leave|the weekend}[,]",
  "{hi|hello|hey|good morning|good evening|hi there|hello parley|hey there|good day|greetings}{,|!|.|}",
  "{i have a question|i have a request|one more thing|quick one|another thing|next|so|ok|well|listen|look|alright|right|actually|by the way|btw|um|uh|hmm|oh}{,|:|.|}",
  "{i thought about it|i made up my mind|i have decided|i am back|it is me again|i've been thinking|i read everything|i changed my mind}{.|,|:| and}",
  "{the weather is nice|it was a long day|i have little time|i am in a hurry|i got my salary|my friend helped me a lot|we had lunch together|it is late|i'm on my phone|i trust you}{.|,|!}",
  "{<~name> asked me|<~name> said it is time|as agreed with <~name>|i talked to <~name>}{.|,|:}",
  "i have <~amount>{.|,}",
  "{thanks|thank you|great|perfect|cool|good|nice|yes|no problem}{,|.|!}",
  "{don't worry|no stress|sorry to bother you|excuse me|pardon|if it is not too much trouble|if you don't mind}{,|.}",
];
export const TRAILERS: readonly string[] = [
  "{because|since|as|so that|cause|given that|now that} @clause",
  "{because|since|as} @clause",
  "{for|as a thank you for|in return for|to celebrate} {last night's dinner|the lovely evening|all the help|the concert|my birthday|the new roof|a good cause|her birthday|the work she did|his great idea}",
  "{before|after} {lunch|dinner|work|the meeting|breakfast|i go to bed|i leave|the weekend}",
  "{thanks|thank you|thx|cheers|ty|many thanks|thanks a lot|that's all|bye}",
  "{that is what we agreed|he earned it|she deserves it|i promised|it's urgent|no hurry|take your time|i'm sure|i am serious|it's important|i've waited long enough|i checked it twice}",
  "{i hope that's ok|if that is possible|if possible|ok?|okay?|alright?|right?|is that fine?|can you do that?|got it?|understood?}",
  "{and be quick|and tell me when it's done|then tell me|let me know|and show me the fee first|but show me the fee first|and keep me posted}",
  "{before it's too late|because i said so|since i can|because it's time|as usual|like last time|the same as always|as always|one more time}",
];
