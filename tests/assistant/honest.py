"""True sentences about real provisions, in the words of someone who keeps to the instructions: how many pass the checks.

The sentences are written for this project. The words that they quote are taken from the official text at hand when they are tried: the sentence of the
provision (or its chapeau and item) that shares most words with the statement. `TUNED` was looked at while the checks were written, `HELD_OUT` was not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from assistant.naming import Names
from assistant.texts import Texts
from assistant.writing.checking import Checker, Failed
from assistant.writing.offered import Offer, numbered, paragraph_of
from assistant.writing.shape import Draft, Support
from corpus.index import Index
from corpus.model import TextKind
from corpus.pinpoint import parse_pinpoint
from corpus.store import StoredProvision, pinpoint_from
from corpus.words import fold_space, tokens

BUDAPEST, FIRST = "budapest-convention", "budapest-first-protocol"

TUNED: tuple[tuple[str, str, str], ...] = (
    (BUDAPEST, "art. 2", "Each Party must make intentional access without right to the whole or any part of a computer system a criminal offence under its domestic law."),
    (BUDAPEST, "art. 2", "A Party may require that the offence be committed by infringing security measures."),
    (BUDAPEST, "art. 3", "Each Party must criminalise the intentional interception without right of non-public transmissions of computer data by technical means."),
    (BUDAPEST, "art. 4(1)", "Parties must criminalise the intentional damaging, deletion, deterioration, alteration or suppression of computer data without right."),
    (BUDAPEST, "art. 4(2)", "A Party may reserve the right to require that the conduct results in serious harm."),
    (BUDAPEST, "art. 5", "The serious and intentional hindering without right of the functioning of a computer system must be made a criminal offence."),
    (BUDAPEST, "art. 6(1)(b)", "A Party may by law require that a number of such items be possessed before criminal liability attaches."),
    (BUDAPEST, "art. 9(3)", "A minor includes all persons under 18 years of age."),
    (BUDAPEST, "art. 9(3)", "A Party may require a lower age-limit, which must not be less than 16 years."),
    (BUDAPEST, "art. 11(3)", "Each Party may reserve the right not to apply the paragraph on attempt, in whole or in part."),
    (BUDAPEST, "art. 12(3)", "The liability of a legal person may be criminal, civil or administrative, subject to the legal principles of the Party."),
    (BUDAPEST, "art. 13(1)", "The offences must be punishable by effective, proportionate and dissuasive sanctions, which include deprivation of liberty."),
    (BUDAPEST, "art. 15(2)", "As appropriate, the safeguards must include judicial or other independent supervision."),
    (BUDAPEST, "art. 16(2)", "Under a preservation order a person must keep the data for as long as necessary, up to a maximum of ninety days."),
    (BUDAPEST, "art. 16(2)", "A Party may provide for a preservation order to be renewed."),
    (BUDAPEST, "art. 22(4)", "The Convention does not exclude criminal jurisdiction that a Party exercises in accordance with its domestic law."),
    (BUDAPEST, "art. 22(5)", "When more than one Party claims jurisdiction, the Parties involved must, where appropriate, consult to determine the most appropriate jurisdiction."),
    (BUDAPEST, "art. 24(3)", "A Party that makes extradition conditional on a treaty may consider the Convention as the legal basis for extradition if it has no extradition treaty."),
    (BUDAPEST, "art. 25(1)", "The Parties must afford one another mutual assistance to the widest extent possible."),
    (BUDAPEST, "art. 25(3)", "In urgent circumstances a Party may make requests by expedited means such as fax or e-mail, as far as these provide appropriate security."),
    (BUDAPEST, "art. 26(1)", "Without prior request, a Party may forward information from its own investigations to another Party, within the limits of its domestic law."),
    (BUDAPEST, "art. 27(5)", "The requested Party may postpone action on a request if it would prejudice its own criminal investigations."),
    (BUDAPEST, "art. 27(7)", "Reasons must be given for any refusal or postponement of the request."),
    (BUDAPEST, "art. 29(1)", "A Party may request another Party to order the expeditious preservation of data stored by means of a computer system in that Party's territory."),
    (BUDAPEST, "art. 29(3)", "For preservation, dual criminality shall not be required as a condition."),
    (BUDAPEST, "art. 29(3)", "The requested Party must take all appropriate measures to preserve the specified data expeditiously, in accordance with its domestic law."),
    (BUDAPEST, "art. 29(5)(b)", "A preservation request may be refused if the requested Party considers that its execution is likely to prejudice its sovereignty or security."),
    (BUDAPEST, "art. 29(7)", "Preserved data must be kept for at least sixty days so that the requesting Party can submit its request."),
    (BUDAPEST, "art. 32(a)", "Without the authorisation of another Party, a Party may access publicly available stored computer data wherever the data is located."),
    (BUDAPEST, "art. 32(b)", "A Party may access data located in another Party if it obtains the lawful and voluntary consent of the person with lawful authority to disclose it."),
    (BUDAPEST, "art. 35(1)", "Each Party must designate a point of contact available twenty-four hours a day, seven days a week."),
    (BUDAPEST, "art. 35(3)", "Each Party must ensure that trained and equipped personnel are available for the network."),
    (FIRST, "art. 3(1)", "Each Party must criminalise the intentional distribution of racist and xenophobic material to the public through a computer system without right."),
    (FIRST, "art. 5(2)(b)", "A Party may reserve the right not to apply the provision on insult, in whole or in part."),
    (FIRST, "art. 9(2)", "A State may not ratify the Protocol unless it has already deposited or simultaneously deposits an instrument for the Convention."),
)
HELD_OUT: tuple[tuple[str, str, str], ...] = (
    (BUDAPEST, "art. 3", "A Party may require that the interception be committed with dishonest intent."),
    (BUDAPEST, "art. 6(2)", "The article does not impose criminal liability where a device is made available for the authorised testing or protection of a computer system."),
    (BUDAPEST, "art. 6(3)", "A Party may reserve the right not to apply the offence, provided the reservation does not concern the sale or distribution of passwords or access codes."),
    (BUDAPEST, "art. 7", "A Party may require an intent to defraud, or a similar dishonest intent, before criminal liability attaches."),
    (BUDAPEST, "art. 8", "Parties must criminalise intentionally causing, without right, a loss of property to another person by any input, alteration, deletion or suppression of computer data."),
    (BUDAPEST, "art. 9(4)", "Each Party may reserve the right not to apply certain parts of the article, in whole or in part."),
    (BUDAPEST, "art. 10(3)", "A Party may reserve the right not to impose criminal liability in limited circumstances, provided that other effective remedies are available."),
    (BUDAPEST, "art. 11(1)", "Intentionally aiding or abetting the commission of an offence must be made a criminal offence, with intent that the offence be committed."),
    (BUDAPEST, "art. 12(2)", "A legal person must be liable where lack of supervision by a natural person has made possible the commission of an offence for its benefit."),
    (BUDAPEST, "art. 12(4)", "The liability of the legal person is without prejudice to the criminal liability of the natural persons who committed the offence."),
    (BUDAPEST, "art. 13(2)", "Legal persons that are liable must be subject to effective, proportionate and dissuasive sanctions, including monetary sanctions."),
    (BUDAPEST, "art. 14(2)(c)", "Each Party must apply the powers to the collection of evidence in electronic form of a criminal offence, except as specifically provided otherwise."),
    (BUDAPEST, "art. 15(1)", "The powers must be subject to conditions and safeguards under domestic law that provide for the adequate protection of human rights and liberties."),
    (BUDAPEST, "art. 15(3)", "Each Party must consider the impact of the powers on the rights and legitimate interests of third parties, to the extent consistent with the public interest."),
    (BUDAPEST, "art. 16(1)", "Competent authorities must be able to order the expeditious preservation of specified computer data, including traffic data."),
    (BUDAPEST, "art. 16(3)", "The custodian must be obliged to keep confidential the undertaking of the preservation procedures."),
    (BUDAPEST, "art. 18(1)(b)", "Authorities must be empowered to order a service provider offering services in the territory to submit subscriber information."),
    (BUDAPEST, "art. 19(3)(d)", "The measures must include the power to render computer data inaccessible or remove it from the accessed computer system."),
    (BUDAPEST, "art. 20(3)", "A service provider must be obliged to keep confidential the fact of the execution of any such power."),
    (BUDAPEST, "art. 22(1)(d)", "Each Party must establish jurisdiction over offences committed by its nationals, if the offence is punishable under criminal law where it was committed."),
    (BUDAPEST, "art. 24(1)(a)", "Extradition applies to offences punishable under the laws of both Parties by deprivation of liberty for a maximum of at least one year."),
    (BUDAPEST, "art. 24(5)", "Extradition is subject to the conditions of the law of the requested Party, including the grounds on which it may refuse extradition."),
    (BUDAPEST, "art. 25(4)", "The requested Party must not refuse mutual assistance solely because the request concerns an offence that it considers a fiscal offence."),
    (BUDAPEST, "art. 26(2)", "Before it provides information, the providing Party may request that it be kept confidential."),
    (BUDAPEST, "art. 27(2)(a)", "Each Party must designate a central authority responsible for sending and answering requests for mutual assistance."),
    (BUDAPEST, "art. 27(3)", "Requests must be executed in accordance with the procedures specified by the requesting Party, except where these are incompatible with the law of the requested Party."),
    (BUDAPEST, "art. 27(4)(b)", "The requested Party may refuse assistance if it considers that execution is likely to prejudice its sovereignty, security or other essential interests."),
    (BUDAPEST, "art. 27(8)", "The requesting Party may request that the fact and subject of its request be kept confidential, except to the extent necessary for its execution."),
    (BUDAPEST, "art. 27(9)(b)", "Urgent requests may be made through Interpol."),
    (BUDAPEST, "art. 28(2)(b)", "The requested Party may make the supply of information dependent on the condition that it is not used for other investigations than those stated in the request."),
    (BUDAPEST, "art. 29(6)", "If preservation will threaten the confidentiality of the investigation, the requested Party must promptly inform the requesting Party."),
    (BUDAPEST, "art. 29(7)", "Once the request has been received, the data must continue to be preserved pending a decision on it."),
    (BUDAPEST, "art. 30(1)", "If a service provider in another State was involved in the transmission, the requested Party must expeditiously disclose enough traffic data to identify it."),
    (BUDAPEST, "art. 31(3)(a)", "The request must be answered on an expedited basis where there are grounds to believe that relevant data is particularly vulnerable to loss or modification."),
    (BUDAPEST, "art. 33(2)", "Each Party must provide such assistance at least for offences for which real-time collection of traffic data would be available in a similar domestic case."),
    (BUDAPEST, "art. 34", "The Parties must assist each other in the real-time collection of content data to the extent permitted under their treaties and domestic laws."),
    (BUDAPEST, "art. 35(2)(a)", "A Party's point of contact must have the capacity to communicate with that of another Party on an expedited basis."),
    (BUDAPEST, "art. 37(1)", "The Committee of Ministers may invite a State that is not a member of the Council of Europe to accede, with the unanimous consent of the Contracting States."),
    (BUDAPEST, "art. 39(3)", "Nothing in the Convention affects other rights, restrictions, obligations and responsibilities of a Party."),
    (BUDAPEST, "art. 43(2)", "A Party that has made a reservation must withdraw it as soon as circumstances permit."),
    (FIRST, "art. 3(2)", "A Party may reserve the right not to attach criminal liability where the material promotes discrimination not associated with hatred or violence, provided that other effective remedies are available."),
    (FIRST, "art. 4", "Each Party must criminalise intentionally threatening persons without right, through a computer system, with a serious criminal offence because they belong to a group distinguished by race."),
    (FIRST, "art. 5(2)(a)", "A Party may require that the person or group is exposed to hatred, contempt or ridicule."),
    (FIRST, "art. 7", "Each Party must criminalise intentionally aiding or abetting the offences of the Protocol without right."),
    (FIRST, "art. 10(1)", "The Protocol enters into force three months after five States have expressed their consent to be bound, on the first day of the following month."),
)

#: Untrue sentences in the provisions' own words, or nearly; the checks were mended after these were tried.
SUBTLE: tuple[tuple[str, str, str], ...] = (
    (BUDAPEST, "art. 29(7)", "Preservation lasts at least sixty days, after which the data must be deleted."),
    (BUDAPEST, "art. 29(7)", "Data must be preserved in response to the request for a period that is no longer than sixty days."),
    (BUDAPEST, "art. 29(7)", "Data must be preserved for less than sixty days."),
    (BUDAPEST, "art. 29(7)", "Data must be preserved for a period of not less than sixty days to enable the requested Party to submit a request."),
    (BUDAPEST, "art. 29(7)", "The requesting Party must preserve the data for a period not less than sixty days."),
    (BUDAPEST, "art. 29(3)", "Before receiving the request, the requested Party must take all appropriate measures to preserve the specified data in accordance with its domestic law."),
    (BUDAPEST, "art. 29(3)", "Dual criminality is required as a condition to providing preservation."),
    (BUDAPEST, "art. 29(3)", "Dual criminality may be required as a condition to providing such preservation."),
    (BUDAPEST, "art. 29(1)", "Another Party may order a Party to request the expeditious preservation of data."),
    (BUDAPEST, "art. 29(1)", "A Party may order the expeditious preservation of data located within the territory of another Party."),
    (BUDAPEST, "art. 32", "A Party may, with the authorisation of another Party, access stored computer data."),
    (BUDAPEST, "art. 32", "A Party may access publicly available stored computer data without the authorisation of another Party, where the data is located in its territory."),
    (BUDAPEST, "art. 32", "A Party may access stored computer data located in another Party without the consent of the person who has the lawful authority to disclose the data."),
    (BUDAPEST, "art. 32", "Without the authorisation of another Party, a Party may access stored computer data located in another Party if the other Party obtains the consent of the person."),
    (BUDAPEST, "art. 2", "Each Party must establish as a criminal offence the intentional access to a computer system without right, even if committed by authorised users."),
    (BUDAPEST, "art. 2", "The offence must be committed by infringing security measures."),
    (BUDAPEST, "art. 2", "Each Party must establish as a criminal offence the intentional access with right to a computer system."),
    (BUDAPEST, "art. 2", "Intentional access to a computer system is a right under domestic law."),
    (BUDAPEST, "art. 4(2)", "A Party may reserve the right to require that the conduct does not result in serious harm."),
    (BUDAPEST, "art. 9(3)", "The term minor includes all persons over 18 years of age."),
    (BUDAPEST, "art. 9(3)", "A Party may require a higher age-limit, which must be not less than 16 years."),
    (BUDAPEST, "art. 9(3)", "A Party may require a lower age-limit of less than 16 years."),
    (BUDAPEST, "art. 13(1)", "The offences must be punishable by ineffective, disproportionate sanctions which include deprivation of liberty."),
    (BUDAPEST, "art. 13(1)", "The offences must be punishable by effective, proportionate and dissuasive sanctions, which exclude deprivation of liberty."),
    (BUDAPEST, "art. 22(4)", "The Convention excludes any criminal jurisdiction exercised by a Party in accordance with its domestic law."),
    (BUDAPEST, "art. 25(4)", "The requested Party may refuse mutual assistance solely on the ground that the request concerns a fiscal offence."),
    (BUDAPEST, "art. 25(4)", "The requested Party shall not exercise the right to refuse mutual assistance in relation to the offences."),
    (BUDAPEST, "art. 27(1)", "The provisions of the article shall apply where such treaty exists, unless the Parties agree otherwise."),
    (BUDAPEST, "art. 27(5)", "The requesting Party may postpone action on a request if such action would prejudice criminal investigations."),
    (BUDAPEST, "art. 27(5)", "The requested Party may refuse action on a request if such action would prejudice criminal investigations."),
    (BUDAPEST, "art. 27(5)", "The requested Party may postpone action on a request if such action would not prejudice criminal investigations conducted by its authorities."),
    (BUDAPEST, "art. 16(2)", "That person must preserve the computer data for a period of ninety days or more."),
    (BUDAPEST, "art. 16(2)", "A Party may not provide for such an order to be renewed."),
    (BUDAPEST, "art. 16(2)", "Such an order is renewed by the Party."),
    (BUDAPEST, "art. 16(2)", "A Party may provide for such an order to be renewed once."),
    (BUDAPEST, "art. 18(1)", "Each Party may order a service provider to submit subscriber information."),
    (BUDAPEST, "art. 24(4)", "Parties that make extradition conditional on the existence of a treaty must recognise the criminal offences as extraditable offences between themselves."),
    (BUDAPEST, "art. 24(3)", "A Party may consider the Convention as the legal basis for extradition if it has an extradition treaty."),
    (BUDAPEST, "art. 35(1)", "Each Party must designate a point of contact available on working days."),
    (BUDAPEST, "art. 35(3)", "Each Party must ensure that untrained personnel are available, in order to facilitate the operation of the network."),
    (BUDAPEST, "art. 41(1)", "A State may reserve the right to assume obligations consistent with its fundamental principles."),
    (BUDAPEST, "art. 42", "Other reservations may be made."),
    (BUDAPEST, "art. 42", "Any reservation may be made."),
    (BUDAPEST, "art. 43(3)", "The Secretary General of the Council of Europe must periodically enquire with Parties about withdrawing reservations."),
    (BUDAPEST, "art. 36(3)", "The Convention enters into force on the first day of the month following the date on which five States have expressed their consent to be bound."),
    (BUDAPEST, "art. 36(3)", "The Convention enters into force after five States, including at least five member States of the Council of Europe, have expressed their consent to be bound."),
    (BUDAPEST, "art. 14(2)", "Each Party must apply the powers only to the criminal offences established in accordance with the Convention, except as provided otherwise."),
    (BUDAPEST, "art. 15(2)", "Such conditions and safeguards must, as appropriate, exclude judicial or other independent supervision."),
    (BUDAPEST, "art. 26(1)", "A Party may, within the limits of its domestic law and upon prior request, forward to another Party information obtained within its own investigations."),
    (BUDAPEST, "art. 28(2)", "The requested Party may make the supply of information dependent on the condition that it is made public."),
    (BUDAPEST, "art. 39(3)", "The Convention affects other rights, restrictions, obligations and responsibilities of a Party."),
    (BUDAPEST, "art. 30(1)", "The requested Party must expeditiously disclose to the requesting Party all traffic data and the content of the communication."),
    (BUDAPEST, "art. 30(1)", "The requested Party must disclose the identity of the person who sent the communication."),
)
#: More of them, written when the checks were done.
FRESH: tuple[tuple[str, str, str], ...] = (
    (BUDAPEST, "art. 3", "Each Party must criminalise the intentional interception without right of public transmissions of computer data."),
    (BUDAPEST, "art. 3", "A Party may require that the offence be committed without dishonest intent."),
    (BUDAPEST, "art. 5", "Each Party must criminalise the intentional hindering without right of the functioning of a computer system, however slight."),
    (BUDAPEST, "art. 6(2)", "The article shall be interpreted as imposing criminal liability for the authorised testing or protection of a computer system."),
    (BUDAPEST, "art. 6(3)", "Each Party may reserve the right not to apply the offence to the sale and distribution of access codes."),
    (BUDAPEST, "art. 7", "A Party may require an intent to defraud after criminal liability attaches."),
    (BUDAPEST, "art. 8", "Parties must criminalise intentionally causing, without right, a gain of property to another person."),
    (BUDAPEST, "art. 9(4)", "Each Party must reserve the right not to apply parts of the article."),
    (BUDAPEST, "art. 10(3)", "A Party may reserve the right not to impose criminal liability in unlimited circumstances, provided that other effective remedies are available."),
    (BUDAPEST, "art. 11(2)", "Each Party must criminalise an attempt to commit any offence under the Convention, intentionally or not."),
    (BUDAPEST, "art. 12(2)", "A natural person can be held liable where the lack of supervision by a legal person has made possible the commission of an offence."),
    (BUDAPEST, "art. 12(4)", "Such liability excludes the criminal liability of the natural persons who have committed the offence."),
    (BUDAPEST, "art. 13(2)", "Legal persons held liable must be subject to criminal sanctions, including monetary sanctions."),
    (BUDAPEST, "art. 14(1)", "Each Party must establish the powers for the purpose of all criminal investigations or proceedings."),
    (BUDAPEST, "art. 15(1)", "The powers are subject to conditions and safeguards which may provide for the adequate protection of human rights."),
    (BUDAPEST, "art. 15(3)", "Each Party must consider the impact of the powers upon the public interest of third parties."),
    (BUDAPEST, "art. 16(1)", "Competent authorities must order the expeditious preservation of all computer data."),
    (BUDAPEST, "art. 16(3)", "The custodian is obliged to disclose the undertaking of such procedures."),
    (BUDAPEST, "art. 20(3)", "A service provider may keep confidential the fact of the execution of any power."),
    (BUDAPEST, "art. 21(1)", "In relation to minor offences, authorities must be empowered to collect or record content data in real-time."),
    (BUDAPEST, "art. 22(1)(d)", "Each Party must establish jurisdiction over an offence committed by one of its nationals, even if it is not punishable where it was committed."),
    (BUDAPEST, "art. 22(2)", "No Party may reserve the right not to apply the jurisdiction rules."),
    (BUDAPEST, "art. 24(1)(a)", "Extradition applies to offences punishable under the laws of either Party by deprivation of liberty for a maximum period of at least one year."),
    (BUDAPEST, "art. 24(5)", "Extradition is subject to the conditions provided for by the law of the requesting Party."),
    (BUDAPEST, "art. 25(3)", "Each Party must make requests for mutual assistance by expedited means of communication in urgent circumstances."),
    (BUDAPEST, "art. 26(2)", "If the receiving Party cannot comply with such request, it shall be bound by the conditions."),
    (BUDAPEST, "art. 27(3)", "Requests must be executed in accordance with the procedures specified by the requested Party, except where incompatible with the law of the requesting Party."),
    (BUDAPEST, "art. 27(4)(a)", "The requested Party must refuse assistance if the request concerns an offence which it considers a political offence."),
    (BUDAPEST, "art. 27(6)", "After refusing assistance, the requested Party must consider whether the request may be granted partially."),
    (BUDAPEST, "art. 27(7)", "No reasons need be given for any refusal of the request."),
    (BUDAPEST, "art. 27(8)", "The requested Party may request that the requesting Party keep confidential the fact of any request, except to the extent necessary for its execution."),
    (BUDAPEST, "art. 28(4)", "Any Party that supplies information must explain to the other Party the use made of such information."),
    (BUDAPEST, "art. 29(4)", "A Party may reserve the right to refuse the request for preservation in respect of offences established in accordance with the Convention."),
    (BUDAPEST, "art. 29(6)", "Where the requesting Party believes that preservation will not ensure the availability of the data, it must promptly so inform the requested Party."),
    (BUDAPEST, "art. 30(2)", "Disclosure of traffic data may be withheld if the requested Party considers that execution of the request is likely to prejudice its investigation."),
    (BUDAPEST, "art. 31(3)(a)", "The request shall be responded to on an expedited basis unless relevant data is particularly vulnerable to loss or modification."),
    (BUDAPEST, "art. 33(2)", "Each Party must provide such assistance only for offences for which real-time collection would be available in a similar domestic case."),
    (BUDAPEST, "art. 34", "The Parties must provide mutual assistance in the interception of content data irrespective of their domestic laws."),
    (BUDAPEST, "art. 37(1)", "The Committee of Ministers may invite any State to accede without the consent of the Contracting States."),
    (BUDAPEST, "art. 43(1)", "A Party may withdraw a reservation, and the withdrawal takes effect three months after receipt of the notification."),
    (FIRST, "art. 3(2)", "A Party may reserve the right not to attach criminal liability where the material promotes discrimination that is associated with hatred or violence."),
    (FIRST, "art. 6(2)(a)", "A Party must require that the denial is committed with the intent to incite hatred or violence."),
    (FIRST, "art. 8(2)", "The Parties may extend the scope of application of the measures to the articles of the Protocol."),
    (FIRST, "art. 9(2)", "A State may sign the Protocol without having deposited an instrument of ratification of the Convention."),
    (FIRST, "art. 12(2)", "Other reservations may be made."),
    (BUDAPEST, "art. 2", "Each Party shall establish access to a computer system as a right under its domestic law."),
    (BUDAPEST, "art. 15(1)", "Each Party must ensure that the powers are subject to conditions and safeguards provided for under the Convention."),
    (BUDAPEST, "art. 16(1)", "Each Party must enable its competent authorities to obtain computer data that has been stored by means of a computer system."),
    (BUDAPEST, "art. 17(1)(a)", "Preservation of traffic data must be available only if one service provider was involved in the transmission."),
    (BUDAPEST, "art. 18(3)", "Subscriber information includes traffic data and content data."),
    (BUDAPEST, "art. 19(1)", "Each Party may empower its competent authorities to search a computer system in its territory."),
    (BUDAPEST, "art. 22(5)", "When more than one Party claims jurisdiction, the Parties must consult each State."),
    (BUDAPEST, "art. 24(6)", "The requested Party must extradite the person sought on the basis of nationality."),
    (BUDAPEST, "art. 24(7)(a)", "Each Party must communicate the name of each person responsible for extradition."),
    (BUDAPEST, "art. 25(5)", "Dual criminality shall be a condition for mutual assistance."),
    (BUDAPEST, "art. 27(2)(b)", "The central authorities may communicate directly with each other."),
    (BUDAPEST, "art. 27(9)(d)", "Requests that involve coercive action may be directly transmitted by the competent authorities of the requesting Party."),
    (BUDAPEST, "art. 28(3)", "When the requesting Party accepts the condition, it shall not be bound by it."),
    (BUDAPEST, "art. 29(2)(a)", "A request for preservation may specify the authority seeking the preservation."),
    (BUDAPEST, "art. 31(1)", "A Party may search or access data stored within the territory of the requested Party."),
    (BUDAPEST, "art. 33(1)", "This assistance shall be governed by the conditions and procedures provided for under international law."),
    (BUDAPEST, "art. 35(2)(b)", "The point of contact must be part of the authority responsible for extradition."),
    (BUDAPEST, "art. 36(1)", "The Convention is open for signature by all States."),
    (BUDAPEST, "art. 36(2)", "The Convention is subject to ratification by the Secretary General."),
    (BUDAPEST, "art. 38(1)", "Any State must specify the territory to which the Convention applies."),
    (BUDAPEST, "art. 41(2)", "A federal State may apply a reservation to exclude its obligations to provide for measures."),
    (BUDAPEST, "art. 43(1)", "A Party may withdraw a reservation by means of a notification, and the withdrawal takes effect on the date specified by the Secretary General."),
    (BUDAPEST, "art. 44(1)", "Amendments may be proposed by the Secretary General of the Council of Europe."),
    (BUDAPEST, "art. 45(1)", "The European Committee on Crime Problems shall interpret the Convention."),
    (BUDAPEST, "art. 47(1)", "A Party may denounce the Convention only by a notification to another Party."),
    (BUDAPEST, "art. 48", "The Secretary General must notify only the member States of any signature."),
    (FIRST, "art. 2(1)", "Racist and xenophobic material means any oral representation of ideas or theories which promotes hatred."),
    (FIRST, "art. 11(1)", "Before the entry into force of the Protocol, any State which has acceded to the Convention may also accede to the Protocol."),
)
#: Ways to make a sentence untrue: a name, what is replaced, and by what.
CHANGES: tuple[tuple[str, str, str | Callable[[re.Match[str]], str]], ...] = (
    ("may for must", r"\bmust\b(?! not)", "may"),
    ("must for may", r"\bmay\b(?! (?:be|not))", "must"),
    ("must be for may be", r"\bmay be\b", "must be"),
    ("must not for must", r"\bmust\b(?! not)", "must not"),
    ("may not for may", r"\bmay\b(?! not)", "may not"),
    ("should for must", r"\bmust\b(?! not)", "should"),
    ("need not for must", r"\bmust\b(?! not)", "need not"),
    ("an aim for a duty", r"\bmust\b(?! not)", "must endeavour to"),
    ("a fact for an option", r"\bmay (\w+)\b(?<!not)", lambda m: f"{m[1]}s"),
    ("not dropped", r"\b(?:must|shall|does) not\b", lambda m: m[0].replace(" not", "")),
    ("without right dropped", r" without right", ""),
    ("intent dropped", r"\b[Ii]ntentional(?:ly)? ", ""),
    ("if dropped", r",? if .*\.$", "."),
    ("provided dropped", r",? provided (?:the|that) .*\.$", "."),
    ("exception dropped", r",? (?:except (?:where|to)|unless) .*\.$", "."),
    ("most for least", r"at least", "at most"),
    ("least for most", r"up to a maximum of", "at least"),
    ("bound dropped", r"at least |up to a maximum of ", ""),
    ("another number", r"\b(?:sixty|ninety|18|16|three|five)\b", "forty"),
    ("another unit", r"\bdays\b(?! a)", "months"),
    ("roles exchanged", r"\brequest(?:ing|ed)\b(?= Party)", lambda m: {"requesting": "requested", "requested": "requesting"}[m[0]]),
    ("another actor", r"\b(?:A|Each) Party\b", "A service provider"),
    ("nobody", r"^(?:A|Each) Party\b(?! that)", "No Party"),
    ("another law", r"domestic law", "international law"),
    ("civil for criminal", r"\bcriminal\b(?!, civil)", "civil"),
    ("real-time for stored", r"\bstored\b", "real-time"),
    ("content for traffic data", r"\btraffic data\b", "content data"),
    ("after for before", r"\b[Bb]efore\b", "after"),
    ("natural for legal", r"\blegal person\b", "natural person"),
    ("and for or", r" or ", " and "),
    ("or for and", r" and ", " or "),
    ("all", r"\bcomputer data\b", "all computer data"),
    ("compensation added", r"\.$", " and pay compensation to the victims."),
    ("a State added", r"\.$", ", including in Singapore."),
    ("a time added", r"\.$", " immediately."),
    ("a court added", r"\.$", " with a court order."),
)


def _best(sentences: list[str], statement: str) -> str:
    """Returns the sentence that shares most words with a statement, long ones less."""
    words = set(tokens(statement))
    return max(sentences, key=lambda s: len(words & set(tokens(s))) / (4 + len(set(tokens(s))) ** 0.5))


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+(?=[A-Z])", fold_space(text))


def passes(texts: Texts, names: Names, stored: StoredProvision, statement: str, quote: str) -> bool:
    """Whether a statement passes that quotes these words of a provision."""
    offered = paragraph_of(texts, stored.instrument, stored.provision.pinpoint)[0]
    checker = Checker(Offer(texts, [numbered("P1", offered, texts)]), names, "")
    return not isinstance(checker.check(Draft(text=statement, supports=(Support(key="P1", quote=quote),))), Failed)


def _rows(texts: Texts, rows: tuple[tuple[str, str, str], ...]) -> Iterator[tuple[StoredProvision, str, str]]:
    for instrument, at, statement in rows:
        stored = texts.exact(instrument, parse_pinpoint(at))
        assert stored is not None, (instrument, at)
        assert stored.kind is TextKind.OFFICIAL, (instrument, at)
        yield stored, statement, _best(_sentences(stored.provision.body.of(texts.text(stored))), statement)


def honest_figures(index: Index) -> Counter[str]:
    """Returns how many true sentences pass, and how many of those that were made untrue."""
    texts, names, out = Texts(index), Names(index.catalogue, index.boundaries), Counter[str]()
    for half, rows in (("looked at while the checks were written", TUNED), ("held out", HELD_OUT)):
        for stored, statement, quote in _rows(texts, rows):
            good = passes(texts, names, stored, statement, quote)
            out[f"true sentences, {half}"] += 1
            out[f"of these passed, {half}"] += good
            for _, pattern, by in CHANGES if good else ():
                if (changed := re.sub(pattern, by, statement, count=1)) != statement:
                    out["changed so that they are untrue"] += 1
                    out["of these passed, changed"] += passes(texts, names, stored, changed, quote)
    for name, rows in (("subtle lies, mended for", SUBTLE), ("subtle lies, held out", FRESH)):
        for stored, statement, quote in _rows(texts, rows):
            out[name] += 1
            out[f"of these passed, {name}"] += passes(texts, names, stored, statement, quote)
    for stored, statement, quote in _guide_sentences(texts):
        out["sentences of the guides on official provisions"] += 1
        out["of these passed, guides"] += passes(texts, names, stored, statement, quote)
    return out


def _guide_sentences(texts: Texts) -> Iterator[tuple[StoredProvision, str, str]]:
    for instrument in (BUDAPEST, FIRST):
        for article in texts.instrument(instrument).articles:
            entry = texts.index.store.guide_entry(instrument, f"art. {article.number}")
            for paragraph in entry.paragraphs if entry else ():
                stored = texts.exact(instrument, pinpoint_from(paragraph.at))
                if stored is None or stored.kind is not TextKind.OFFICIAL:
                    continue
                body = stored.provision.body.of(texts.text(stored))
                for statement in _sentences(paragraph.says):
                    yield stored, statement, fold_space(body)[:1_500] if texts.children(stored) else _best(_sentences(body), statement)[:1_500]
