import type { Phrases } from "../phrases.ts";

const MOTION = "{proposal|motion|measure|ballot item|referendum|initiative|petition|bill|question}";
const THINGS =
  "{proposals|motions|measures|ballot items|referendums|initiatives|votes|polls|decisions|questions}";
const CHANGES =
  "{<kind=parameter>{{bump|lift|drop|push|tweak|trim|fix|scale|move} the {quorum|reward|fee|minimum stake|epoch length|bond|voting period|threshold|cap} [{up|down} to <amount>]|make {epochs|rounds} {longer|shorter}|make the {fee|bond|quorum|reward} {smaller|bigger|<amount>}|have {a smaller|a bigger|a} {fee|bond|quorum} [of <amount>]}|<kind=upgrade>{{roll out|install|adopt|switch to|move to} {the new version|version two|the next release|the new software|a newer protocol}|patch the {contracts|software|protocol}}|<kind=grant>{{send|pay|hand|transfer|allot} <amount> {of|from|out of} the {treasury|common pot|community fund} to <to>|reward <to> with <amount> from the treasury|give <to> a grant [of <amount>]|pay for {an audit|a designer|translations|a meetup} [out of the treasury]}|<kind=dataset>{{take in|bring in|include|admit|throw out|ditch|kick out|swap} {a|the} {poetry|law|maths|medical|chat|cooking|french} {dataset|benchmark|data set|test set}|train on {recipes|poems|laws|songs}}|<kind=model>{{make|let|keep} the model {polite|answer about health|from talking politics|tell jokes|swear}|restrict what the model {says|learns|answers}|teach the model {manners|to refuse insults}}|<kind=election>{{hold|call|run} {an election|elections} [for the committee]|{replace|vote out|renew|appoint|pick} {the committee|a committee member|committee members}|give <~name> a seat on the committee}|<kind=rules>{{reform|rewrite|simplify|rework} {the voting rules|how we govern|governance|the rules of voting|how we decide}|count votes {by head|by reputation|differently}|let {everyone|newcomers|guests} vote}|<kind=emergency>{{shut down|freeze|stop|halt|suspend} {the network|everything|all training|aggregation} {now|at once, we are under attack|because of an attack|until the bug is fixed}|pull the emergency brake|declare an emergency}}";

function ballots(choice: string, verb: string, noun: string, feeling: string): Phrases {
  const set = `<choice=${choice}>`;
  return {
    intent: "vote",
    weight: 9,
    orders: [
      `${set}${verb} <proposal>`,
      `${set}${verb} {the|this|that|the latest} ${MOTION}`,
      `${set}{put|enter|log|file|lodge|note|send in|hand in|drop} {a|my} ${noun} {on|for|in|under} <proposal>`,
      `${set}{use|spend} my {vote|votes|voting power|ballot} {to ${verb}|for a ${noun} on} <proposal>`,
      `${set}{make|let} my {vote|ballot} {on|for} <proposal> {be|read|count as} ${noun}`,
      `${set}{go|go with|pick|choose|select|tick|press|say} ${noun} {on|for} <proposal>`,
      `${set}{switch|flip|change|update|revise} my {vote|ballot|choice} [on <proposal>] to ${noun}`,
    ],
    says: [
      `${set}${noun} from me {on|for} <proposal>`,
      `${set}<proposal> {=|->|-|is} ${noun} [from me]`,
      `${set}<proposal> ${noun} {please|pls|vote|from me}`,
      `${set}${feeling} <proposal>, {so|please|} {vote ${noun}|my vote is ${noun}|put me down as ${noun}|i go ${noun}}`,
      `${set}it's {a|} ${noun} {from me|for me} {on|for} <proposal>`,
      `${set}{i'd love|i want|i need|time} to ${verb} <proposal>`,
      `${set}i {read|looked at|thought about|studied} <proposal> and {i|} ${verb} it`,
      `${set}{we|i|my answer|my ballot}: ${noun}, {on|for} <proposal>`,
    ],
  };
}

