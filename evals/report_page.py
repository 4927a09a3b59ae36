"""How the report of a run looks: its style sheet and its template; everything that is put into them is escaped by the template engine."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; %s --page: #ffffff; --tint: #f3f5f8; --good: #0f6b3f; --bad: #a3262a; --link: #0b5fa5; }
@media screen and (prefers-color-scheme: dark) { :root { --page: #11161d; --tint: #1a222c; --ink: #e6ebf1; --soft: #a7b3c1; --line: #324050; --good: #6fd3a0;
  --bad: #ff9c94; --link: #7dbcf5; --c1: #6db7f2; --c2: #ff9a62; --c3: #4fd0a5; --c4: #e59ac4; --c5: #e6c04d; --c6: #8fdcf5; --c7: #a5b1c0; --c8: #b9b0ff; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.55 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
header, main, footer, nav { max-width: 64rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2rem; } footer { padding-top: 1rem; padding-bottom: 3rem; }
h1, h2, h3, h4 { line-height: 1.25; overflow-wrap: anywhere; }
h1 { font-size: 1.9rem; margin: 0 0 .4rem; } h2 { font-size: 1.4rem; margin: 2.6rem 0 .7rem; padding-top: .9rem; border-top: 2px solid var(--line); }
h3 { font-size: 1.1rem; margin: 1.6rem 0 .5rem; }
p, li, dd, summary { overflow-wrap: anywhere; } p { margin: .5rem 0; }
a { color: var(--link); } :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.soft, caption, .soft td { color: var(--soft); } .small { font-size: .88rem; }
code { font: .86em/1.4 ui-monospace, "SF Mono", Consolas, monospace; overflow-wrap: anywhere; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: .5rem; background: var(--page); padding: .4rem .8rem; }
nav ul { list-style: none; padding: 0; margin: 1rem 0 0; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; }
.warn { border: 1px solid var(--bad); border-left-width: 5px; border-radius: .4rem; padding: .5rem .9rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(13.5rem, 1fr)); gap: .8rem; margin: 1.2rem 0; padding: 0; }
.tiles > div { background: var(--tint); border-radius: .5rem; padding: .7rem .9rem; break-inside: avoid; display: flex; flex-direction: column; }
.tiles dt { font-size: .88rem; font-weight: 600; } .tiles dd { margin: 0; }
.tiles .value { font-size: 1.6rem; font-weight: 700; line-height: 1.3; }
.tiles .value span { white-space: nowrap; font-size: .88rem; font-weight: 400; color: var(--soft); }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.2rem; margin: .8rem 0; }
.facts dt { font-weight: 600; } .facts dd { margin: 0; min-width: 0; }
.scroll { overflow-x: auto; margin: .8rem 0; }
table { border-collapse: collapse; width: 100%%; font-size: .88rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: 0 0 .4rem; font-size: .88rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .7rem .35rem 0; border-bottom: 1px solid var(--line); min-width: 4.5rem; }
tbody th[scope=row] { min-width: 8rem; } .whole { white-space: nowrap; }
thead th { border-bottom: 2px solid var(--soft); } tbody th { font-weight: 600; } tbody th[scope=rowgroup] { background: var(--tint); padding-left: .5rem; }
table.wide td { min-width: 5rem; } td.long, th.long { min-width: 14rem; overflow-wrap: anywhere; }
td.middling { min-width: 8rem; } table.wide td.place { min-width: 8rem; } table.wide td.number { min-width: 2rem; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%%, 26rem), 1fr)); gap: 1.6rem 2rem; align-items: start; }
figure { margin: 0; min-width: 0; break-inside: avoid; } figure h3 { margin-top: .4rem; }
figcaption { font-size: .88rem; color: var(--soft); margin-top: .3rem; }
figure svg { display: block; width: 100%%; max-width: 34rem; height: auto; stroke-linejoin: round; font-family: inherit; }
details { margin: .5rem 0; } summary { cursor: pointer; } figure details { font-size: .88rem; }
.case { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem .9rem; margin: .6rem 0; }
.case > summary { line-height: 1.5; } .case[open] > summary { margin-bottom: .6rem; padding-bottom: .5rem; border-bottom: 1px solid var(--line); }
.case:target, tr:target { outline: 3px solid var(--link); }
.tag { display: inline-block; border: 1px solid currentColor; border-radius: 1rem; padding: 0 .55rem; font-size: .78rem; font-weight: 600; line-height: 1.6; }
.bad { color: var(--bad); } .good { color: var(--good); }
.part { font-weight: 600; margin: .9rem 0 .2rem; font-size: .92rem; }
.said { margin: .3rem 0; padding-left: 1.4rem; } .said > li { margin: .5rem 0; } .said p { margin: .15rem 0; white-space: pre-line; }
blockquote { margin: .2rem 0; padding-left: .8rem; border-left: 3px solid var(--line); font-size: .92rem; white-space: pre-line; overflow-wrap: anywhere; }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 1.5rem; } .sides > div { min-width: 0; }
[dir=auto] { unicode-bidi: isolate; overflow-wrap: anywhere; } p[dir=auto], li[dir=auto], blockquote[dir=auto] { unicode-bidi: plaintext; }
@media (max-width: 40rem) {
  header, main, footer, nav { padding-left: .9rem; padding-right: .9rem; } h1 { font-size: 1.5rem; }
  .sides, .facts { grid-template-columns: 1fr; } .facts dt { margin-top: .4rem; } .tiles { grid-template-columns: 1fr 1fr; gap: .5rem; }
}
@media print {
  @page { size: A4; margin: 16mm 14mm 18mm; @bottom-left { content: "Rapporteur: evaluation report"; font-size: 8pt; }
    @bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt; } }
  html { font-size: 9.5pt; } header, main, footer { max-width: none; padding: 0; } nav, .skip { display: none; }
  details::details-content { content-visibility: visible; block-size: auto; } summary { list-style: none; }
  .scroll { overflow: visible; } table, caption, figcaption, figure details { font-size: 7.5pt; } th, td { padding-right: .4rem; }
  td, td.middling, table.wide td, table.wide td.place { min-width: 3.5rem; } table.wide td.number { min-width: 1.5rem; }
  tbody th[scope=row] { min-width: 7rem; } thead th { min-width: 0; } td.long, thead th.long { min-width: 9rem; }
  thead { display: table-header-group; } tr, li, .tiles > div { break-inside: avoid; } h2, h3, summary, .part, caption { break-after: avoid; }
  .plots { display: block; } figure { margin-bottom: 1.5rem; } figure svg { max-width: 105mm; }
  .tiles { grid-template-columns: repeat(4, 1fr); } a { color: inherit; text-decoration: none; }
  .tiles > div, tbody th[scope=rowgroup] { background: none; border: 1px solid var(--line); }
}
"""

