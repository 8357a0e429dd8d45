import type { Phrases } from "../phrases.ts";

const MACHINE =
  "{computer|laptop|tab|machine|pc|phone|cpu|gpu|browser|device|desktop|processor|mac|tablet|notebook}";
const NODE = "{node|tab|machine|computer|worker|client|donor}";
const LOAD = "{cpu|processor|memory|ram|gpu|battery|processing power|cpu time|machine|cores|power|bandwidth}";
const SUFFERING =
  "{my fan is {too loud|screaming|spinning like mad|going crazy}|my {laptop|computer|phone|machine} is {overheating|boiling|too hot|lagging|crawling|frozen|dying|getting slow|running out of battery}|{it's|this is} {too loud|too hot|eating my battery|draining my battery|slowing me down}|my battery is {dying|at <~amount>|nearly dead|almost empty}|my game {stutters|is slow}|i need {all my cores|the cpu|my gpu} for {a game|a video call|work|rendering}}";
const LEAVING = "{i have to {leave|go|close the tab|catch a train}|i'm going {on holiday|to bed|out}}";
const FREE =
  "{i'm going {to bed|out|for lunch|away}|my {computer|laptop|pc|gpu} is {idle|free|bored|doing nothing|plugged in|just sitting there}|i'm {back|home|done gaming|finished with work}|i have {spare power|unused cores|nothing running|cheap electricity|a strong gpu}|power is cheap now}";
const EARNINGS =
  "{rewards|earnings|income|payout|pay|wages|salary|winnings|profit|gains|takings|returns|payday}";

