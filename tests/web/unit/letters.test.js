// Which letters are which sound.

import assert from "node:assert/strict";
import { test } from "node:test";
import { lettersOf } from "../../../web/page/sounds/letters.js";

/** The word cut at its sounds: "th=ð e=ə"; "-" where a sound has no letters of its own. */
function cut(word, sounds) {
  const found = lettersOf(word, sounds.split(" "));
  return found && sounds.split(" ").map((sound, index) => `${found[index] ? word.slice(...found[index]) : "-"}=${sound}`).join(" ");
}

test("each sound of a word has its letters", () => {
  const cases = {
    weather: ["w e ð ər", "w=w ea=e th=ð er=ər"],
    think: ["θ ɪ ŋ k", "th=θ i=ɪ n=ŋ k=k"],
    knight: ["n aɪ t", "kn=n igh=aɪ t=t"],
    thought: ["θ ɔː t", "th=θ ough=ɔː t=t"],
    enough: ["ɪ n ʌ f", "e=ɪ n=n ou=ʌ gh=f"],
    phone: ["f oʊ n", "ph=f o=oʊ n=n"],
    sheep: ["ʃ iː p", "sh=ʃ ee=iː p=p"],
    chair: ["tʃ eə", "ch=tʃ air=eə"],
    walk: ["w ɔː k", "w=w al=ɔː k=k"],
    quick: ["k w ɪ k", "q=k u=w i=ɪ ck=k"],
    island: ["aɪ l ə n d", "is=aɪ l=l a=ə n=n d=d"],
    write: ["r aɪ t", "wr=r i=aɪ t=t"],
    vision: ["v ɪ ʒ ə n", "v=v i=ɪ si=ʒ o=ə n=n"],
    nation: ["n eɪ ʃ ə n", "n=n a=eɪ ti=ʃ o=ə n=n"],
    kitchen: ["k ɪ tʃ ə n", "k=k i=ɪ tch=tʃ e=ə n=n"],
    singing: ["s ɪ ŋ ɪ ŋ", "s=s i=ɪ ng=ŋ i=ɪ ng=ŋ"],
    box: ["b ɒ k s", "b=b o=ɒ x=k x=s"],
    exam: ["ɪ ɡ z æ m", "e=ɪ x=ɡ x=z a=æ m=m"],
    few: ["f j uː", "f=f ew=j ew=uː"],
    music: ["m j uː z ɪ k", "m=m u=j u=uː s=z i=ɪ c=k"],
    one: ["w ʌ n", "o=w o=ʌ n=n"],
    little: ["l ɪ t l", "l=l i=ɪ tt=t l=l"],
    better: ["b e t ər", "b=b e=e tt=t er=ər"],
    hour: ["aʊ ər", "ou=aʊ r=ər"],
    people: ["p iː p l", "p=p eo=iː p=p l=l"],
    could: ["k ʊ d", "c=k oul=ʊ d=d"],
    judge: ["dʒ ʌ dʒ", "j=dʒ u=ʌ dg=dʒ"],
    asked: ["ɑː s k t", "a=ɑː s=s k=k ed=t"],
    built: ["b ɪ l t", "b=b ui=ɪ l=l t=t"],
    correct: ["k ər e k t", "c=k orr=ər e=e c=k t=t"],
    lamb: ["l æ m", "l=l a=æ mb=m"],
    school: ["s k uː l", "s=s ch=k oo=uː l=l"],
    rhythm: ["r ɪ ð ə m", "rh=r y=ɪ th=ð m=ə m=m"],
    "don't": ["d oʊ n t", "d=d o=oʊ n=n t=t"],
    "Th\u00e9r\u00e8se,": ["t ə r eɪ z", "Th=t é=ə r=r è=eɪ s=z"],
    "\u201cThat\u2019s": ["ð æ ts", "Th=ð a=æ t\u2019s=ts"],
  };
  for (const [word, [sounds, expected]] of Object.entries(cases)) assert.equal(cut(word, sounds), expected, word);
});

test("where spelling and sounds do not belong together nothing is said of letters", () => {
  for (const [word, sounds] of [["25", "t w e n t iː f aɪ v"], ["Mrs", "m ɪ s ɪ z"], ["b", "b iː"], ["", "ð"], ["it", ""], ["£4", "f ɔː r"]]) {
    assert.equal(lettersOf(word, sounds.split(" ").filter(Boolean)), null, word);
  }
});