PAGE = """\
{% macro cell(words) %}
{% set value, open, ends = words.partition(" (") %}
{% if open and words|length < 36 %}<span class="whole">{{ value }}</span> <span class="whole soft">({{ ends }}</span>
{%- elif words|length < 14 %}<span class="whole">{{ words }}</span>{% else %}{{ words }}{% endif %}
{% endmacro %}
{% macro table(t, kind="") %}
<div class="scroll" role="region" aria-label="{{ t.caption }}" tabindex="0">
<table{% if kind %} class="{{ kind }}"{% endif %}>
<caption>{{ t.caption }}</caption>
<thead><tr>{% for c in t.columns %}<th scope="col">{{ c }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in t.rows %}
<tr><th scope="row" dir="auto">{{ row[0] }}</th>
{%- for c in row[1:] %}<td{% if c|length > 24 %} class="{{ "long" if c|length > 60 else "middling" }}"{% endif %} dir="auto">{{ cell(c) }}</td>{% endfor %}</tr>
{% endfor %}
</tbody></table></div>
{% endmacro %}
{% macro asked(record) %}
{% for turn in record.case.asked %}{% if not loop.first %} <span class="soft">then:</span> {% endif %}<span dir="auto">{{ turn }}</span>{% endfor %}
{% endmacro %}
{% macro places(of, joint) %}
{% for p in of %}{% if not loop.first %}{{ joint }} {% endif %}<span dir="auto">{{ place(p.instrument, p.clause) }}</span>{% endfor %}
{% endmacro %}
{% macro wanted(case) %}
{% if case.expected == "decline" %}a no{% if case.reason %} ({{ case.reason }}){% endif %}{% else %}{{ places(case.gold, "; or") }}
{%- if case.expected == "correct-premise" %}; and the premise corrected{% endif %}{% endif %}
{% endmacro %}
{% macro declined(record) %}declined{% if record.answer.get("reason") %} ({{ record.answer.reason }}){% endif %}{% endmacro %}
{% macro cited(record) %}
{% if record.declined %}{{ declined(record) }}
{%- elif record.main %}<span dir="auto">{{ place(record.main[0], record.main[1]) }}</span>{% else %}no citation{% endif %}
{% endmacro %}
{% macro answer(record) %}
{% set a = record.answer %}
<p class="small">Outcome: {% if record.declined %}{{ declined(record) }}{% else %}answered{% endif %}
{%- if a.get("premise") %}; premise {{ a.premise }}{% endif %}
{%- if a.get("standalone_question", a.question) != a.question %}; understood as: <span dir="auto">{{ a.standalone_question }}</span>{% endif %}
{%- if record.error %}; the question could not be taken: <span dir="auto">{{ record.error }}</span>{% endif %}
{%- if record.checks.broken %}; <b class="bad">{{ record.checks.broken }} of {{ record.checks.quotations }} quotations do not stand in their
provision</b>{% endif %}.</p>
{% if a.statements %}
<ol class="said">
{% for s in a.statements %}
<li><p dir="auto">{{ s.text }}</p>
{% if s.get("note") %}<p class="soft small" dir="auto">{{ s.note }}</p>{% endif %}
{% for c in s.citations %}
<p class="soft small" dir="auto">{{ place(c.instrument, c.pinpoint) }}{% if c.get("page") %}, p. {{ c.page }}{% endif %}
{%- if c.get("text_kind") %} ({{ c.text_kind }}){% endif %}{% if c.get("url") %} <code>{{ c.url }}</code>{% endif %}</p>
{% if not says(s.text, c.quotation) %}<blockquote dir="auto">{{ c.quotation }}</blockquote>{% endif %}
{% endfor %}
</li>
{% endfor %}
</ol>
{% endif %}
{% if a.get("notes") %}
<ul class="said small">{% for n in a.notes %}<li dir="auto">{{ n }}</li>{% endfor %}</ul>
{% endif %}
{% endmacro %}
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Evaluation report: {{ system }}, run {{ run.label or run.id }}</title>
<style>{{ style }}</style>
</head>
<body>
<a class="skip" href="#short">Skip to the findings</a>
<header>
<h1>Evaluation report: <span dir="auto">{{ system }}</span></h1>
<p>{% if about %}<span dir="auto">{{ about }}</span>. {% endif %}Run <code>{{ run.id }}</code>
{%- if run.label %}, “<span dir="auto">{{ run.label }}</span>”{% endif %}, {{ run.created[:10] }}; Rapporteur {{ run.program }}.</p>
{% if not complete %}
<p class="warn"><b>This run is not complete.</b> Only what was asked so far is reported; the figures may change.</p>
{% endif %}
</header>
<nav aria-label="Contents"><ul>
<li><a href="#short">In short</a></li><li><a href="#measured">What was measured</a></li>
{% if ablation %}<li><a href="#ablation">Systems side by side</a></li>{% endif %}
<li><a href="#plots">In pictures</a></li>
{% if comparison %}<li><a href="#comparison">Comparison</a></li>{% endif %}
<li><a href="#failed">Failed questions</a></li><li><a href="#questions">All questions</a></li><li><a href="#figures">All figures</a></li>
</ul></nav>
<main>
<section id="short" aria-labelledby="short:h"><h2 id="short:h">In short</h2>
<ul>{% for line in in_short %}<li>{{ line }}</li>{% endfor %}</ul>
<dl class="tiles">
{% for f in tiles %}
<div><dt>{{ f.measure.name }}</dt>
{% if f.estimate.reason is none %}
{% set value, ends = parts(f) %}
<dd class="value">{{ value }}{% if ends %} <span>{{ ends }}</span>{% endif %}</dd>
<dd class="soft small">{{ f.measure.about }}; n = {{ f.estimate.n }}{% if f.measure.better == "lower" %}; lower is better{% endif %}</dd>
{% else %}
<dd class="value">–</dd><dd class="soft small">undefined: {{ f.estimate.reason }}</dd>
{% endif %}
</div>
{% endfor %}
</dl>
<p class="soft small">The numbers beside each figure are its 95 % interval: with other questions of the same kinds, the figure would mostly lie in it.
<i>Gold</i> are the provisions that a suite names as the right answer; by paragraph, the paragraph must be right too.</p>
</section>
<section id="measured" aria-labelledby="measured:h"><h2 id="measured:h">What was measured</h2>
<dl class="facts">
{% for name, value, code in facts %}
<dt>{{ name }}</dt><dd>{% if code %}<code>{{ value }}</code>{% else %}<span dir="auto">{{ value }}</span>{% endif %}</dd>
{% endfor %}
</dl>
{{ table(suites) }}
{{ table(systems) }}
</section>
{% if ablation %}
<section id="ablation" aria-labelledby="ablation:h"><h2 id="ablation:h">Systems side by side</h2>
<p>What each part is worth: the same questions, asked of each system.</p>
{{ table(ablation, "wide") }}
</section>
{% endif %}
<section id="plots" aria-labelledby="plots:h"><h2 id="plots:h">In pictures</h2>
<div class="plots">
{% for p in plots %}
<figure aria-labelledby="{{ p.name }}:h"><h3 id="{{ p.name }}:h">{{ p.title }}</h3>
{% if p.svg %}{{ p.svg }}{% else %}<p class="warn">Not drawn: {{ p.reason }}.</p>{% endif %}
<figcaption>{{ p.about }}</figcaption>
<details><summary>The numbers: {{ p.title|lower }}</summary>
{{ table(p.numbers, "wide") }}
</details></figure>
{% endfor %}
</div></section>
{% if comparison %}
<section id="comparison" aria-labelledby="comparison:h"><h2 id="comparison:h">Comparison</h2>
<p>First: <b dir="auto">{{ comparison.names[0] }}</b>, run <code>{{ first_id }}</code>. Second: <b dir="auto">{{ comparison.names[1] }}</b>, the system of
this report.</p>
<ul>{% for line in verdict %}<li><b>{{ line }}</b></li>{% endfor %}</ul>
<p>{{ comparison.common }} questions in both{% if comparison.left_out %}; {{ comparison.left_out }} in one only, or changed, left out{% endif %}.</p>
{% if comparison.notes %}<ul>{% for n in comparison.notes %}<li dir="auto">{{ n }}</li>{% endfor %}</ul>{% endif %}
{{ table(compared, "wide") }}
<p class="soft small">Differences are second less first, question by question, with 95 % intervals; p is how likely so large a difference is by chance,
adjusted for the number of headline measures (Holm).</p>
{% if sides %}{{ table(sides) }}{% endif %}
<h3>Questions that changed ({{ changed|length }})</h3>
{% if not changed %}<p>None.</p>{% endif %}
{% for c in changed %}
<details class="case flip"><summary>
{%- for m in c.lost %}<span class="tag bad">▼ lost: {{ m }}</span> {% endfor %}
{%- for m in c.gained %}<span class="tag good">▲ gained: {{ m }}</span> {% endfor %}
<b dir="auto">{{ c.second.key }}</b> {{ asked(c.second) }}</summary>
<p><b>Wanted:</b> {{ wanted(c.second.case) }} <a class="small" href="#{{ anchors[c.second.key] }}">to the question</a></p>
<div class="sides">
{% for name, r in ((comparison.names[0], c.first), (comparison.names[1], c.second)) %}
<div><p class="part" dir="auto">{{ "First" if loop.first else "Second" }}: {{ name }}</p><p><b>Main citation:</b> {{ cited(r) }}</p>{{ answer(r) }}</div>
{% endfor %}
</div></details>
{% endfor %}
</section>
{% endif %}
<section id="failed" aria-labelledby="failed:h"><h2 id="failed:h">Failed questions</h2>
<ul>{% for failing, n in counts.items() %}<li>{{ failing.value }}: {{ n }}</li>{% endfor %}</ul>
{% if not failed %}<p>No question failed.</p>{% endif %}
{% for suite, found in failed.items() %}
<h3><span dir="auto">{{ suite }}</span>: {{ found|length }} of {{ questions[suite]|length }}</h3>
{% for q in found %}
{% set r = q.record %}
<details class="case" id="{{ q.anchor }}"><summary>
{%- for f in q.failings %}<span class="tag bad">✗ {{ f.value }}</span> {% endfor %}<b dir="auto">{{ r.case.id }}</b> {{ asked(r) }}</summary>
<dl class="facts small">
<dt>Wanted</dt><dd>{{ wanted(r.case) }}</dd>
{% if r.case.also %}<dt>Acceptable beside</dt><dd>{{ places(r.case.also, ";") }}</dd>{% endif %}
{% if r.case.require %}
<dt>One of each required</dt><dd>{% for group in r.case.require %}{% if not loop.first %}; and {% endif %}{{ places(group, " or") }}{% endfor %}</dd>
{% endif %}
<dt>Cited</dt><dd>{% for c in r.cited %}{% if not loop.first %}; {% endif %}<span dir="auto">{{ place(c[0], c[1]) }}</span>{% if loop.first %} (main)
{%- endif %}{% else %}nothing{% endfor %}</dd>
<dt>Kind</dt><dd>{{ r.case.kind }}{% if r.case.lay %}, in lay words{% endif %}</dd>
{% if r.case.note %}<dt>Note of the suite</dt><dd dir="auto">{{ r.case.note }}</dd>{% endif %}
<dt>Link</dt><dd><a href="#{{ q.anchor }}">#{{ q.anchor }}</a></dd>
</dl>
<p class="part">Ranked list</p>
{% if r.retrieved %}
<ol class="said small">
{% for f in r.retrieved %}
{% set what = tag(f.place, r.case.gold, r.case.also) %}
<li><span dir="auto">{{ place(f.instrument, f.pinpoint) }}{% if f.title %}: {{ f.title }}{% endif %}</span>
<span class="soft">{{ "%.3f"|format(f.score) }}</span>{% if what %} <span class="tag good">{{ what }}</span>{% endif %}</li>
{% endfor %}
</ol>
{% else %}<p class="small">Nothing was retrieved.</p>{% endif %}
<p class="part">Answer</p>
{{ answer(r) }}
</details>
{% endfor %}
{% endfor %}
</section>
<section id="questions" aria-labelledby="questions:h"><h2 id="questions:h">All questions</h2>
<div class="scroll" role="region" aria-label="Table of all questions" tabindex="0">
<table class="wide">
<caption>Every question, what was wanted, what was cited first, and the rank of the first right article (– where it is not among ten, or none is wanted)
</caption>
<thead><tr><th scope="col">id</th><th scope="col" class="long">question</th><th scope="col">kind</th><th scope="col">wanted</th>
<th scope="col">main citation</th><th scope="col">result</th><th scope="col">rank</th><th scope="col">ms</th></tr></thead>
{% for suite, of in questions.items() %}
<tbody><tr><th colspan="8" scope="rowgroup" dir="auto">{{ suite }} ({{ of|length }})</th></tr>
{% for q in of %}
{% set r = q.record %}
<tr{% if not q.failings %} id="{{ q.anchor }}"{% endif %}><th scope="row" dir="auto">
{%- if q.failings %}<a href="#{{ q.anchor }}">{{ r.case.id }}</a>{% else %}{{ r.case.id }}{% endif %}</th>
<td class="long">{{ asked(r) }}</td><td>{{ r.case.kind }}</td><td class="place">{{ wanted(r.case) }}</td><td class="place">{{ cited(r) }}</td>
<td class="{{ "bad" if q.failings else "good" }}">{{ "✗" if q.failings else "✓" }} {{ q.result }}</td>
<td class="number">{{ q.rank if q.rank is not none else "–" }}</td><td class="number">{{ "%.0f"|format(r.elapsed_ms) }}</td></tr>
{% endfor %}
</tbody>
{% endfor %}
</table></div></section>
<section id="figures" aria-labelledby="figures:h"><h2 id="figures:h">All figures</h2>
{{ table(all_figures) }}
</section>
</main>
<footer class="soft small"><p>Rapporteur {{ run.program }}. Run <code>{{ run.id }}</code>, corpus <code>{{ run.corpus_checksum }}</code>. This page holds no
script and loads nothing from elsewhere; addresses of publishers are printed as text.</p></footer>
</body>
</html>
"""
