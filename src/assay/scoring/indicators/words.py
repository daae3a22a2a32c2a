"""Word lists: what carries no matter in English, and how other languages give themselves away."""


def word_set(words: str) -> frozenset[str]:
    """The words of a text parted by spaces."""
    return frozenset(words.split())


FUNCTION_WORDS = word_set(
    "a about above after again all also am an and any are as at be because been before being below "
    "between both but by can could did do does doing done down during each few for from further get "
    "give given go got had has have having he her here hers him his how i i'd i'll i'm i've if in "
    "into is isn't it it's its itself just let let's like make me more most my myself need no nor "
    "not now of off ok okay on once only or other our ours out over own please same she should so "
    "some such than that that's the their theirs them then there these they this those through to "
    "too under until up us use using very want was way we were what what's when where which while "
    "who whom why will with would write you your yours yes hi hello thanks thank able anything "
    "something everything nothing one thing things lot really well much many good great nice sure "
    "kindly help show tell instead also still again know think try trying don't doesn't didn't can't "
    "won't isn't aren't wasn't thx ty pls plz cheers "
)
METHOD_WORDS = word_set(
    "step steps plan plans verify verifies verified verification test tests tested testing check "
    "checks checked checking edge case cases must constraint constraints format formats example "
    "examples requirement requirements criterion criteria acceptance audience role tone length limit "
    "limits output outputs input inputs validate validated validation review confirm confirmed "
    "correct correctness error errors wrong fix first second third next finally last break decompose "
    "decomposition subtask subtasks task tasks part parts assumption assumptions specific clear "
    "precise complete expected actual cause diagnose root always never exactly prompt prompts "
    "instruction instructions clarity quality careful carefully thorough thoroughly systematic "
    "systematically structured structure detail detailed details ensure safety safe difficulty "
    "realism privacy escalate iterate iteration refine recovery level levels score scores rubric "
    "candidate trade-off tradeoff ambiguity ambiguous deliverable goal context scenario answer "
    "answers work result results best perfect expert accurate "
)
# Verbs that open an order. They say what to do and nothing about what is worked on.
ORDERS = word_set(
    "add adapt adjust aim align analyse analyze annotate answer append apply argue arrange ask "
    "assign assume avoid base build calculate cast change check choose cite clarify classify clean "
    "code combine compare complete compose compute concatenate condense consider construct convert "
    "correct count cover create cross-check cut debug decide define delete describe design detect "
    "determine develop divide do don't double-check draft draw drop edit eliminate end escalate "
    "estimate evaluate exclude expand explain extract fill filter find fix flag flip focus follow "
    "format formulate generate get give go group handle highlight identify ignore implement improve "
    "include insert iterate justify keep label lead leave let limit link list look lower make map "
    "mark match mention merge modify move multiply name note number omit open order organise "
    "organize outline paraphrase permute pick place plan point predict prepare prioritise prioritize "
    "produce propose provide pull put quote raise rank read rebuild recalculate recheck recommend "
    "reconcile recount redo reduce refer reformat remind remove rename reorder rephrase replace "
    "report respond restate restructure return revert review revise rewrite round run say search "
    "select separate set shorten show simplify skip solve sort specify split start state stay stick "
    "stop strip structure subtract suggest sum summarise summarize support swap switch tag take tell "
    "test tighten think total trace transform translate treat trim try turn update use validate "
    "verify walk work write "
)
# Words that stand in any piece of work, so that sharing one of them shows nothing.
EVERYWHERE = (ORDERS - word_set("total label review report order sum map link support estimate")) | word_set(
    "each every all any against based line lines place different same better best important new "
    "whole main given "
    "highest double concise high possible named corrected given stated "
    "everything throughout during right left keep kept made making done mistake mistakes source sources"
)
# What every piece of work has, whatever it is about: an advice for anybody shares these with any reply.
ANY_WORK = word_set(
    "code function program script value values data list text file draft statement statements version "
    "empty missing handle handles written requirement anything someone problem question user solution "
    "approach issue issues final returns lines inputs sure duplicates negative several document"
)
# Words of English, besides the function words, that another language's list may hold as well.
SHARED_WITH_ENGLISH = word_set(
    "add as bare check code column data den die draft each file function had list me men min new no "
    "number of on over per point policy reply return text the three ticket to two value was word "
    "words write "
)
FOREIGN_WORDS = {
    "German": word_set(
        "danach dann liste brauche fasse zusammen kein keinen text kunde kunden antwort was gib mach "
        "machen nur jetzt zuerst summe zahlen der das und ist nicht ein eine einen einem mit auf fur wie "
        "kann ich du sie wir ihr von zu zum zur dem den des im auch wenn aber oder bitte diese dieser "
        "dieses sind wird werden haben hat noch schreibe uber nach bei mir mich keine alle aus sich als "
        "dass "
    ),
    "French": word_set(
        "puis ensuite liste cette notre donne moi fais faire aussi comme bien calcule somme trie "
        "redige texte reponse le la les un une des du et est pas pour avec dans sur que qui ce ces je "
        "vous nous il elle sont comment mais ou plus par au aux ne se votre mon ton son leur tout fait "
        "etre avoir peux pouvez merci quel quelle sans ecris dois "
    ),
    "Spanish": word_set(
        "luego despues lista suma ordena escriba dame haz hacer tambien bien texto cliente "
        "respuesta los numeros cual son estos el la las un una unos y es no para con en que por como se "
        "del al lo mi tu su pero mas puede puedes este esta hay cuando donde porque todo todos cada "
        "quiero necesito muy sin sobre entre tiene ser favor gracias escribe "
    ),
    "Italian": word_set(
        "poi lista somma fai fare anche bene testo cliente risposta quali numeri ordina il lo la gli le "
        "un una e di che non per con sono come questo questa nel nella del della dei delle al alla da si "
        "mi ti ci ma o piu puoi puo tutti ogni voglio senza essere hai grazie quando perche scrivi "
    ),
    "Portuguese": word_set(
        "depois lista soma faca fazer tambem bem texto cliente resposta quais numeros ordene resuma o os "
        "as um uma e de que nao para com em por como se do da dos das no na nos nas mas mais pode voce "
        "eu este esta isso quando onde porque todos cada quero preciso muito sem sobre entre tem ser "
        "obrigado escreva ao "
    ),
    "Dutch": word_set(
        "de het een en is niet van voor met op te dat die ik je jij wij we zijn hoe kan kun maar ook als "
        "bij naar uit deze dit geen wordt worden heeft hebben moet graag om aan er nog wat mijn jouw "
        "schrijf "
    ),
    "Swedish": word_set(
        "och att det som en ett ar inte pa for med av den till jag du vi kan hur men om fran har inga "
        "alla ska vill skriv eller sa mig min detta dessa vara utan bara nar "
    ),
    "Danish or Norwegian": word_set(
        "og det som en et er ikke pa for med av af den til jeg du vi kan hvordan men om fra har ingen "
        "alle skal vil skriv eller sa meg mig min dette disse vaere uten uden bare nar "
    ),
    "Polish": word_set(
        "potem nastepnie napisz liste klienta odpowiedz tekst trzy zrob najpierw teraz i w na z ze nie "
        "to jest sie do jak co ale czy dla po od przez tylko moze mozesz jestem ten ta te tego tej ktory "
        "ktora byc ma sa bez przy prosze jako lub oraz wszystkie kazdy "
    ),
    "Czech or Slovak": word_set(
        "potom nejdriv seznam zakaznika odpoved text tri udelej teraz nyni shrn a v na se je to ze s z "
        "do jak ale pro po od jen muze jsem ten ta ktery ktera byt ma jsou bez pri prosim napis nebo "
        "vsechny kazdy som sa ako pre aj "
    ),
    "Turkish": word_set(
        "ve bir bu icin ile da de ne nasil var yok mi ama gibi daha cok ben sen biz olan olarak her "
        "lutfen degil sonra kadar bana yaz tum "
    ),
    "Romanian": word_set(
        "si in la cu de pe pentru este nu un o ca din care sa se mai dar cum sunt fi al ale lui toate "
        "fara te rog scrie aceasta acest "
    ),
    "Hungarian": word_set(
        "a az es egy nem hogy is van meg ez azt de mint csak el ki vagy kell lehet nekem kerem ird "
        "minden nelkul "
    ),
    "Finnish": word_set(
        "sitten ensin lista asiakkaan vastaus teksti kolme tee nyt ja on ei se etta kuin myos ovat mita "
        "miten voi sen tama nama minun kanssa vain tai jos kirjoita kaikki ilman "
    ),
    "Indonesian or Malay": word_set(
        "yang dan di ini itu untuk dengan tidak dari pada adalah akan saya anda bisa dalam ke juga atau "
        "bagaimana tolong buat tulis semua tanpa setiap "
    ),
    "Vietnamese": word_set(
        "va la cua cho co khong mot nhung cac trong voi toi ban duoc nay do hay viet tat ca "
    ),
    "Tagalog": word_set("ang ng mga sa na ay at ko mo ito hindi para paano isang kung nang lang "),
    "Swahili": word_set("na ya wa ni kwa la katika za hii kama au si hiyo cha andika tafadhali bila "),
    "Latin": word_set("et in est non ad ut cum sed qui quae quod esse sunt ex ab "),
}
