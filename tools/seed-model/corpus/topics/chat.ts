import { define, howTo, type Topic } from "../topic.ts";

export const CHAT: readonly Topic[] = [
  {
    id: "correct",
    weight: 4,
    asks: [
      ...howTo("{correct|fix|edit|improve} {an answer|your answer|a wrong answer|you|your mistakes}"),
      ...howTo("{teach|train} you [something|something new]"),
      ...define("{corrections|a correction}"),
      "your answer {is|was} wrong",
      "that {is|was} wrong",
      "that's {wrong|not right|incorrect|false|not true}",
      "that is not {right|correct|true|what i asked}",
      "you are wrong",
      "you made a mistake",
      "wrong [answer]",
      "no that is wrong",
      "do you learn [from me|from mistakes]",
      "how do you learn",
    ],
    answers: [
      "Press Correct this answer below it and write what I should have said. The pair is kept in your browser and becomes training data when you donate.",
    ],
    more: "You can see and delete your corrections at any time. Nobody else sees them: only the trained change leaves your tab.",
  },
  {
    id: "delete-data",
    asks: [
      ...howTo(
        "{delete|remove|erase|clear|see} {my data|my corrections|my chats|a chat|a thread|my history|a correction}",
      ),
      "where are my {corrections|chats|threads|conversations}",
    ],
    answers: [
      "Chats and corrections are listed in the app, and each has a delete button. They live only in your browser, so deleting there is enough.",
    ],
  },
  {
    id: "buttons",
    asks: [
      ...howTo("{stop|cancel|interrupt|end} {an answer|the answer|you|generating}"),
      ...howTo("{retry|copy|repeat} {an answer|the answer|your answer}"),
      "try again",
      "{answer|say that|say it} again",
      "what do the buttons do",
      "where is the {stop|retry|copy} button",
    ],
    answers: [
      "The stop button ends an answer at once. Below each answer you can copy it, retry, or correct it.",
    ],
  },
  {
    id: "threads",
    asks: [
      ...howTo("{start|open|begin} a new {chat|thread|conversation|topic}"),
      ...define("{threads|a thread}"),
      "do you remember {me|our chats|what i said|what we said|our last chat}",
      "are my chats {kept|saved|stored}",
      "new chat",
    ],
    answers: [
      "Press New thread to begin another chat. Your threads are kept in this browser, so you can come back to them later.",
    ],
  },
  {
    id: "wrong-answers",
    asks: [
      "can i trust {you|your answers}",
      "are your answers {right|correct|true|reliable}",
      "do you {make mistakes|lie|hallucinate}",
      "how {good|accurate|reliable} are you",
    ],
    answers: [
      "I am a small model and I do make mistakes. Check what matters, and correct me when I am wrong: that is how I get better.",
    ],
  },
  {
    id: "forget-on-close",
    asks: [
      "what happens when i {close|reload|leave} the {tab|page|browser}",
      "do i lose {my work|my data|my chats|anything} if {i close the tab|it crashes|my browser crashes}",
      "what if my {computer sleeps|browser crashes|battery dies}",
    ],
    answers: [
      "Nothing is lost. Chats, corrections and accepted work are kept in your browser, and your node goes on where it stopped.",
    ],
  },
];
