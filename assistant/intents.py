"""What a question on an instrument's status asks for: its entry into force, its participants, its dates, its depositary.

Only a question on the status of an instrument counts. "When is a request signed?", "are providers bound to keep it secret?" or "when does the
withdrawal of a reservation take effect?" are questions on what a provision says; they have no intent.

`FORMS` holds, for each fact, the forms that a question on it takes, each with an example. A form is a regular expression; a name in braces in it
stands for one of `PARTS`.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache, lru_cache

from assistant.countries import COUNTRY
from assistant.needed import holds, needs
from assistant.phrases import one_of
from assistant.supposing import asks_more_than_to_join, without_what_is_supposed
from corpus.states import load_groups

_PART = re.compile(r"\{([A-Z]+)\}")


class Intent(StrEnum):
    """A fact of the catalogue that a question asks for."""

    FORCE_FOR = "force_for"
    IN_FORCE = "in_force"
    PARTICIPATION = "participation"
    RESERVATIONS = "reservations"
    ADOPTED = "adopted"
    OPENED = "opened"
    SIGN_UNTIL = "sign_until"
    JOIN = "join"
    DEPOSITARY = "depositary"
    LANGUAGES = "languages"
    BINDING = "binding"
    AUTHOR = "author"
    CITATION = "citation"
    SIZE = "size"
    IDENTITY = "identity"


_GROUPS = one_of(name.lower() for group in load_groups() for name in group.names)

#: Parts of forms; a part may hold others.
PARTS: dict[str, str] = {
    # An instrument's general noun, and names that stand without one.
    "NOUN": r"(?:conventions?|treat(?:y|ies)|protocols?|instruments?|declaration|agreement|commentary|texts?|pact|add-on|statement|convetion)",
    "NAME": r"(?:budapest|budapset|hanoi|ha noi|uncc|rsis|[12]ap|c?ets (?:no\.? )?(?:185|189|224))",
    # What may stand between article and noun: "the [UN cybercrime] convention".
    "INSIDE": r"(?:(?!(?:in|under|of|by|for|to|with|from|on|a|an|any|no|that|which|is|are)\b)[\w.'’-]+ )",
    "SUBJECT": r"(?: (?:against|on) (?:cyber ?crime|asean)| to (?:the )?(?:budapest )?(?:convention(?: on cyber ?crime)?|budapest))",
    # The instrument itself: "the second protocol to Budapest", "Budapest", "it".
    "IT": r"(?:(?:(?:the |this |that |both |your |an? )?{INSIDE}{0,5}?{NOUN}|{NAME}|it|they|this one|that one|both){SUBJECT}?)",
    # Whoever may take part: "Japan", "we", "the EU", "any ASEAN members".
    "STATES": r"(?:states|countries|parties|members|nations|governments)",
    "BODY": r"(?:(?:the )?(?:eu|european union|u\.?s\.?a?\.?|u\.?k\.?|uae|holy see|vatican|african union)|(?:my|our|your) (?:country|government|state))",
    "THOSE": (
        r"(?:(?:any|all|most|some|many|which|what|how many|other|the)? ?(?:of )?(?:the )?(?:other )?(?:(?!an? |the |states? )\w+ )?(?:{STATES}|"
        r"country|state|nation))"
    ),
    "COUNTRY": COUNTRY,
    "STATE": r"(?:{COUNTRY}|{BODY}|we|you|everyone|anyone|anybody|everybody|{THOSE})",
    # One State or organisation by its name, and a group of them: "Qatar", "the EU"; "ASEAN members", "the G7".
    "NAMED": r"(?:{COUNTRY}|(?:the )?(?:eu|european union|u\.?s\.?a?\.?|u\.?k\.?|uae|holy see|vatican)(?![\w-]))",
    "GROUP": rf"(?:(?:the )?{_GROUPS}(?:['’]s)?(?: members?(?: states?)?| states?| countries| nations| governments)?)",
    "TEXTS": r"(?:(?:reservations?|declarations?|objections?)(?:(?:,| and| or) (?:reservations?|declarations?|objections?))*)",
    "LODGED": r"(?:made|make|enter(?:ed)?|lodged?|filed?|attach(?:ed)?|deposit(?:ed)?)",
    "NEWEST": r"(?:first|last|latest|newest|most recent)",
    "SIGNATORIES": r"(?:parties|signatories|members|state parties|states parties|membership|ratifications|signatures|accessions)",
    "PARTY": r"(?:part(?:y|ies)|members?|signator(?:y|ies))",
    "BOUND": r"(?:part(?:y|ies)|signator(?:y|ies)|bound)",
    "JOINED": r"(?:signed|ratified|acceded|joined|approved|accepted)",
    "ACCEDE": r"(?:sign|ratify|accede|join)",
    "BECOME": r"(?:join|accede(?: to)?|become (?:a )?(?:state )?{PARTY}(?: (?:to|of))?|sign up(?: to)?|get into)",
    # After a verb of joining: the instrument, or nothing more. "Sign off", "sign a contract", "join a call" are other matters.
    "END": r"\s*(?:[?.!]|$)",
    "OBJECT": (
        r"(?:(?:(?: and| or)? {JOINED}| {ACCEDE})*(?: up)?(?: to)? {IT}(?!\w)|(?: and {JOINED})?(?: (?:yet|already|so far|today|now|up))*(?:{END}|"
        r"\s*[,;]|\s*(?:and|but)\b))"
    ),
    "WHEN": (
        r"(?:when|what (?:date|year|day)|(?:on |in )?(?:which|what) (?:date|year|day|city|place)|where|how long ago|by whom|"
        r"on what day and in which city|since when)"
    ),
    "WAS": r"(?:was|were|is|are|did|does|will|has|have)",
    "MADE": r"(?:adopted|agreed|concluded|made|published|written|issued|passed|approved|drafted|negotiated)",
    "LAWLIKE": (
        r"(?:binding|enforceable|bound in law|soft[- ]law|hard[- ]law|law(?={END})|treaty(?={END}| or)|political (?:declaration|statement|commitment|document)|"
        r"legal (?:document|instrument|source|authority)|source of law|authority|authoritative|opinion|voluntary|non-binding)"
    ),
    "ADVERBS": r"(?:(?:itself|really|actually|only|just|merely|even|also|legally|politically|not|at all|as|fully|still|a|an) )*",
    "FORCE": r"(?:force|status|value|weight|effect|nature)",
    "TONGUE": r"(?:arabic|chinese|french|russian|spanish|english|german|vietnamese|thai|indonesian)",
    "PIECES": r"(?:articles|chapters|paragraphs|sections|pages)",
}

#: Form and example.
Form = tuple[str, str]
FORMS: dict[Intent, tuple[Form, ...]] = {
    Intent.FORCE_FOR: (
        (r"(?:in|into) force (?:now |already )?(?:for|in|as regards|in respect of|with respect to) {NAMED}", "Since when is Budapest in force for Japan?"),
        (
            r"(?:when|how long|(?:from|since) (?:when|what date|which date|what day|which day)) (?:has|have|is|are|was|were|did|does|will) {NAMED} "
            r"(?:be |been |become |became |get )?(?:legally )?(?:bound|an? (?:state )?party|part(?:y|ies))",
            "Since when is Japan bound by Budapest?",
        ),
        (
            r"(?:does|is|when does|when did|will) {IT} (?:already |now |yet )?(?:bind|binding (?:on|for)|apply (?:to|in|for)) {NAMED}",
            "Is Budapest binding on Japan?",
        ),
    ),
    Intent.IN_FORCE: (
        (r"(?:in|into) force", "Is the UN convention in force?"),
        (r"entry into force", "entry into force of the second protocol"),
        (r"(?:come|comes|came|gone|go|goes|went) into effect", "When does it come into effect?"),
        (r"(?:takes?|took|taken) effect", "Has the Hanoi Convention taken effect?"),
        (r"{IT} (?:already |now |yet |still )?in effect", "Is Budapest still in effect?"),
        (r"{IT} (?:already|now|yet|still) (?:applicable|law|valid|live|operational|active|apply|in use)", "Is the second protocol already applicable?"),
        (r"{IT} (?:live|operational|active|applicable|effective|valid|law) (?:yet|already|now)", "is it live yet"),
        (r"{IT} apply (?:yet|already|now)", "Does the UN treaty apply already?"),
        (r"{IT} (?:(?:still|just|only) )+(?:an? )?(?:draft|proposal)", "Is the UN text still a draft?"),
        (r"when (?:does|did|will) {IT} (?:start|begin|apply|kick in)", "When will the UN convention start to apply?"),
        (
            r"how many (?:more )?(?:ratifications|accessions|signatures) (?:are|is|does|do|before|until|needed|still|must|will)",
            "How many ratifications are needed?",
        ),
        (
            r"how many (?:\w+ ){0,3}{STATES} (?:must|have to|had to|need to|needed to) (?:be (?:in|on board)|ratify|join|sign|accede)",
            "How many countries must ratify before it starts?",
        ),
        (r"how many (?:\w+ ){0,3}{STATES} are needed", "How many countries are needed?"),
    ),
    Intent.PARTICIPATION: (
        (r"how many (?:\w+ ){0,3}{STATES}(?: \w+){0,3} {JOINED}{OBJECT}", "How many countries have signed the Hanoi Convention?"),
        (
            r"how many (?:\w+ )?{SIGNATORIES}(?: \w+)?(?: are there| so far| does {IT}| (?:to|of) {IT}| has {IT}|{END})",
            "How many parties does Budapest have?",
        ),
        (
            r"how many (?:\w+ ){0,2}{STATES} (?:are|were|is) (?:\w+ ){0,2}(?:{PARTY}|in {IT}|on board|behind {IT})",
            "How many countries are parties?",
        ),
        (r"(?:number|list|names) of (?:\w+ )?{SIGNATORIES}", "list of parties to the Budapest Convention"),
        (
            r"(?:^\W*|[,;.?:] |\band |\bso |list of |know |me |learn |see |\bcompare )(?:(?:and|so|but) )?"
            r"(?:who|who else|which ones|how many) (?:has |have |had )?(?:not |already |also |"
            r"all )?{JOINED}{OBJECT}",
            "Who has signed?",
        ),
        (
            r"compar(?:e|ing|ison of) (?:the )?(?:(?:status of|lists? of|numbers? of) )?(?:the )?(?:{SIGNATORIES}|participation|participants|signatories)"
            r"(?: and {SIGNATORIES})? (?:of|to|in|for|between) ",
            "Compare the signatories of the UN convention and Budapest",
        ),
        (
            r"(?:who|which ones|(?:which|what|how many) (?:\w+ ){0,3}{STATES}) (?:is|are|were) (?:(?:now|already|also|not|a|an) )*"
            r"(?:{PARTY}|bound|part)(?: to| of| by) {IT}(?!\w)",
            "Which States are party to both?",
        ),
        (
            r"(?:who|which ones|(?:which|what|how many) (?:\w+ ){0,3}{STATES}) (?:has |have |is |are |were )?(?:(?:now|already|also|a|an) )*"
            r"(?:{JOINED}|{BOUND}(?: to| of| by)?) (?:(?:only|just|exactly) one|one (?:[\w ]{0,20})?(?:but|and) not|neither|either|both|all of them)(?!\w)",
            "Which States have signed one but not the other?",
        ),
        (r"(?:which|what|how many) (?:\w+ ){0,2}?{STATES} (?:is|are) (?:only |also |both )?in {IT}(?!\w)", "Which States are in the UN convention?"),
        (r"(?:has|have|was|is) {IT} (?:already |been |ever )+{JOINED}", "Has the UN convention been ratified by anyone?"),
        (
            r"(?:which|what) (?:\w+ ){0,3}{STATES} (?:\w+ ){0,3}(?:{JOINED}{OBJECT}|are (?:parties|members|signatories)\b)",
            "Which ASEAN states have signed the UN convention?",
        ),
        (
            r"(?:has|have|had|whether|did|does|do|will|if|hasn't|didn't) {STATE} (?:(?:already|also|ever|yet|not|just|now|actually|"
            r"both) ){0,2}(?:{JOINED}|{ACCEDE}){OBJECT}",
            "Has Japan ratified the second protocol?",
        ),
        (
            r"(?:is|are|was|were|isn't|aren't|whether) {STATE} (?:(?:also|now|already|currently|still|not|yet|both|a|an|the|full|"
            r"state) )*(?:{PARTY}|bound|part)(?: to| of| by)? {IT}(?!\w)",
            "Is Singapore a party to Budapest?",
        ),
        (r"(?:is|are|was|were) {STATE} (?:(?:also|now|already|a|an|state|not|yet) )*{PARTY}(?:{END}| yet)", "Is Viet Nam a signatory?"),
        (
            r"(?:is|are|was|were) {STATE} (?:also |now |already )?(?:in|on board|outside|inside) {IT}(?: (?:yet|already|now))?{END}",
            "Is Brazil in the Budapest Convention?",
        ),
        (
            r"(?:^|who are |who were |current |all |list )(?:the )?{SIGNATORIES} (?:of|to|for) {IT}(?: (?:so far|today|now|yet|list))?{END}",
            "Who are the parties to the second protocol?",
        ),
        (r"^\W*{SIGNATORIES}(?: list)? {IT}{END}", "signatories Hanoi Convention"),
        (r"{IT} {SIGNATORIES}(?: list)?{END}", "Budapest Convention parties"),
        (r"status of (?:the )?(?:signatures|ratifications?|participation|accessions)", "status of ratifications of ETS 185"),
        (r"(?<!legal )status of {IT}{END}", "current status of the UN convention"),
        (
            r"(?:who|which|what|how many|anyone|everyone|nobody|none|all|any)(?: ones| states| countries| members)? (?:of|among|amongst|in|from|within) {GROUP}"
            r"(?: (?:has|have|had|is|are|was|were|did|already|also|yet|not|neither|never|an?)){0,4} (?:{JOINED}|{ACCEDE}|{BOUND}|in {IT})(?!\w)",
            "Who among ASEAN members has signed?",
        ),
        (
            r"(?:(?:which|what|how many|all|are|have|has|any|do|did) )+(?:of )?{GROUP}"
            r"(?: (?:has|have|had|is|are|was|were|did|already|also|yet|all|not|neither|never|an?)){0,4} (?:{JOINED}|{ACCEDE}|{BOUND}|in {IT})(?!\w)",
            "Which of the G7 have ratified Budapest?",
        ),
        (
            r"(?:has|have|did|had) {STATE} (?:yet |already |ever )?deposit(?:ed)? (?:its|their|an|the|our) (?:instruments?|ratification|accession)",
            "Has Viet Nam deposited its instrument of ratification?",
        ),
        (r"(?:has|have|had) neither {JOINED} nor {JOINED}", "Which ASEAN members have neither signed nor ratified?"),
        (r"(?:put|set) (?:its|their|his|her) names? to (?!it\b|this\b|that\b){IT}(?!\w)", "Who has put their name to the UN treaty?"),
        (
            r"{JOINED}(?: {IT})? without (?:having |ever )?(?:ratif\w+|acced\w+|accept\w+|join\w+)",
            "Which States signed the UN convention without ratifying it?",
        ),
        (
            r"(?:{STATES}|signatories) (?:that|which|who) (?:(?:has|have|had|did|only|not|never|yet|already|still|ever) )*(?:to )?"
            r"(?:{JOINED}|{ACCEDE}){OBJECT}",
            "signatories that have not ratified Budapest",
        ),
        (r"(?:has|have|is|are) (?:still |yet )+to ratify{OBJECT}", "Who has yet to ratify the UN convention?"),
        (r"{NEWEST}(?: \w+){0,3}? to (?:{ACCEDE}){OBJECT}", "Who was the first to ratify the UN convention?"),
        (
            r"(?:who|which|what)(?: \w+){0,2}? (?:is|was|were|are) (?:the )?{NEWEST} (?:(?:state |asean )?{PARTY}|signatures?|ratifications?|accessions?)"
            r"(?: (?:of|to|for) {IT}| so far| yet)*{END}",
            "Who is the latest Party to Budapest?",
        ),
        (
            r"{NEWEST} (?:ratifications?|accessions?|signatures?|signator(?:y|ies)|part(?:y|ies)) (?:of|to|for) {IT}(?!\w)",
            "latest ratification of the UN convention",
        ),
        (r"{JOINED}(?: {IT})? (?:first|last|most recently){END}", "Who ratified the UN convention first?"),
        (r"(?:date|day) of (?:the )?(?:signature|ratification|accession|acceptance|approval) (?:by|of|for) {NAMED}", "date of ratification by Japan"),
        (r"{COUNTRY}['’]s? (?:signature|ratification|accession|acceptance)(?: (?:of|to) {IT}(?!\w)|{END})", "Japan's accession to Budapest"),
        (r"{COUNTRY} (?:signed|ratified|joined|acceded to) {IT}(?!\w)", "Ghana ratified Budapest, right?"),
    ),
    Intent.RESERVATIONS: (
        (
            r"(?:which|what|how many|whether|any) (?:\w+ ){0,2}?{TEXTS}(?: to {IT})? (?:has|have|did|does|had) "
            r"(?:{NAMED}|{GROUP}|anyone|any (?:state|party|country)) {LODGED}",
            "Which reservations has Qatar made to the UN convention?",
        ),
        (
            r"(?:has|have|did|does|had|whether|if) (?:{NAMED}|{GROUP}|anyone|any (?:state|party|country))(?: has| have)? {LODGED} "
            r"(?:(?:any|an?|its|their|some|the|no) )?(?:\w+ )?{TEXTS}",
            "Has Qatar made any reservations to the UN convention?",
        ),
        (
            r"(?:who|which (?:\w+ ){0,2}?{STATES}) (?:has |have |had )?(?:made|entered|lodged|filed) (?:(?:any|an?|some|the) )?(?:\w+ )?{TEXTS}",
            "Who has made reservations to Budapest?",
        ),
        (
            r"(?:who|which (?:\w+ ){0,2}?{STATES}|(?:has|have|did) (?:{NAMED}|anyone|any (?:state|party|country)))(?: has| have)? (?:object(?:ed)?) to "
            r"(?:(?:the|any|a) )?(?:{COUNTRY}|\w+)?(?:['’]s?)? ?(?:reservations?|declarations?)",
            "Who objected to Qatar's reservation?",
        ),
        (r"{COUNTRY}['’]s? (?:\w+ )?{TEXTS}(?: (?:to|on|under) {IT}(?!\w)|{END})", "Qatar's reservations to the UN convention"),
        (r"{TEXTS} (?:(?:made|entered|lodged|filed) )?(?:by|of|from) {NAMED}", "reservations made by Japan"),
        (
            r"{NAMED} (?:(?:has|have) )?(?:{JOINED}|{ACCEDE})(?: {IT})? (?:with|without|subject to) (?:(?:any|an?|its|what|which) )?{TEXTS}",
            "Did Qatar ratify the UN convention with reservations?",
        ),
        (
            r"(?:has|have|did|does|had|when did|is|are) (?:{NAMED}|{GROUP})(?: \w+){1,8},? (?:and )?(?:with|under|subject to) (?:which|what|any) {TEXTS}",
            "Has Malaysia ratified Budapest, and with which reservations?",
        ),
    ),
    Intent.ADOPTED: (
        (r"{WHEN} {WAS} {IT} (?:\w+ ){0,2}?{MADE}", "When was the ASEAN declaration adopted?"),
        (
            r"(?:who|what body|which (?:body|organi[sz]ation|institution|assembly|committee)) (?:adopted|agreed|negotiated|drafted|approved|"
            r"concluded|issued) {IT}(?!\w)",
            "Who adopted the ASEAN declaration?",
        ),
        (r"{IT} (?:was )?adopted (?:by|with|without|in|on|at|when|where)", "Was the UN convention adopted by the General Assembly?"),
        (r"(?:date|year|place|day) of adoption|adoption date", "date of adoption of the second protocol"),
        (r"adopted by (?:vote|consensus)", "Was the text adopted by consensus?"),
        (r"how (?:old|recent|new) is {IT}(?!\w)(?! (?:child|person|suspect))", "How old is the Budapest Convention?"),
        (r"{WHEN} {WAS} {IT} from{END}", "What year is the Budapest Convention from?"),
    ),
    Intent.OPENED: (
        (r"{WHEN} {WAS} {IT} (?:\w+ ){0,2}?(?:open(?:ed)?(?: up)? for signature|signed)", "Where was the Hanoi Convention signed?"),
        (r"open(?:ed)? for signature|opening for signature", "opening for signature of ETS 189"),
        (r"signing ceremony", "Where was the signing ceremony?"),
        (r"(?:date|place) of (?:the )?signature of {IT}", "date of signature of the Budapest Convention"),
    ),
    Intent.SIGN_UNTIL: (
        (
            r"(?:until when|till when|by when|how long|how much longer|up to when) (?:can|could|may|is|are|does|do|will) (?:{STATE}|{IT}|one|"
            r"you)(?: \w+){0,3} (?:sign|signature|signing|signed)",
            "Until when can we sign?",
        ),
        (
            r"(?:deadline|(?:last|final|latest) (?:day|date)) (?:for|to|on which|of)(?: \w+){0,5} (?:sign|signature|signing)",
            "What is the last day on which a country can sign?",
        ),
        (r"(?:signature|signing) (?:deadline|period|window)|clos(?:e|es|ed|ing) (?:for|of|to) signature", "When does it close for signature?"),
        (r"(?:can|could|may) {STATE} still sign{OBJECT}", "Can Thailand still sign?"),
        (
            r"(?:who|which ones|(?:which|what|how many) (?:\w+ ){0,3}{STATES}|(?:which|what) {GROUP}) (?:can|could|may) still sign{OBJECT}",
            "Who can still sign?",
        ),
        (r"(?:still|too late)(?: \w+){0,3} (?:to )?sign{OBJECT}", "Is it too late to sign the UN convention?"),
        (r"still open for signature", "Is the Hanoi Convention still open for signature?"),
    ),
    Intent.JOIN: (
        (
            r"(?:who|how|whether|who else) (?:can|may|could|does|do|would|should|must) (?:{STATE} )?(?:still )?{BECOME}{OBJECT}",
            "How can our country accede to Budapest?",
        ),
        (r"who (?:can|may|could) (?:sign|ratify){OBJECT}", "Who can sign the second protocol?"),
        (
            r"(?:can|may|could) (?:only |also )?(?:an? |the |any )?(?:[\w-]+ ){1,7}?(?:{BECOME}|ratify) {IT}(?!\w)",
            "Can non-members of the Council of Europe join Budapest?",
        ),
        (r"(?:can|may|could) {STATE} (?:still |also )?(?:join|accede){OBJECT}", "Can Fiji join?"),
        (
            r"(?:which|what) (?:states|countries) (?:can|may|could) (?:\w+ )?(?:{BECOME}|sign|ratify){OBJECT}",
            "Which States may accede to the First Additional Protocol?",
        ),
        (r"accession (?:procedure|process)", "accession procedure Budapest"),
        (r"how to (?:join|accede(?: to)?|ratify){OBJECT}", "how to join the Budapest Convention"),
        (r"{IT} open (?:only )?to (?:non|all|any|only|european|other|every|states|countries)", "Is the Budapest Convention open to all countries?"),
    ),
    Intent.DEPOSITARY: (
        (r"(?:who|which body|what body|the|a|its) (?:\w+ )?(?:is |are )?(?:the )?depositar(?:y|ies)", "Who is the depositary?"),
        (r"depositary (?:of|for)", "depositary of ETS 185"),
        (r"who (?:keeps|holds|has|guards|stores) (?:the )?(?:one |signed )?(?:originals?|original copy)", "Who keeps the original of the treaty?"),
        (
            r"(?:where|with whom|to whom)(?: \w+){0,6} (?:instruments? of (?:ratification|accession|acceptance|approval)|ratification (?:paper|"
            r"instrument|document)s?)",
            "Where do we deposit our instrument of ratification?",
        ),
        (r"(?:where|with whom|to whom)(?: \w+){0,5} (?:ratification|accession)s? (?:\w+ )?(?:deposited|lodged|sent|go)", "To whom is a ratification sent?"),
    ),
    Intent.LANGUAGES: (
        (
            r"(?:equally authentic|authentic|official) (?:\w+ )?(?:languages?|language texts?|language versions?|texts?|wording)",
            "Which are the authentic languages?",
        ),
        (
            r"(?:which|what|how many|in how many)(?: authentic| official)? languages? (?:is|are|was|were|does) {IT}(?: \w+)?"
            r"(?: (?:authentic|available|written|official|drafted|adopted|published|exist|made|in))?\s*(?:in)?{END}",
            "What languages is it authentic in?",
        ),
        (
            r"(?:which|what)(?: of the)? (?:languages?|language versions?|language texts?|versions?) (?:is|are|of (?:the )?\S+(?: \S+){0,4} (?:is|"
            r"are)|count as|count) "
            r"(?:equally |also )?(?:authentic|official|authoritative|binding)",
            "Which languages of the First Additional Protocol are authentic?",
        ),
        (r"languages? (?:of|for) {IT}(?!\w)", "languages of the UN convention"),
        (r"{IT} (?:is |be )?(?:equally )?authentic in", "Is the UN convention authentic in Arabic?"),
        (
            r"{TONGUE}(?: or \w+)? (?:text|version|translation|one) (?:\w+ ){0,5}?(?:authentic|official|binding|valid|authoritative|equal)",
            "Is the Spanish version of the UN Convention authentic?",
        ),
        (r"(?:is|are) there (?:an? )?(?:official )?{TONGUE} (?:text|version|translation) of {IT}", "Is there a French text of the second protocol?"),
    ),
    Intent.BINDING: (
        (r"(?:is|are|isn't|was|whether|if|how) {IT} {ADVERBS}{LAWLIKE}", "Is the ASEAN declaration legally binding?"),
        (
            r"(?:is|are|has|have|does|what|the) (?:the )?legal {FORCE} (?:does {IT}(?: \w+)?|(?:of|has) {IT})",
            "What is the legal status of the ASEAN Declaration?",
        ),
        (
            r"(?:does|do|has|have|is) {IT} (?:(?:have|has|of|any|legally|actually|only|really|there) )*(?:bind|binds|legal {FORCE}|force of law|"
            r"binding (?:force|effect))",
            "Does the RSIS commentary have any legal force?",
        ),
        (
            r"(?:can|could|may|should|do) (?:\w+ )?(?:{IT}|a commentary|commentaries) (?:\w+ )?(?:be )?(?:cited|quoted|treated|relied on|used|"
            r"invoked|count|counted|serve)"
            r" as (?:\w+ ){0,2}(?:law|authority|treaty|source of law|binding|precedent)",
            "Can a commentary be cited as law?",
        ),
        (
            r"(?:cite|quote|treat|use|rely on|invoke) {IT}(?: in (?:\w+ ){1,4}?)? ?as (?:\w+ ){0,2}(?:law|authority|treaty|source of law|binding)",
            "May I cite the RSIS commentary as law?",
        ),
        (r"{IT} (?:counts? as|is) (?:law|a treaty|international law){END}", "Does the declaration count as international law?"),
        (r"binding (?:nature|force|effect|character) of {IT}", "binding force of the ASEAN declaration"),
    ),
    Intent.AUTHOR: (
        (r"who (?:wrote|is the author of|authored|published|penned) {IT}(?!\w)(?! to)", "Who wrote the RSIS commentary?"),
        (r"author of (?:the )?(?:\w+ )?(?:commentary|paper|article|rsis|piece|text)", "the author of the RSIS paper"),
        (r"whose (?:view|opinion|paper|commentary|piece)", "Whose opinion is the commentary?"),
        (r"who (?:wrote|authored|published) (?:the )?(?:\w+ ){0,3}(?:paper|article|piece|opinion)", "Who wrote that piece?"),
    ),
    Intent.CITATION: (
        (r"treaty (?:series )?number|document symbol|(?:c?ets|resolution) (?:no\b|number)(?!\.? ?[0-9])", "What is its treaty number?"),
        (r"(?:official|full|formal) (?:title|name) of {IT}(?!\w)", "What is the official title of the UN convention?"),
        (r"what is {IT} (?:officially|formally) called", "What is the Budapest Convention officially called?"),
        (r"(?:un |document )?symbol (?:of|for) {IT}", "UN symbol of the Hanoi Convention"),
        (r"how (?:do|should|can|to)(?: i| we| one)? cite {IT}(?!\w)(?! as)", "How do I cite the second protocol?"),
    ),
    Intent.SIZE: (
        (r"how many {PIECES}(?: are there)?(?: (?:does|do|has|have|in|of|is|are in))* {IT}(?!\w)", "How many articles does the UN convention have?"),
        (r"how many {PIECES} (?:long )?{IT}(?!\w)", "how many articles Budapest convention"),
        (r"how long is {IT}{END}", "How long is the UN convention?"),
    ),
    Intent.IDENTITY: (
        (r"what(?:['’]?s| is| are) (?:actually |exactly |meant by )?{IT}{END}", "What is the Budapest Convention?"),
        (r"(?:tell me|explain)(?: to me)?(?: about| what)? {IT}(?: is)?{END}", "Tell me about the second protocol."),
    ),
}
_ANOTHER_TEXT = "(?:extra|follow-?up|further|supplementary) (?:protocols?|texts?)"
#: Words that show that a question is on a provision and not on the instrument's own status, by fact.
_PROVISION: dict[Intent, tuple[str, ...]] = {
    Intent.FORCE_FOR: ("requests?", "orders?", "warrants?", "reservations?", "decisions?", "providers?", "compan(?:y|ies)"),
    Intent.IN_FORCE: (
        "reservations?", "withdraw(?:al|ing|s|n)?", "denunciations?", "denounc\\w+", "leav(?:e|es|ing)",
        "(?:get|getting|pull|pulling|walk|step)(?: \\w+)? out", "amend(?:s|ed|ment|ments)?", "extensions?",
        _ANOTHER_TEXT,
        "territor(?:y|ies)", "island", "change to", "acceding state", "consenting subsequently", "notif(?:y|ied|ies|ication|ications)", "counting towards",
        "count in the same way", "sequel", "passed", "human rights duties", "other treaties", "orders?", "requests?", "law takes effect", "check",
        "(?:where|if) (?:an?|no) .{0,30}treaty",
        "(?:for|to|in respect of|towards) (?:an? |the |each |every )?(?:\\w+ )?(?:state|country|party|member)(?: party)? "
        "(?:that|which|who|consent\\w*|acced\\w*|ratif\\w*|join\\w*)",
    ),
    Intent.PARTICIPATION: (
        "requests?", "orders?", "warrants?", "accounts?", "groups?", "gangs?", "sign off", "off by", "contracts?", "reservation after", "as between", "rsis",
        "commentary says?", "as stated in", "gatherings?", "meetings?", "conference", "secretariat", _ANOTHER_TEXT,
        "amend\\w*", "protocols? to it", "a change to",
    ),
    Intent.ADOPTED: ("amendments?", "measures", "laws? adopted", "data adopted", "child", "declarations? (?:be|on)"),
    Intent.OPENED: ("accounts?", "requests?", "reservations?", "warrants?"),
    Intent.SIGN_UNTIL: ("sign off", "requests?", "without having", "bind us"),
    Intent.JOIN: ("refuse", "forced? to", "joint", "investigation team"),
    Intent.DEPOSITARY: ("notif(?:y|ies|ication|ications)", "dut(?:y|ies)", "reservations?"),
    Intent.LANGUAGES: ("requests?", "orders?", "notification", "must (?:the |we |it )", "translat(?:e|ed)"),
    Intent.BINDING: (
        "warrants?", "orders?", "arbitra\\w+", "tribunal", "decisions?", "decides?", "a change to", "obligations?", "smart contract", "patents?", "contracts?",
        "consent to be",
        "signature enough",
    ),
    Intent.AUTHOR: ("to whom", "ransomware", "malware", "virus", "message", "post", "e-?mail"),
    Intent.SIZE: ("deal with", "concern", "cover", "about", "on (?:data|children|cooperation|offences)"),
}  # fmt: skip


def pattern_of(form: str) -> re.Pattern[str]:
    """Returns the pattern that a form of the table writes."""
    while (written := _PART.sub(lambda match: PARTS[match[1]], form)) != form:
        form = written
    return re.compile(rf"(?<![\w-])(?:{form})", re.IGNORECASE)


@cache
def _compiled(form: str) -> re.Pattern[str]:
    """Returns a form's pattern, compiled when a question first holds what it needs: most never do."""
    return pattern_of(form)


_needs = needs(PARTS.__getitem__)
_NEEDED = {intent: tuple((_needs(form), form) for form, _ in forms) for intent, forms in FORMS.items()}


@cache
def _provision(intent: Intent) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){one_of(_PROVISION.get(intent, ()))}(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=256)  # asked several times of each question
def intents(text: str) -> tuple[Intent, ...]:
    """Returns the facts that a question asks for, in a fixed order; empty when it asks for none."""
    text = without_what_is_supposed(text)
    folded = text.casefold()
    return tuple(
        intent
        for intent, forms in _NEEDED.items()
        if any(holds(folded, wanted) and _compiled(form).search(text) for wanted, form in forms)
        and not _provision(intent).search(text)
        and not (intent is Intent.JOIN and asks_more_than_to_join(text))
    )
