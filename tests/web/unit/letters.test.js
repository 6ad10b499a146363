// Which letters are which sound.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
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

// A word on each line and its sounds, each behind the letters that it is written with.
const CUT = `
ocean o=oʊ ce=ʃ n=n
iron i=aɪ ro=ər n=n
pizza p=p i=iː zz=t zz=s a=ə
queue q=k ueue=j ueue=uː
February F=f e=e b=b u=j u=ə u=w a=e r=r y=iː
tired t=t i=aɪ re=ər d=d
mozzarella m=m o=ɒ zz=t zz=s a=ə r=r e=e ll=l a=ə
muscle m=m u=ʌ sc=s l=l
scissors sc=s i=ɪ ss=z or=ər s=z
island is=aɪ l=l a=ə n=n d=d
aisle ais=aɪ l=l
debt d=d e=e bt=t
doubt d=d ou=aʊ bt=t
subtle s=s u=ʌ bt=t l=l
receipt r=r e=ɪ c=s ei=iː pt=t
psychology ps=s y=aɪ ch=k o=ɒ l=l o=ə g=dʒ y=iː
pneumonia pn=n eu=uː m=m o=oʊ n=n i=j a=ə
knife kn=n i=aɪ f=f
knee kn=n ee=iː
know kn=n ow=oʊ
gnome gn=n o=oʊ m=m
sign s=s i=aɪ gn=n
design d=d e=ɪ s=z i=aɪ gn=n
foreign f=f o=ɒ r=r ei=ə gn=n
reign r=r ei=eɪ gn=n
campaign c=k a=æ m=m p=p ai=eɪ gn=n
comb c=k o=oʊ mb=m
thumb th=θ u=ʌ mb=m
climb c=k l=l i=aɪ mb=m
plumber p=p l=l u=ʌ mb=m er=ər
bomb b=b o=ɒ mb=m
castle c=k a=æ st=s l=l
listen l=l i=ɪ st=s n=n
whistle wh=w i=ɪ st=s l=l
fasten f=f a=æ st=s n=n
often o=ɔː ft=f n=n
Christmas Ch=k r=r i=ɪ st=s m=m a=ə s=s
Wednesday W=w e=e dn=n s=z d=d ay=eɪ
handkerchief h=h a=æ nd=ŋ k=k er=ər ch=tʃ ie=ɪ f=f
answer a=ɑː n=n sw=s er=ə
sword sw=s or=ɔː d=d
whole wh=h o=oʊ l=l
who wh=h o=uː
wrist wr=r i=ɪ s=s t=t
wrong wr=r o=ɒ ng=ŋ
wreck wr=r e=e ck=k
rhythm rh=r y=ɪ th=ð m=ə m=m
rhyme rh=r y=aɪ m=m
ghost gh=ɡ o=oʊ s=s t=t
hour ou=aʊ r=ər
honest o=ɒ n=n e=ɪ s=s t=t
heir heir=eə
honour o=ɒ n=n our=ər
yacht y=j a=ɑː t=t
salmon s=s a=æ m=m o=ə n=n
half h=h al=ɑː f=f
calm c=k al=ɑː m=m
folk f=f o=oʊ k=k
talk t=t al=ɔː k=k
should sh=ʃ oul=ʊ d=d
column c=k o=ɒ l=l u=ə mn=m
autumn au=ɔː t=t u=ə mn=m
hymn h=h y=ɪ mn=m
machine m=m a=ə ch=ʃ i=iː n=n
champagne ch=ʃ a=æ m=m p=p a=eɪ gn=n
moustache m=m ou=ʌ s=s t=t a=æ ch=ʃ
parachute p=p a=e r=r a=ə ch=ʃ u=uː t=t
character ch=k a=e r=r a=ɪ c=k t=t er=ər
chemist ch=k e=e m=m i=ɪ s=s t=t
stomach s=s t=t o=ʌ m=m a=ə ch=k
echo e=e ch=k o=oʊ
architect a=ɑː r=r ch=k i=ə t=t e=e c=k t=t
mechanic m=m e=ə ch=k a=æ n=n i=ɪ c=k
physician ph=f y=ə s=z i=ɪ ci=ʃ n=n
musician m=m u=j u=uː s=z i=ɪ ci=ʃ n=n
electrician e=ɪ l=l e=e c=k tr=tr i=ɪ ci=ʃ n=n
special s=s p=p e=e ci=ʃ l=l
social s=s o=oʊ ci=ʃ l=l
ancient a=eɪ n=n ci=tʃ e=ə n=n t=t
official o=ə ff=f i=ɪ ci=ʃ l=l
delicious d=d e=ɪ l=l i=ɪ ci=ʃ ou=ə s=s
conscious c=k o=ɒ n=n sci=ʃ ou=ə s=s
anxious a=æ n=ŋ xi=k xi=ʃ ou=ə s=s
attention a=ə tt=t e=e n=n ti=ʃ n=n
patient p=p a=eɪ ti=ʃ n=n t=t
ambitious a=æ m=m b=b i=ɪ ti=ʃ ou=ə s=s
mission m=m i=ɪ ssi=ʃ n=n
discussion d=d i=ɪ s=s c=k u=ʌ ssi=ʃ n=n
pension p=p e=e n=n si=ʃ n=n
vision v=v i=ɪ si=ʒ o=ə n=n
measure m=m ea=e s=ʒ ure=ər
leisure l=l ei=e s=ʒ ure=ər
usual u=j u=uː s=ʒ u=uː a=ə l=l
casual c=k a=æ s=ʒ u=ə u=w a=ə l=l
beige b=b ei=eɪ g=ʒ
garage g=ɡ ar=ər a=ɑː g=ʒ
luggage l=l u=ʌ gg=ɡ a=ə g=dʒ
nature n=n a=eɪ t=tʃ ure=ər
picture p=p i=ɪ c=k t=tʃ ure=ər
furniture f=f ur=ɜːr n=n i=ɪ t=tʃ ure=ər
question q=k u=w e=e s=s ti=tʃ o=ə n=n
natural n=n a=æ t=tʃ r=r a=ə l=l
actual a=æ c=k t=tʃ u=ə u=w a=ə l=l
century c=s e=e n=n t=tʃ ur=ər y=iː
soldier s=s o=oʊ l=l di=dʒ er=ər
education e=e d=dʒ u=uː c=k a=eɪ ti=ʃ n=n
schedule s=s ch=k e=e d=dʒ u=ʊ l=l
procedure p=p r=r o=ə c=s e=iː d=dʒ ure=ər
graduate g=ɡ r=r a=æ d=dʒ u=ə u=w a=ə t=t
rough r=r ou=ʌ gh=f
cough c=k ou=ɒ gh=f
though th=ð ough=oʊ
through th=θ r=r ough=uː
thorough th=θ or=ɜːr ough=oʊ
bough b=b ough=aʊ
plough p=p l=l ough=aʊ
daughter d=d augh=ɔː t=t er=ə
laugh l=l au=ɑː gh=f
neighbour n=n eigh=eɪ b=b our=ər
weigh w=w eigh=eɪ
height h=h eigh=aɪ t=t
straight s=s tr=tr aigh=eɪ t=t
beautiful b=b eau=j eau=uː t=t i=ɪ f=f l=l
view v=v iew=j iew=uː
few f=f ew=j ew=uː
nephew n=n e=e ph=f ew=j ew=uː
sew s=s ew=oʊ
shoe sh=ʃ oe=uː
canoe c=k a=ə n=n oe=uː
two tw=t o=uː
fruit f=f r=r ui=uː t=t
suit s=s ui=j ui=uː t=t
juice j=dʒ ui=uː c=s
build b=b ui=ɪ l=l d=d
guitar gu=ɡ i=ɪ t=t ar=ɑː
guess gu=ɡ e=e ss=s
guide gu=ɡ i=aɪ d=d
disguise d=d i=ɪ s=s gu=ɡ i=aɪ s=z
league l=l ea=iː gue=ɡ
tongue t=t o=ʌ ngue=ŋ
dialogue d=d i=aɪ a=ə l=l o=ɒ gue=ɡ
unique u=j u=uː n=n i=iː que=k
antique a=æ n=n t=t i=iː que=k
technique t=t e=e ch=k n=n i=iː que=k
cheque ch=tʃ e=e que=k
mosquito m=m o=ə s=s qu=k i=iː t=t o=oʊ
conquer c=k o=ɒ n=ŋ qu=k er=ər
liquor l=l i=ɪ qu=k or=ər
bouquet b=b ou=uː qu=k et=eɪ
busy b=b u=ɪ s=z y=iː
business b=b u=ɪ s=z n=n e=ə ss=s
bury b=b u=e r=r y=iː
women w=w o=ɪ m=m e=ɪ n=n
said s=s ai=e d=d
says s=s ay=e s=z
again a=ə g=ɡ ai=e n=n
any a=e n=n y=iː
friend f=f r=r ie=e n=n d=d
heart h=h a=ɑː r=r t=t
bear b=b ear=eə
fear f=f ear=ɪə
early ear=ɜːr l=l y=iː
great g=ɡ r=r ea=eɪ t=t
break b=b r=r ea=eɪ k=k
head h=h ea=e d=d
people p=p eo=iː p=p l=l
leopard l=l eo=e p=p ar=ər d=d
theory th=θ eo=ɪə r=r y=iː
museum m=m u=j u=uː s=z e=iː u=ə m=m
idea i=aɪ d=d ea=ɪə
create c=k r=r e=iː a=eɪ t=t
radio r=r a=eɪ d=d i=iː o=oʊ
colonel c=k olo=ɜːr n=n l=l
lieutenant l=l ieu=uː t=t e=e n=n a=ə n=n t=t
choir ch=k o=w i=aɪ r=ər
once o=w o=ʌ n=n c=s
eyes eye=aɪ s=z
buy b=b uy=aɪ
either i=aɪ th=ð er=ə
receive r=r e=ə c=s ei=iː v=v
weird w=w eir=ɪə d=d
chocolate ch=tʃ o=ɒ c=k l=l a=ə t=t
vegetable v=v e=e g=dʒ t=t a=ə b=b l=l
comfortable c=k o=ʌ m=m f=f or=ər t=t a=ə b=b l=l
interest i=ɪ n=n ter=tr e=ə s=s t=t
restaurant r=r e=e s=s taur=tr a=ɒ n=n t=t
temperature t=t e=e m=m p=p r=r a=ə t=tʃ ure=ər
every e=e v=v r=r y=iː
favourite f=f a=eɪ v=v our=ər i=ɪ t=t
library l=l i=aɪ b=b r=r ar=ər y=iː
example e=ɪ x=ɡ x=z a=æ m=m p=p l=l
box b=b o=ɒ x=k x=s
luxury l=l u=ʌ x=ɡ x=ʒ ur=ər y=iː
anxiety a=æ n=ŋ x=z i=aɪ e=ə t=t y=iː
quick q=k u=w i=ɪ ck=k
square s=s q=k u=w are=eə
language l=l a=æ n=ŋ g=ɡ u=w a=ə g=dʒ
persuade p=p er=ər s=s u=w a=eɪ d=d
suite s=s u=w i=iː t=t
what wh=w a=ɒ t=t
physics ph=f y=ɪ s=z i=ɪ c=k s=s
elephant e=e l=l e=ɪ ph=f a=ə n=n t=t
science sc=s i=aɪ e=ə n=n c=s
scene sc=s e=iː n=n
fascinating f=f a=æ sc=s n=n a=eɪ t=t i=ɪ ng=ŋ
discipline d=d i=ɪ sc=s i=ə p=p l=l i=ə n=n
conscience c=k o=ɒ n=n sci=ʃ n=n c=s
cats c=k a=æ ts=ts
buses b=b u=ʌ s=s e=ɪ s=z
boxes b=b o=ɒ x=k x=s e=ə s=z
judges j=dʒ u=ʌ dg=dʒ e=ɪ s=z
walked w=w al=ɔː k=k ed=t
laughed l=l au=ɑː gh=f ed=t
played p=p l=l ay=eɪ ed=d
needed n=n ee=iː d=d e=ɪ d=d
naked n=n a=eɪ k=k e=ə d=d
wicked w=w i=ɪ ck=k e=ə d=d
seeing s=s ee=iː i=ɪ ng=ŋ
indeed i=ɪ n=n d=d ee=iː d=d
followed f=f o=ɒ ll=l ow=oʊ ed=d
fired f=f i=aɪ re=ər d=d
scored s=s c=k ore=ɔː d=d
exercise e=e x=k x=s er=ər c=s i=aɪ s=z
exceedingly e=ɪ xc=k xc=s ee=iː d=d i=ɪ ng=ŋ l=l y=iː
apple a=æ pp=p l=l
uncle u=ʌ n=ŋ c=k l=l
figure f=f i=ɪ g=ɡ ure=j ure=ər
centre c=s e=e n=n t=t re=ər
acre a=eɪ c=k re=ər
breathe b=b r=r ea=iː th=ð
clothes c=k l=l o=oʊ s=z
twelfth t=t w=w e=e l=l f=f th=θ
finger f=f i=ɪ n=ŋ g=ɡ er=ər
singer s=s i=ɪ ng=ŋ er=ər
angry a=æ n=ŋ g=ɡ r=r y=iː
English E=ɪ n=ŋ g=ɡ l=l i=ɪ sh=ʃ
anchor a=æ n=ŋ ch=k or=ər
squirrel s=s q=k u=w irr=ɜːr e=ə l=l
tomorrow t=t o=ə m=m o=ɒ rr=r ow=oʊ
worry w=w o=ʌ rr=r y=iː
hurry h=h urr=ɜːr y=iː
fire f=f i=aɪ re=ə
require r=r e=iː q=k u=w i=aɪ re=ər
flour f=f l=l ou=aʊ r=ər
flower f=f l=l ow=aʊ er=ə
towel t=t ow=aʊ e=ə l=l
chaos ch=k a=eɪ o=ɒ s=s
poem p=p o=oʊ e=ə m=m
lion l=l i=aɪ o=ə n=n
diary d=d i=aɪ ar=ər y=iː
society s=s o=ə c=s i=aɪ e=ə t=t y=iː
aunt au=æ n=n t=t
sausage s=s au=ɒ s=s a=ɪ g=dʒ
because b=b e=ɪ c=k au=ɒ s=z
cauliflower c=k au=ɔː l=l i=ə f=f l=l ow=aʊ er=ər
cupboard c=k u=ʌ pb=b oar=ər d=d
raspberry r=r a=æ s=z pb=b e=e rr=r y=iː
handsome h=h a=æ n=n s=s o=ə m=m
vehicle v=v e=iː h=h i=ɪ c=k l=l
exhaust e=ɪ x=ɡ x=z au=ɔː s=s t=t
Thames Th=t a=e m=m s=z
thyme th=θ y=aɪ m=m
mnemonic mn=n e=ɪ m=m o=ɒ n=n i=ɪ c=k
knowledge kn=n ow=ɒ l=l e=ə dg=dʒ
acquire a=ə cq=k u=w i=aɪ re=ər
shepherd sh=ʃ e=e ph=p er=ər d=d
lasagna l=l a=ɑː s=s a=ɑː gn=n gn=j a=ə
spaghetti s=s p=p a=ə gh=ɡ e=e tt=t i=iː
cello c=tʃ e=e ll=l o=oʊ
jalapeno j=h a=æ l=l a=ə p=p e=iː n=n n=j o=oʊ
café c=k a=ə f=f é=eɪ
rendezvous r=r e=ɑː n=n d=d e=ɪ v=v ou=uː
awful aw=ɔː f=f l=l
lawyer l=l aw=ɔː y=j er=ər
drawer dr=dr awe=ɔː
launch l=l au=ɔː n=n ch=tʃ
Tuesday T=t ue=uː s=z d=d ay=iː
music m=m u=j u=uː s=z i=ɪ c=k
university u=j u=uː n=n i=ə v=v er=ɜːr s=s i=ə t=t y=iː
union u=j u=uː n=n i=j o=ə n=n
Europe Eu=j Eu=ʊə r=r o=ə p=p
euro eu=j eu=uː r=r o=oʊ
you're y=j ou're=ʊə
they're th=ð ey're=eə
we're w=w e're=ɪə
eulogy eu=j eu=uː l=l o=ə g=dʒ y=iː
neutral n=n eu=uː tr=tr a=ə l=l
key k=k ey=iː
money m=m o=ʌ n=n ey=iː
journey j=dʒ our=ɜː n=n ey=iː
cruise c=k r=r ui=uː s=z
biscuit b=b i=ɪ s=s c=k ui=ɪ t=t
mosaic m=m o=oʊ s=z a=eɪ i=ɪ c=k
headache h=h ea=e d=d a=eɪ ch=k
almond al=ɑː m=m o=ə n=n d=d
psalm ps=s a=ɑː l=l m=m
bridge b=b r=r i=ɪ dg=dʒ
sugar s=ʃ u=ʊ g=ɡ ar=ər
sure s=ʃ ure=ʊə
issue i=ɪ ss=ʃ ue=uː
Asia A=eɪ si=ʒ a=ə
version v=v er=ɜːr si=ʒ o=ə n=n
familiar f=f a=ə m=m i=ɪ l=l i=j ar=ər
regular r=r e=e g=ɡ u=j u=ə l=l ar=ər
particular p=p ar=ə t=t i=ɪ c=k u=j u=ə l=l ar=ə
village v=v i=ɪ ll=l a=ɪ g=dʒ
courage c=k our=ɜːr a=ə g=dʒ
scarce s=s c=k ar=eə c=s
career c=k ar=ər eer=ɪə
tourist t=t ou=ʊə r=r i=ə s=s t=t
cure c=k ure=j ure=ʊə
world w=w or=ɜːr l=l d=d
watch w=w a=ɒ tch=tʃ
warm w=w ar=ɔː m=m
quality q=k u=w a=ɑː l=l i=ə t=t y=iː
done d=d o=ʌ n=n
put p=p u=ʊ t=t
blood b=b l=l oo=ʌ d=d
control c=k o=ə n=n tr=tr o=oʊ l=l
gauge g=ɡ au=eɪ g=dʒ
quay qu=k ay=iː
strength s=s tr=tr e=e ng=ŋ ng=k th=θ
secretary s=s e=e c=k r=r e=ə tar=tr y=iː
curious c=k u=j u=ʊə r=r io=ɪə s=s
continuous c=k o=ə n=n t=t i=ɪ n=n u=j u=uː ou=ə s=s
interviewee i=ɪ n=n t=t er=ər v=v iew=j iew=uː ee=iː
croissant c=k oi=w oi=ɒ ss=s a=ɑː n=n t=t
medium m=m e=iː d=d iu=ɪə m=m
hands h=h a=æ n=n ds=dz
wolfs w=w o=ʊ l=l f=f s=s
`;

