"""Names of countries and their adjectives, as far as questions are likely to name them; no list of recognised States."""

from __future__ import annotations

from assistant.phrases import one_of

#: Country, then the adjectives formed from it; a blank inside a name is written as an underscore.
_TABLE = """
afghanistan afghan; albania albanian; algeria algerian; argentina argentine argentinian; armenia armenian; australia australian; austria austrian;
azerbaijan azerbaijani; bahrain bahraini; bangladesh bangladeshi; belarus belarusian; belgium belgian; bolivia bolivian; botswana; brazil brazilian;
brunei bruneian; brunei_darussalam; bulgaria bulgarian; burkina_faso; cambodia cambodian; cameroon cameroonian; canada canadian; cape_verde; chile
chilean; china chinese; colombia colombian; costa_rica; croatia croatian; cuba cuban; cyprus; czechia czech; czech_republic; denmark danish;
dominican_republic; ecuador; egypt egyptian; el_salvador; estonia estonian; ethiopia ethiopian; fiji fijian; finland finnish; france french; georgia
georgian; germany german; ghana ghanaian; greece greek; grenada; guatemala; hong_kong; hungary hungarian; iceland icelandic; india indian; indonesia
indonesian; iran iranian; iraq iraqi; ireland irish; israel israeli; italy italian; ivory_coast; jamaica jamaican; japan japanese; jordan jordanian;
kazakhstan; kenya kenyan; kiribati; kuwait kuwaiti; kyrgyzstan; lao_pdr; laos lao laotian; latvia latvian; lebanon lebanese; liechtenstein; lithuania
lithuanian; luxembourg; malaysia malaysian; maldives; malta maltese; mauritius; mexico mexican; moldova; monaco; mongolia; montenegro; morocco
moroccan; mozambique; myanmar burmese; namibia; nepal nepali; netherlands dutch; new_zealand; nicaragua; nigeria nigerian; north_korea;
north_macedonia; norway norwegian; oman omani; pakistan pakistani; panama; papua_new_guinea; paraguay; peru peruvian; philippines philippine filipino;
poland polish; portugal portuguese; qatar qatari; romania romanian; russia russian; russian_federation; rwanda rwandan; samoa; saudi_arabia saudi;
senegal senegalese; serbia serbian; sierra_leone; singapore singaporean; slovakia slovak; slovenia slovenian; south_africa south_african; south_korea
korea korean; spain spanish; sri_lanka sri_lankan; sweden swedish; switzerland swiss; syria syrian; taiwan taiwanese; tanzania; thailand thai;
timor-leste; tonga tongan; tunisia tunisian; türkiye turkey turkish; uganda ugandan; ukraine ukrainian; united_arab_emirates uae emirati; united_kingdom uk
britain british; united_states american america usa; uruguay; uzbekistan; vanuatu; venezuela; vietnam viet_nam vietnamese; zambia; zimbabwe;
andorra; angola; antigua_and_barbuda; bahamas; barbados; belize; benin; bhutan; bosnia bosnia_and_herzegovina bosnian; burma; burundi; cabo_verde;
central_african_republic; chad; comoros; congo; cook_islands; côte_d'ivoire; democratic_republic_of_the_congo; democratic_people's_republic_of_korea;
djibouti; dominica; east_timor; equatorial_guinea; eritrea; eswatini; gabon; gambia; great_britain; guinea; guinea-bissau; guyana; haiti; holland; holy_see;
honduras; kosovo; kyrgyz_republic; lao_people's_democratic_republic; lesotho; liberia; libya; madagascar; malawi; mali; marshall_islands; mauritania;
micronesia; nauru; niger; niue; palau; palestine state_of_palestine palestinian; republic_of_korea; republic_of_moldova; saint_kitts_and_nevis; saint_lucia;
saint_vincent_and_the_grenadines; san_marino; sao_tome_and_principe; seychelles; slovak_republic; solomon_islands; somalia; south_sudan; sudan; suriname;
swaziland; syrian_arab_republic; tajikistan; togo; trinidad_and_tobago; turkmenistan; tuvalu; united_republic_of_tanzania; united_states_of_america; yemen
"""

#: Names of countries, in lower case.
COUNTRIES = tuple(entry.split()[0].replace("_", " ") for entry in _TABLE.split(";"))
#: Names and adjectives, in lower case.
COUNTRY_WORDS = tuple(dict.fromkeys(word.replace("_", " ") for entry in _TABLE.split(";") for word in entry.split()))
#: Source of a pattern for any of them, with the article that some take.
COUNTRY = rf"(?:the\s+)?{one_of(COUNTRY_WORDS)}"