/** Governance as different people speak of it. */
export const EVERYDAY_GOVERNANCE: readonly Phrases[] = [
  ballots(
    "yes",
    "{support|approve|back|green light|wave through|favour|favor|okay|ok|rubber-stamp|champion|adopt|ratify|vote yes on|vote in favour of|vote up}",
    "{yes|yes|yes|yea|aye|in favour|for|yep|approval}",
    "{i like|i love|i agree with|i'm fond of|we need|all my friends back|i fully support}",
  ),
  ballots(
    "no",
    "{reject|oppose|kill|sink|shoot down|veto|throw out|bin|strike down|resist|vote no on|vote against|vote down|object to}",
    "{no|no|no|nay|against|nope|rejection}",
    "{i don't like|i hate|i disagree with|i can't support|nobody needs|i am worried by|i dislike}",
  ),
  ballots(
    "abstain",
    "{abstain on|sit out|pass on|stay neutral on|skip|keep out of|abstain from|refrain from voting on|vote blank on}",
    "{abstain|blank|neutral|abstention|abstain}",
    "{i can't decide on|i have no opinion on|i know too little about|i don't care about|i have a conflict of interest in}",
  ),
  {
    intent: "list-proposals",
    weight: 13,
    shows: [
      `{the|all|any|some|open|pending|running|our current} ${THINGS} [<~date>|right now|waiting for me|in governance|that are open]`,
      `the ${THINGS} {i haven't voted on|that need my vote|people are voting on|that passed|that failed|ending soon|of <~date>}`,
      "{the|our} {ballot|agenda|docket|voting list|list of motions|governance queue}",
      `what {needs|awaits|still needs} my vote`,
    ],
    orders: [
      `{enumerate|list|browse|look through|scan|go over|fetch|retrieve} {the|all|open|current|pending} ${THINGS}`,
    ],
    says: [
      `{which|what|how many} ${THINGS} {are there|are open|are pending|are on|are running|wait for me|can i vote on|do we have|passed|failed|were rejected} [<~date>|now|at the moment]`,
      `${THINGS} {?|pls|please|open|right now|list|overview}`,
      "{what's|what is} {there to vote on|to be decided|the community deciding|on the agenda|waiting for my vote|new to vote on|left to vote on}",
      `{any|anything|something} {to vote on|new on the ballot|up for vote|needing my vote|to decide} [<~date>|today|for me]`,
      `where do i {see|find} {open|the|all|current} ${THINGS}`,
      "{did|do} i {miss|still have|forget} {a vote|any vote|any votes}",
      "what {will|do} we {vote on|decide} {next|<~date>|this week}",
      "{i want|i need|i'd love} to {see|know} {what's up for vote|the open proposals|what people are voting on|all motions}",
      "{what|which suggestions} {have people|has the community|did the members} {proposed|suggested|put forward} [lately|<~date>]",
    ],
  },
  {
    intent: "explain-proposal",
    weight: 15,
    shows: [
      "{the|a} {wording|content|contents|fine print|idea|substance|short version|tally|turnout|vote count|deadline|author|impact} {of|behind|for} <proposal>",
      `{more|details|something} {on|about} {the|this|that} ${MOTION}`,
    ],
    orders: [
      "{unpack|spell out|paraphrase|boil down|condense|translate|interpret|digest|recap|present} <proposal> [for {me|a beginner|dummies}]",
      "{help me|let me} {understand|grasp|make sense of|read} <proposal>",
      "{look into|look at|check|check out|view|display|bring up|pull up|retrieve|show} <proposal>",
      `{explain|unpack|summarise|spell out} {the|this|that|the latest} ${MOTION}`,
      "{check|see|find out} {how|whether|if} <proposal> {is doing|passed|is passing|will pass|went}",
    ],
    says: [
      "<proposal> {?|in short|in a nutshell|explained|details|summary|please|pls|status|result}",
      "what's {the deal|the story|the point|the idea} {with|of|behind} <proposal>",
      "{what|how much} {will|would|does} <proposal> {cost|bring|mean|break|improve|change} [for {me|us|the network}]",
      "{who|which person} {wrote|submitted|came up with|supports|opposes} <proposal>",
      "{where|how} does <proposal> {stand|look}",
      "{is|was} <proposal> {dead|through|decided|done|close|ahead|controversial|voted on|finished|adopted}",
      "{how|what} did <proposal> {end|turn out|go|finish|come to}",
      "{how long|until when} {is|can i vote on|does} <proposal> {open|run|}",
      "{before i vote|first}, {what is|tell me about|explain|what's in} <proposal>",
      "i {have no idea|don't know|can't tell|never heard} {what|of} <proposal> {is about|means|says|}",
      "{did|will|could} <proposal> {make it|get enough votes|reach the quorum|be rejected|be accepted}",
      `{what's|what is} {this|that} ${MOTION} {about|for|saying}`,
    ],
  },
  {
    intent: "propose",
    weight: 24,
    orders: [
      `{propose|suggest|recommend|move|petition|file a motion|call for a vote|start a petition|initiate a vote} to ${CHANGES}`,
      `{propose|suggest|recommend} that {we|the network|everyone} ${CHANGES}`,
      `{initiate|raise|table|lodge|set up|kick off|post|publish|register|introduce|bring in|push} {a|a new|my} {${MOTION}|vote} to ${CHANGES}`,
      `{let|have|get} {the community|people|everyone|the members|the holders} {vote|decide} {on whether to|whether to|if we should} ${CHANGES}`,
      `{ask|get} {people|the members|voters} to ${CHANGES}`,
      `{initiate|raise|table|lodge|kick off|post|introduce|file} {a|a new|my|another} ${MOTION}`,
      `{put|bring} {it|the question|this} to {a|the} vote: {shall|should} we ${CHANGES}`,
      `put {up|} for {a|the|} vote {that we|whether to} ${CHANGES}`,
    ],
    says: [
      `{i'd love|i want|i need|time|let's|i would like} {for us|the network|everyone|} to ${CHANGES}, {draft a proposal|make that a motion|put it to the vote|propose that|start a vote}`,
      `{we should|we must|we need to|why don't we|the network must} ${CHANGES}. {propose it|put that up for a vote|make it a proposal|submit this|file it}`,
      `${MOTION}: ${CHANGES}`,
      `{my|a new} ${MOTION} {is|would be} to ${CHANGES}`,
      `{new|another|fresh} ${MOTION} {please|pls|from me|to ${CHANGES}}`,
      `i {want|have|would like} {a|to submit a|to start a|to file a|to write a} ${MOTION} [to ${CHANGES}]`,
      `{suggestion|idea} for {the members|a vote|the community|the ballot}: ${CHANGES}`,
      `i have {a suggestion|an idea|something} {to put up for vote|for the ballot|to submit to the community|for a new proposal}`,
    ],
  },
  {
    intent: "delegate",
    weight: 16,
    orders: [
      "{sign|turn|give|hand|shift|cede|move|lend} {over|} my {votes|vote|voting power|ballot|say|voting share} {over to|to} <to>",
      "{authorise|authorize|empower|allow|permit|instruct|ask|get} <to> to {vote|decide|cast votes} {for me|on my behalf|in my stead|with my stake}",
      "{pick|take|elect|install|designate|hire|assign} <to> {as|for|to be} {my|} {delegate|proxy|representative|voter|deputy}",
      "{entrust|trust|charge} <to> with {my voting|my say|my governance|voting for me|my ballot}",
      "{put|leave} {my votes|voting|governance|my decisions} {in <to>'s hands, i mean delegate to them|to <to>|with <to>}",
      "{delegate|assign} {my|all my|half my} {votes|voting power} [to <to>]",
      "{use|follow} <to> as my {proxy|delegate}",
    ],
    says: [
      "<to> {represents me|is my delegate|is my proxy|votes for me|speaks for me} {from now on|now|starting today|in all votes}",
      "{my votes|my vote|my voting power|my say} {to|go to|goes to|belongs to|should be with} <to>",
      "{i'm too busy|i have no time|i don't follow governance|i am on holiday|voting bores me}, {so|} {<to> votes for me|let <to> vote|give my votes to <to>|delegate to <to>}",
      "{proxy|delegate|representative}: <to>",
      "{i'd like|i want|i need} <to> {as my delegate|to be my proxy|to represent me|to have my votes|to decide for me in votes}",
      "{can|could|may} <to> {vote for me|be my delegate|have my votes|represent me}",
      "<to> is {wise|smart|active in governance|an expert}, {give them my vote|delegate my votes|make them my delegate|hand my votes over}",
      "i {want|need|would like} {a|somebody as} {delegate|proxy|representative}",
    ],
  },
  {
    intent: "undelegate",
    weight: 12,
    orders: [
      "{yank|grab|pull|fetch|retrieve|claim|get|take} back my {votes|vote|voting power|say|ballot|voting rights} [from {<~name>|my delegate|my proxy}]",
      "{ditch|dump|sack|drop|fire|drop|kick out|release|discharge|lose} my {delegate|proxy|representative}",
      "{undo|scrap|kill|rescind|annul|withdraw|end|finish} {my|the} {delegation|proxy|arrangement with my delegate} [to <~name>]",
      "{stop|end|prevent} {<~name>|my delegate|my proxy} {from voting|voting} {for me|on my behalf|with my tokens|in my name}",
      "{decide|vote|cast my ballots} {myself|on my own|in person} {again|from now on}",
      "{resume|restart|go back to} voting {myself|on my own|in person}",
    ],
    says: [
      "i need my {vote|votes|voting power|say} {back|returned}",
      "{<~name>|my delegate|my proxy} {votes badly|is inactive|let me down|never votes|votes against me|is a fool}, {i want my votes back|take my vote back|end it|remove the delegation|undelegate}",
      "{i'm|i am} {done|finished} with {my delegate|delegating|<~name> voting for me}",
      "{votes|voting power|my vote} back {to me|please|from <~name>}",
      "{undelegate|no delegate|no proxy|revoke} {pls|please|any more|now}",
      "{<~name>|my delegate} {is|shall be} no longer my {delegate|proxy|representative}",
      "{can|could|may} i {have|get} my {votes|vote|voting power} back",
      "{i'd rather|i prefer to|i'd like to|let me} {vote|decide} {myself|for myself} {again|now|instead of <~name>}",
    ],
  },
  {
    intent: "discuss",
    weight: 15,
    orders: [
      "{chat|talk|argue|exchange views|have a word|have a discussion|have a debate|deliberate} {about|on|over} <proposal> [with {the others|people|members}]",
      "{chime in|speak up|pipe up|have my say|voice my opinion|raise a concern|ask a question|give feedback} {on|about|under} <proposal>",
      "{drop|file|put|send|type|submit} {a|my} {comment|note|question|remark|two cents|feedback|objection} {on|under|about|to|for} <proposal>",
      "{open|read|browse|show|display|go to|take me to} {the|} {comments|forum|thread|discussion|replies|debate} {of|under|on|about} <proposal>",
      "{reply to|respond to|answer} {the|} {comments|objections|questions} {on|under} <proposal>",
      "{discuss|debate|comment on|talk about} {the|this|that|the newest} {motion|measure|initiative|proposal}",
    ],
    says: [
      "{what|how} do {people|members|the others} {feel|think|say|argue} {about|on} <proposal>",
      "{comment|discussion|feedback|debate|my opinion}: <proposal>",
      "{comment|comments|thread|discussion} {on|for|about} <proposal> {please|pls|?}",
      "i {have|need|want|got} {to say something|a question|something to add|concerns|doubts to share|to talk} {about|on} <proposal>",
      "{let's|let us|can we|could we|shall we} {talk|chat|argue|debate|discuss} {about|on|} <proposal>",
      "{where} {can|do} i {comment on|discuss|reply to|join the debate on} <proposal> [with others]",
      "{i'd love|i want|time} to {argue about|discuss|debate|join the talk about} <proposal>",
      "{any|are there} {comments|opinions|reactions|replies} {on|to|about} <proposal>",
    ],
  },
];