test("silent, doubled and odd letters belong to their sounds", () => {
  const lines = CUT.trim().split("\n").map((line) => line.split(" "));
  assert.ok(lines.length > 250, String(lines.length));
  for (const [word, ...parts] of lines) assert.equal(cut(word, parts.map((part) => part.split("=")[1]).join(" ")), parts.join(" "), word);
});

test("every word of the experts' lexicon has letters for each of its sounds", async () => {
  const read = (path) => readFile(new URL(`../../../tutor/${path}`, import.meta.url), "utf8");
  const table = (await read("adapters/feedback/phones.py")).match(/IPA = \{([^}]+)\}/)[1];
  const ipa = new Map([...table.matchAll(/"([A-Z]+)": "([^"]+)"/g)].map(([, phone, sound]) => [phone, sound]));
  const lexicon = (await read("assets/pronunciation/lexicon.txt")).trim().split("\n").map((line) => line.split(" "));
  const words = lexicon.filter(([word]) => word.length > 1);
  assert.ok(words.length > 1800, String(words.length));
  const lacking = words.filter(([word, ...phones]) => !lettersOf(word, phones.map((phone) => ipa.get(phone)))?.every(Boolean));
  assert.deepEqual(lacking, []);
});

test("where spelling and sounds do not belong together nothing is said of letters", () => {
  for (const [word, sounds] of [["25", "t w e n t iː f aɪ v"], ["Mrs", "m ɪ s ɪ z"], ["b", "b iː"], ["", "ð"], ["it", ""], ["£4", "f ɔː r"]]) {
    assert.equal(lettersOf(word, sounds.split(" ").filter(Boolean)), null, word);
  }
});
