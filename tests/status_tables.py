"""Status tables of made-up treaties in the forms of the two depositaries; every day and every text in them is invented."""

from __future__ import annotations

import json

UN_HEAD = """<?xml version="1.0" encoding="utf-8"?>
<Document StatusAsAt="27-11-2026 09:15:30 EDT">
 <Header><Chapter><Name>CHAPTER XXXI</Name><Title>LIGHTHOUSES</Title></Chapter></Header>
 <Treaty>
  <Header><ExternalData>
   <Titlesect>7. Convention on the Keeping of Lighthouses&lt;superscript&gt;1&lt;/superscript&gt;</Titlesect>
   <Conclusion>Lisbon, 4 May 1999</Conclusion>
   <EIF><Labeltext>1 January 2001, in accordance with article 3.</Labeltext></EIF>
   <Status><Signatories>9</Signatories><Parties>6</Parties></Status>
  </ExternalData></Header>
"""
UN_TABLE = """  <Participants><Table><TGroup cols="3">
   <Thead><Row><Entry>Participant</Entry><Entry>Signature</Entry><Entry>Ratification, Acceptance(A), Approval(AA), Accession(a)</Entry></Row></Thead>
   <Tbody><Rows>
    <Row><Entry>Cambodia</Entry><Entry>25 Oct\t 1999 </Entry><Entry></Entry></Row>
    <Row><Entry>Denmark&lt;superscript&gt;2,3&lt;/superscript&gt;</Entry><Entry>25 Oct 1999</Entry><Entry>12 Feb 2000 AA</Entry></Row>
    <Row><Entry>European Union</Entry><Entry>26 Oct 1999</Entry><Entry> 3 Mar 2000 AA</Entry></Row>
    <Row><Entry>Fiji</Entry><Entry></Entry><Entry>9 Sep 2004 a</Entry></Row>
    <Row><Entry>Iceland</Entry><Entry>25 Oct 1999</Entry><Entry>[ 5 Jan 2000]</Entry></Row>
    <Row><Entry>Lao People's Democratic Republic</Entry><Entry>26 Oct 1999</Entry><Entry></Entry></Row>
    <Row><Entry>Netherlands (Kingdom of the)<superscript>4</superscript></Entry><Entry>25 Oct 1999</Entry><Entry>30 Jun 2000 A</Entry></Row>
    <Row><Entry>Republic of Korea</Entry><Entry>2 Nov 1999</Entry><Entry></Entry></Row>
    <Row><Entry>Republic of Ruritania</Entry><Entry>25 Oct 1999</Entry><Entry></Entry></Row>
    <Row><Entry>T&#252;rkiye</Entry><Entry></Entry><Entry>1 Apr 2003 a</Entry></Row>
    <Row><Entry>Viet Nam</Entry><Entry>25 Oct 1999</Entry><Entry>7 Jul 2000</Entry></Row>
   </Rows></Tbody></TGroup></Table></Participants>
"""
UN_TEXTS = """  <Declarations><Title>Declarations and Reservations</Title>
   <Note><Text>(Unless otherwise indicated, the declarations and reservations were made upon ratification.)</Text></Note>
   <Declaration><Participant>T&#252;rkiye</Participant><Text>&lt;i&gt;Reservation:&lt;/i&gt;&lt;br/&gt;&lt;br/&gt;“T&#252;rkiye does not consider itself bound by article 2.&lt;p&gt;It keeps no lamp
   in the interior.”&lt;/p&gt;</Text></Declaration>
   <Declaration><Participant>Viet Nam</Participant><Text>Upon signature:</Text><Text>Declaration: The lamps of Viet Nam burn.</Text><Text>Upon ratification:</Text>
   <Text>Reservation:</Text><Text>Article 3 applies on weekdays.</Text></Declaration>
  </Declarations>
  <Objections><Objection><Participant>Denmark</Participant><Text>Denmark objects to the reservation made by T&#252;rkiye.</Text></Objection></Objections>
  <TerritorialApplications><Table><Tbody><Rows>
   <Row><Entry>Participant</Entry><Entry>Date of receipt of the notification</Entry><Entry>Territories</Entry></Row>
   <Row><Entry>Netherlands (Kingdom of the)</Entry><Entry>30 Jun 2000</Entry><Entry>Aruba and Cura&#231;ao</Entry></Row>
  </Rows></Tbody></Table></TerritorialApplications>
  <EndNotes><EndNote><Number>2</Number><Text>With a territorial exclusion in respect of Greenland.</Text></EndNote>
   <EndNote>&lt;superscript&gt;4&lt;/superscript&gt;For the Kingdom in Europe.</EndNote></EndNotes>
"""
UN_FOOT = " </Treaty>\n</Document>\n"
UN_XML = UN_HEAD + UN_TABLE + UN_TEXTS + UN_FOOT
#: Without texts, notes and totals.
UN_BARE = (UN_HEAD + UN_TABLE + UN_FOOT).replace("<Status><Signatories>9</Signatories><Parties>6</Parties></Status>", "")
UN_EMPTY_ROWS = UN_TABLE[: UN_TABLE.index("    <Row><Entry>Cambodia")] + "   </Rows></Tbody></TGroup></Table></Participants>\n"
#: A treaty that nobody has joined, and that says so; and one that does not say so.
UN_NOBODY = (UN_HEAD + UN_EMPTY_ROWS + UN_FOOT).replace(">9<", ">0<").replace(">6<", ">0<").replace("1 January 2001, in accordance", "not yet, in accordance")
UN_EMPTY = UN_HEAD + UN_EMPTY_ROWS + UN_FOOT