/** The network's intents as different people say them: problems that imply an order, questions in many shapes, half sentences. */
export const EVERYDAY_NETWORK: readonly Phrases[] = [
  {
    intent: "network-status",
    weight: 12,
    shows: [
      `{the|current|live} {vitals|uptime|condition|connection status|sync status|health check|diagnostics} [of {the network|my ${NODE}|parley}]`,
      `{whether|if} {everything works|all is well|we are online|my ${NODE} is alive|the network is down|my connection is fine}`,
    ],
    orders: [
      `{run|do} {a|} {health check|diagnostics|status check|check up} {on|of|for} {the network|my ${NODE}}`,
      `{test|verify|probe|diagnose|ping} {my connection|the network|my ${NODE}}`,
    ],
    says: [
      `{is|has} {my ${NODE}|the network|parley} {stuck|frozen|dead|broken|alive|crashed|still there|still up|responding|in good health|having a bad day}`,
      `{network|node|connection|system|sync|health|uptime} {?|status|ok?|pls|report|check}`,
      `how's {my ${NODE}|the network|the connection|it} {holding up|feeling|doing|performing} [right now]`,
      "{do|does} {we|i|the network} have {a problem|problems|an outage|trouble|a connection}",
      `{nothing|something} {loads|works|seems wrong}, is {the network|my ${NODE}} {down|ok|up}`,
      `{am|are} {i|we} {still|} {in sync|behind|connected|offline|part of the network|on the network} [right now]`,
      `what's {up|wrong|the matter|going on} with {the network|my ${NODE}} [now]`,
      "where do i {see|check} {if the network is up|the network's health|the status of my node}",
      "{anything|something} {wrong|broken|down} {with|in|on} the network",
    ],
  },
  {
    intent: "what-happened",
    weight: 14,
    shows: [
      `{the|a} {highlights|chronicle|diary|journal|timeline|story|bulletin|feed|summary} {of|from|for} {<date>|the network <date>|my ${NODE} <date>|the last hours}`,
      `what {has been going on|everyone did|people trained|was learned|changed|i missed} [<date>|in the network|since i left]`,
    ],
    orders: [
      "{brief|update|debrief|inform} me [on {what i missed|<date>|the network's day|last night}]",
      "{recount|narrate|review|retell|relate} {what happened|the events|the day} [<date>|of <date>]",
      "{get|bring} me up to speed [on {<date>|the network}]",
      "{summarise|sum up|recap} {the day|the week|what the network did|what i missed|the night} [<date>]",
    ],
    says: [
      `{i was|i've been} {away|asleep|offline|on holiday|out} [<date>|since <date>], {what happened|what did i miss|what's new|catch me up|fill me in}`,
      `{did|has} {my ${NODE}|the network} {do|done|learn|learned|train|trained|achieve} {anything|something|much} [<date>|while i slept]`,
      `{what|how much} {work|training} {did|was|has} {my ${NODE} do|done|the network done} [<date>]`,
      "{news|events|highlights|recap|what's new|summary|digest|activity} [{?|pls|please|today|<date>|of <date>}]",
      "{anything|something} {new|exciting|noteworthy|to report|worth knowing|interesting} [<date>|from the network|since <date>]",
      "{how|what} was {the day|yesterday|the night|the week|<date>} {for|in|on} the network",
      `what {kept the network busy|did we achieve|did we get done|has changed in the network} [<date>]`,
      "what's {happened|been happening|the latest|the news} [<date>|in the network|around here]",
    ],
  },
  {
    intent: "epoch-status",
    weight: 12,
    shows: [
      "{the|this|current} {round|epoch} {number|progress|stage|phase|timer|countdown|state}",
      "{the|} {stage|phase|progress|numbers|outcome|participants|loss|score} {of|in} {<epoch>|the current epoch|this round}",
      "how {many minutes|much time|long} {this epoch|the epoch|the round} {still has|has left}",
    ],
    orders: [
      "{check|look at|pull up|inspect|retrieve} {<epoch>|the current epoch|this round|the running epoch}",
    ],
    says: [
      "<epoch> {?|status|result|please|pls|summary|how did it go}",
      "{epoch|round} {?|status|now|number|phase|timer}",
      "{how many|what's the number of} {minutes|hours|seconds|time} {are left|remain|until} {in this epoch|in the round|the epoch ends|the next round}",
      "{how far|where} {are we|is the network} {in|into} {this epoch|the round|the current epoch}",
      "{are we|is the network} {committing|revealing|training|validating|aggregating|between epochs} {now|yet|right now}",
      "{did|was|has} {<epoch>|the epoch|this round} {work out|succeed|been finalised|get anchored|finish|complete|go well}",
      "{when|what time} {is|does|will} {the next epoch|the next round|a new epoch} {start|begin|due|come}",
      "{what|how} {went wrong|went well|was decided|did it end} in <epoch>",
      "{who|how many} {was|were|joined|worked} in <epoch>",
      "{i want|i need} to know {when the epoch ends|what phase we're in|how <epoch> ended|the epoch's number}",
    ],
  },
  {
    intent: "rewards",
    weight: 14,
    shows: [
      `my ${EARNINGS} [{<date>|so far|to date|for the week|since <date>|from training|from donating}]`,
      `{how much|what} {came in|i made|my ${NODE} made|donating brought|my work brought} [<date>|so far]`,
      `{the|my} {pending|open|outstanding|accrued|accumulated|uncollected|total} ${EARNINGS}`,
    ],
    orders: [`{check|query|look up|add up|total|sum up|count} my ${EARNINGS} [<date>|since <date>|so far]`],
    says: [
      `${EARNINGS} {?|so far|pls|please|<date>|overview|report|to date}`,
      `{what|how much} {did|has|have} {i|my ${NODE}|my work|training|donating} {bring in|brought in|make|made|yield|earn|earned|rake in|get me} [<date>|so far|since <date>]`,
      `{is|are} there {any|some|much} ${EARNINGS} {for me|pending|waiting|yet|due|left to collect}`,
      `{did|have|has} {i|my ${NODE}} {get|gotten|earned|made|receive} {any|a single token as|some} {rewards|reward|pay|income} [<date>|yet]`,
      `{how|what} {are|is} my ${EARNINGS} {looking|doing|like|at} [<date>]`,
      "{how much|what} {is|am i} {coming to me|due to me|waiting for me|earning per day|making|making with my node}",
      "{what's|what is} my {pay|income|reward total|profit|reward balance|daily earning} [<date>|so far]",
      `where do i see {what i earned|my ${EARNINGS}|how much my ${NODE} makes}`,
      "i {want|need|would love} to {see|know} {what i've earned|how much i made|my rewards|what my node makes} [<date>|so far]",
      "{was|is} {it|donating|the night|last night} {worth it|a good day for me|lucrative} <date>",
    ],
  },
  {
    intent: "why-paid",
    weight: 13,
    orders: [
      "{itemise|detail|clarify|explain|justify|walk me through|unpack} {how|why} {i got|i was paid|you paid me} {<~amount>|so little|so much|nothing|less} [<date>|in <epoch>|for <epoch>]",
      "{explain|clarify|justify|break down} {my|the} {<~amount> reward|last payout|tiny reward|big payment|zero payout|earnings} [in <epoch>|<date>|for <epoch>]",
    ],
    says: [
      "{why|how come} {such a|so|this} {small|low|little|tiny|big|high|poor} {payout|reward|pay|payment|amount|income} [<date>|in <epoch>|for <epoch>]",
      "{how come|why is it that} {i|my node} {made|earned|was paid|got} {<~amount>|so little|nothing|less than <~name>|zero|peanuts} [<date>|in <epoch>|for <epoch>]",
      "{my reward|my pay|my payout|my income} {dropped|fell|went down|doubled|shrank|is zero|is missing} [<date>|in <epoch>], {why|how come|what's the reason|explain that}",
      "i {worked|trained|donated} all {day|night} {and|but} {got|earned|received|was paid} {nothing|so little|only <~amount>}, {why|how come|explain}",
      "{what|which rule|which work} {is|was|were} {my|the|that} {<~amount>|payment|reward|last reward|payout} {for|based on|paid for|good for} [<date>|in <epoch>]",
      "{what did i do|which work did i do|why do i deserve} {for|to get|to earn} {<~amount>|that reward|this payment|this money} [<date>|in <epoch>]",
      "{why the|what's with the} {low|high|strange|odd|small|<~amount>} {payment|reward|payout} [<date>|in <epoch>|for <epoch>]",
      "{reason|explanation|grounds|basis} {for|of|behind} {my|the|this} {<~amount>|pay|payout|reward|payment} [<date>|in <epoch>|please]",
      "{why|how come} {did|does} {<~name>|my friend|everyone} {get|earn} more than {me|i did} [<date>|in <epoch>|for <epoch>]",
    ],
  },
  {
    intent: "start-donating",
    weight: 16,
    orders: [
      `{fire up|kick off|boot up|crank up|power up|spin up|switch on|set off|initiate|wake|restart|reactivate|re-enable|unpause|get going with|put on} {my ${NODE}|the ${NODE}|donating|the donation|training for the network|the node|my donor node}`,
      `{lend|hand|loan|volunteer|rent|pledge|offer|dedicate|donate|contribute} {my|some|a bit of|the} {${MACHINE}|spare cycles|power|horsepower|idle cores|gpu time|cpu time} [{to|for} {the network|parley|training|the cause|everyone}]`,
      `{let|have|make|get} {my ${MACHINE}|the ${NODE}|this tab} {work|train|contribute|chip in|help out|crunch|do some work|earn something} [for {the network|parley|everyone|us}]`,
      `{get|set} {my ${MACHINE}|the ${NODE}|me} {donating|working|training|to work|to train|computing} [for the network]`,
      "{pitch in|chip in|help out|lend a hand|do my part|do my bit|join in} [with my {computer|laptop|gpu|tab}]",
      "{join|rejoin|enter|come back to|go back to} {the network|the work|donating|training with the others} [as a {donor|node}]",
      "{continue|carry on|go on} {donating|with donating|with the donation|working for the network}",
      "go online [as a node|again]",
      "{start|begin|resume} {mining|earning|earning tokens|computing|the work}",
    ],
    says: [
      `${FREE}, {so|} {use it|start donating|let it work|fire up the node|let it train|donate it|resume donating|put it to work}`,
      `{donate|start|node on|donating on|resume|go live|on air} {pls|please|now|again|compute}`,
      `{i'd love|i want|i'd like|i need|time|let's} to {help|contribute|donate|be a donor|help the network|take part|earn by donating|do something useful with my ${MACHINE}}`,
      `{the network|parley|you} {can|may|should} {have|use|borrow|take|run on} my {${MACHINE}|spare power|idle time} [again|now|while i'm away|while i sleep]`,
      "{i paused|i stopped} {donating|the node} {<~date>|earlier}, {start|turn|switch|resume} {it again|it back on|it now|donating}",
      `{my ${NODE}|the ${NODE}|donating} {should|can|may} {start|run|be on|work|resume|go on} {now|again|from now on}`,
      "{break's over|the break is over|enough rest|lunch is over}, {back to donating|resume|donate again|start the node}",
    ],
  },
  {
    intent: "stop-donating",
    weight: 20,
    orders: [
      `{shut down|shut off|power down|power off|kill|unplug|pull the plug on|bring down|take down|wind down|abort|freeze|hold|park|knock off|call off|terminate|discontinue|put on hold|turn off|switch off} {my ${NODE}|the ${NODE}|donating|the donation|the training for the network|the node|the work|my donor node}`,
      `{stop|quit|cease|halt} {using|eating|burning|hogging|wasting|borrowing|draining|taking} my {${MACHINE}|${LOAD}|electricity|battery|resources}`,
      `{let|give} my {${MACHINE}|fan|battery} {rest|cool down|sleep|a breather|a rest|some peace}`,
      `{leave|let go of|free|release|get off} my {${MACHINE}|${LOAD}}`,
      "{disconnect|leave|go offline|sign off|log off|drop out|opt out|withdraw} [from {the network|donating|the work}]",
      "{suspend|pause|interrupt|stop} {everything my tab does for the network|the work|contributing|donations|training for others} [{until|till} <~date>|for a while|for now|for an hour]",
      "{stop|quit|end} {being a donor|helping|sharing power|mining|computing for others|the donation}",
    ],
    says: [
      SUFFERING,
      `{${LEAVING}|${SUFFERING}|${SUFFERING}}, {stop|stop it|pause|pause it|stop the node|stop donating|shut it down|switch it off|turn the node off|kill the node}`,
      `{stop|pause|shut down|turn off|please stop|quit|take a break}, ${SUFFERING}`,
      `{stop|pause|halt|end|node off|donating off|off} {donating|the node|pls|please|for today|work}`,
      `{i'm|i am|we're} {done|finished} {donating|for today with donating|helping|contributing|with the node} [for {today|now}]`,
      `i need my {${MACHINE}|${LOAD}} {back|for myself|for work|for a game|for something else}`,
      `{no more|enough of the} {work|computing|training|donating} {on|with|by} my ${MACHINE}`,
      `my {${NODE}|${MACHINE}} {should|must|may|shall} {rest|stop|pause|go to sleep|go offline|not work} [now|for a while|for today]`,
      `i {don't want|no longer want|can't afford} {to donate any more|my ${MACHINE} to be used|my ${MACHINE} to work for others|the node running|to share my ${MACHINE}} [any more|any longer]`,
      "{that's|this is} enough {for today|donating|work for the network}, {stop|pause|switch off}",
      "{call it a day|let's call it a day|time for a break|the node needs a rest|give it a rest}",
    ],
  },
  {
    intent: "donate-limits",
    weight: 14,
    orders: [
      `{tweak|fine tune|dial down|dial back|turn down|tone down|ease|ration|regulate|bump|bump up|crank up|control|scale back} {the|my} {load|limits|donation limit|cpu limit|memory limit|resource use|usage|share of ${LOAD}} [to <amount>]`,
      `{keep|hold|leave} {donating|my node|the load|cpu use|it} {below|under|at|to|within} <amount>`,
      `{reserve|keep|leave} <amount> of {my|the} ${LOAD} for {me|myself|my own work}`,
      `{let|allow} {the network|my node|donating} {to|} use {only|at most|up to|no more than|} <amount> [of my ${LOAD}]`,
      `{donate|run|train|work} {only|just} {while charging|when plugged in|at night|on wifi|when i'm away|between midnight and six|when the lid is closed}`,
      `{slow down|go slower|use fewer cores|use less|take it easy|be gentle|calm down} {a bit|} {on|with|of} {my|the} {${LOAD}|laptop|fan}`,
      `{assign|allocate|grant|give} {at most|only|up to|} <amount> [of my ${LOAD}] {to|for} {donating|the node|the network}`,
    ],
    shows: [
      `{how much|what share} of my {${LOAD}|computer} {you take|goes to the network|is given away|donating uses}`,
      "the {limits|settings|caps} {of|for} {donating|my donation|the node|my cpu|the memory}",
    ],
    says: [
      `<amount> {${LOAD}|of my ${LOAD}} {max|maximum|tops|is my limit|is all you get|for donating|and not more}`,
      `{max|maximum|limit|no more than|at most|cap} <amount> {${LOAD}|of ${LOAD}|for the node|for donating}`,
      `${LOAD} {limit|cap|maximum|budget|share} [to|:] <amount>`,
      "{what's|what is|what are} {my|the} {limit|limits|cpu cap|memory cap|donation limits|cap} [for donating]",
      `{i'd like|i want|i need} {a limit of <amount>|donating to use less|the node to be gentler|to keep <amount> for myself|to lower the load|a cap on ${LOAD}}`,
      `{don't|never|do not} {run|donate|work|train} {on battery|by day|on mobile data|when i'm working|when i am at the computer}`,
      `{my|the} {node|tab|donation} {takes|uses|eats} too much {${LOAD}}, {limit it|use less|lower it|reduce it|make it <amount>|set it to <amount>}`,
      "{how many|how much} {cores|memory|cpu|power} {do you use|does my node take|is donated|am i giving|am i donating}",
    ],
  },
  {
    intent: "trace",
    weight: 13,
    orders: [
      "{unravel|dig into|trace out|reconstruct|double check|double-check|fact check|walk back|certify|authenticate|confirm} {<target>|the update <target:cid>|payment <target:hash>|tx <target:hash>|what happened in <target:epoch> by proof}",
      "{give|show|get|find} me {the|} {proof|receipts|audit trail|lineage|paper trail|evidence|origin} {of|for|behind} <target>",
      "{recompute|re-run|rerun|recalculate|redo} {<target:epoch>|the work of <target:epoch>|<target:cid>} {to check it|and compare|}",
      "{trace|audit|verify} {the last|my latest|the newest|some|one} {update|payment|delta|reward|bundle}",
    ],
    says: [
      "<target:cid>, {where from|who made it|is it real|trace it|proof please}",
      "<target:hash>, {where did it go|what is it|is it real|trace it|proof please}",
      "{proof|evidence|audit|trail|verification|provenance} {for|of} <target> {please|pls|?|}",
      "{where|how} did <target:cid> {come from|get in|get into the model|originate}",
      "{is|was} {<target:cid>|<target:hash>} {legit|fake|honest|accepted|included|confirmed|cheating}",
      "{did|was} someone cheat{ed|} in <target:epoch>, {audit it|verify|prove it}",
      "{i want|i need|i'd love} {to trace|to audit|to verify|proof of|to follow} <target>",
      "who is {behind|responsible for} {<target:cid>|<target:hash>|the update <target:cid>}",
    ],
  },
  {
    intent: "peers",
    weight: 14,
    shows: [
      "{the|my} {other tabs|other machines|other computers|fellow nodes|neighbouring nodes|colleagues in the network|links|connected machines|companions|connected browsers}",
      "{who|which machines|which nodes} {else is|are|is} {on|here|in|around|connected|talking to me|in the network}",
      "{the|a} {headcount|roster|census|number} of {nodes|donors|peers|connected tabs|participants|machines}",
    ],
    orders: [
      "{list|count|enumerate|show|name} {the|my|all} {peers|neighbours|other nodes|connected machines|participants|connected tabs}",
    ],
    says: [
      "{peers|neighbours|connections|nodes|participants} {?|pls|please|count|now|online|connected}",
      "{how many|which|what} {machines|other tabs|donors|computers|participants|browsers|nodes|of us|connections} {are there|are connected|are on|are out there|are working|are around|do we have|is my tab linked to|share the work} [right now|now]",
      "{is|are} {anyone|anybody|others|other people|more tabs} {there|out there|with me|online too|around|connected to me|joining} [now]",
      "{who|which machines} {do i|does my node|does my tab|are we} {talk to|know|see|share with|exchange with|linked to}",
      "{do|does} {i|my node|my tab} {see|have|know|reach} {anyone|other nodes|any peers|some neighbours}",
      "{am i|are we|is my node} {by myself|all alone|isolated|on my own|connected with others}",
      "{who|how many people} {is|are} {donating|training|online|helping} {right now|with me|at the moment|besides me|alongside me}",
      "{i want|i need} to know who {is connected|my peers are|i'm connected to|else is online}",
    ],
  },
];