UN_PAGE = """<!DOCTYPE html><html><head><title>UNTC</title><script>var a = '<table>';</script></head><body>
<span>STATUS AS AT : 27-11-2026 09:15:30 EDT</span><div>CHAPTER XXXI<br>LIGHTHOUSES</div><div>7. Convention on the Keeping of Lighthouses</div>
<table id="layout"><tr><td><table><tr><td>Entry into force</td><td>:</td><td>1 January 2001, in accordance with article 3.</td></tr>
<tr><td>Status</td><td>:</td><td>Signatories : 2. Parties : 2</td></tr></table></td></tr></table>
<table id="ctl00_tblgrid"><tr><td>Participant</td><td>Signature</td><td>Accession(a), Ratification</td></tr>
<tr><td>Denmark <sup>2, 3</sup></td><td>25 Oct 1999</td><td>12 Feb 2000</td></tr><tr><td>Fiji</td><td></td><td>9 Sep 2004 a</td></tr>
<tr><td>Timor-Leste</td><td>26 Oct 1999</td><td>&nbsp;</td></tr></table></body></html>
"""

COE_PAGE = """<html><head><title>Full list - Treaty Office</title></head><body>
<h1>Chart of signatures and ratifications of Treaty 991</h1><p>Protocol on Fog Horns (ETS No. 991)</p><p>Status as of 27/11/2026</p>
<h3>Members of the Council of Europe</h3>
<table><thead><tr><th>States</th><th>Signature</th><th>Ratification</th><th>Entry into Force</th><th>Notes</th><th>R.</th><th>D.</th><th>A.</th><th>T.</th><th>C.</th><th>O.</th></tr></thead>
<tbody><tr><td>Denmark</td><td>28/01/2003</td><td>11/02/2004</td><td>01/03/2006</td><td></td><td>R.</td><td>D.</td><td></td><td>T.</td><td></td><td></td></tr>
<tr><td>Ireland</td><td>28/02/2003</td><td></td><td></td><td></td><td></td><td></td><td></td><td></td><td></td><td></td></tr>
<tr><td>Monaco</td><td>02/05/2013</td><td></td><td></td><td>s</td><td></td><td></td><td></td><td></td><td></td><td></td></tr>
<tr><td>San Marino</td><td></td><td></td><td></td><td></td><td></td><td></td><td></td><td></td><td></td><td></td></tr>
<tr><td>Türkiye</td><td>19/04/2016</td><td>29/09/2016</td><td>01/01/2017</td><td></td><td></td><td></td><td></td><td></td><td></td><td></td></tr></tbody></table>
<h3>Non-members of the Council of Europe</h3>
<table><tr><th>States</th><th>Signature</th><th>Ratification</th><th>Entry into Force</th><th>Notes</th><th>R.</th><th>D.</th><th>A.</th><th>T.</th><th>C.</th><th>O.</th></tr>
<tr><td>Philippines<sup>1</sup></td><td></td><td>28/03/2018</td><td>01/07/2018</td><td>a</td><td></td><td></td><td></td><td></td><td></td><td></td></tr>
<tr><td>South Africa</td><td>23/11/2003</td><td></td><td></td><td></td><td></td><td></td><td></td><td></td><td></td><td></td></tr></table>
<table><tr><td>Total number of signatures not followed by ratifications</td><td>2</td></tr><tr><td>Total number of ratifications/accessions</td><td>4</td></tr></table>
<p>(1) a: Accession - s: Signature without reservation as to ratification - su: Succession</p></body></html>
"""


def coe_row(name: str, signed: str | None = None, bound: str | None = None, force: str | None = None, **more: object) -> dict[str, object]:
    return {
        "LibPaysOrga": name, "NumSTE": "991", "DateSignature": signed, "DateConsentement": bound, "DateEntreeVigueur": force, "DateDenonciation": None,
        "DateEffetDenonciation": None, "Reserves": False, **more,
    }  # fmt: skip


COE_JSON = json.dumps([
    [
        coe_row("Denmark", "2003-01-28T00:00:00", "2004-02-11T00:00:00", "2006-03-01T00:00:00", Reserves=True),
        coe_row("Georgia", "2003-01-28T00:00:00", "2004-02-11T00:00:00", "2006-03-01T00:00:00", DateEffetDenonciation="2020-01-01T00:00:00"),
        coe_row("Ireland", "2003-02-28T00:00:00"),
        coe_row("San Marino"),
    ],
    [coe_row("Philippines", None, "2018-03-28T00:00:00", "2018-07-01T00:00:00")],
    [coe_row("European Union", "2010-05-05T00:00:00")],
])  # fmt: skip
COE_DECLARATIONS = json.dumps([
    {
        "code_Pays": {"Value": "Denmark"}, "code_Organisation": {"Libelle": "Null"}, "nature_Dec": "Reservation", "numero_Article": "2",
        "date_Effet": "2006-03-01T00:00:00", "date_Effet_Retrait": None, "texte_Decl": "<p>Denmark sounds no horn <b>at night</b>.</p>",
    },
    {
        "code_Pays": {"Value": "Denmark"}, "nature_Dec": "Declaration", "numero_Article": "1", "date_Effet": "2006-03-01T00:00:00",
        "date_Effet_Retrait": "2009-01-01T00:00:00", "texte_Decl": "The horn is of brass.",
    },
    {"code_Pays": {"Value": "Atlantis"}, "nature_Dec": "Declaration", "texte_Decl": "We are below the waves."},
])  # fmt: skip

ERROR_PAGE = "<!DOCTYPE html><html><head><title>Service unavailable</title></head><body>Down for urgent maintenance and currently unavailable.</body></html>"
SHELL_PAGE = '<!doctype html><html><head><title>Full list</title></head><body><div id="root">You need to enable JavaScript to run this app.</div></body></html>'
