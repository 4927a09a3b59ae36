"""How the pages look: one style sheet and one icon, both sent from this machine; nothing is loaded from elsewhere."""

from __future__ import annotations

#: The page's icon. Drawn here, because a named icon would be loaded from a font service.
ICON = (
    '<svg viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1f4e79"/>'
    '<path d="M9 7h14v3H9zM9 13h14v3H9zM9 19h9v3H9z" fill="#fff"/><path d="M20 18h3v8l-1.5-1.6L20 26z" fill="#e0b04c"/></svg>'
)

#: Below this width of the window the reader is a drawer over the chat, not a column beside it.
_NARROW = "1100px"

STYLE = f"""
<style>
.stApp {{
  --official: light-dark(#0f6b3f, #6fd3a0); --guide: light-dark(#8a5300, #f0b95e); --commentary: light-dark(#5b3fa8, #bba6f5);
  --line: light-dark(#d5dbe3, #324050); --soft: light-dark(#5a6675, #9daab8); --tint: light-dark(#f3f5f8, #1a222c);
  --good: light-dark(#0f6b3f, #6fd3a0); --bad: light-dark(#a32222, #f29a94); --accent: light-dark(#1f4e79, #8fbce6);
  --mark: light-dark(#fdf3d8, #3a3120); --mark-line: light-dark(#c8922a, #d9a648); --page: light-dark(#ffffff, #11161d);
}}
[data-testid="stMainBlockContainer"] {{padding: 4.6rem 2rem 2rem; max-width: 58rem;}}
[data-testid="stMainBlockContainer"]:has(.st-key-reader) {{max-width: 92rem;}}
[data-testid="stBottomBlockContainer"] {{padding: .6rem 2rem 1.3rem; max-width: 58rem;}}
.stApp:has(.st-key-reader) [data-testid="stBottomBlockContainer"] {{max-width: 92rem;}}
[data-testid="stSidebarUserContent"] {{padding: 0 0 1rem;}}
[data-testid="stSidebarContent"] {{padding-left: 1.1rem; padding-right: 1.1rem;}}
[data-testid="stSidebarHeader"] {{height: 3rem; margin-bottom: 0;}}
[data-testid="stChatMessage"] {{padding: .8rem .9rem; gap: .7rem; align-items: flex-start;}}
[data-testid="stChatMessage"] [data-testid="stVerticalBlock"] {{gap: .55rem;}}

:is([data-testid="stPopoverButton"], [data-testid="stBaseButton-tertiary"]):is(:hover, :focus, :active, [aria-expanded="true"]) {{
  color: var(--accent) !important;}}

.brand {{font-size: 1.3rem; font-weight: 700; line-height: 1.2; margin: 0;}}
.soft {{color: var(--soft); font-size: .86rem; line-height: 1.45; margin: .15rem 0 0; overflow-wrap: anywhere;}}
.list {{margin: .2rem 0 0; font-size: .86rem;}}
.list > div {{display: flex; align-items: center; justify-content: space-between; gap: .5rem; padding: .26rem 0; border-bottom: 1px solid var(--line);}}
.list > div:last-child {{border-bottom: 0;}}
.list > div > span:first-child {{overflow: hidden; text-overflow: ellipsis; white-space: nowrap;}}
.kind {{border: 1px solid currentColor; border-radius: 1rem; padding: .02rem .5rem; font-size: .72rem; font-weight: 600; white-space: nowrap; flex: none;}}
.kind.official {{color: var(--official);}} .kind.guide {{color: var(--guide);}} .kind.commentary {{color: var(--commentary);}}
.kind.none {{color: var(--soft);}}
.legend {{display: grid; grid-template-columns: auto 1fr; gap: .35rem .6rem; align-items: center; font-size: .86rem; color: var(--soft); margin-top: .8rem;}}
.legend .kind {{justify-self: start;}}

.hero h1 {{font-size: clamp(1.55rem, 4.2vw, 2.2rem); line-height: 1.15; padding: 0; margin: 1.2rem 0 .6rem; font-weight: 700;}}
.hero p {{margin: 0 0 .4rem; line-height: 1.55;}}
[class*="st-key-example-"] button {{justify-content: flex-start; text-align: left; min-height: 3.9rem; padding: .6rem .9rem; height: 100%;}}
[class*="st-key-example-"] button > div {{justify-content: flex-start; text-align: left;}}
[class*="st-key-example-"] button p {{white-space: normal; font-size: .94rem; line-height: 1.35; text-align: left;}}
.banner {{font-size: .86rem; border: 1px solid var(--guide); border-left-width: 4px; border-radius: .4rem; padding: .5rem .8rem; line-height: 1.5; margin: 0;}}
.banner code, .soft code {{font-size: .82rem; padding: .05rem .3rem; border-radius: .25rem; background: var(--tint); color: inherit; white-space: nowrap;}}

.said {{margin: 0; line-height: 1.6; overflow-wrap: anywhere; unicode-bidi: plaintext; white-space: pre-line;}}
.said.strong {{font-weight: 600;}}
.quote {{margin: .15rem 0; padding: .1rem 0; padding-inline-start: .9rem; border-inline-start: 3px solid var(--line); color: inherit; opacity: .92;
  font-size: .94rem; line-height: 1.55;
  overflow-wrap: anywhere; unicode-bidi: plaintext;}}
.quote.official {{border-color: var(--official);}} .quote.guide {{border-color: var(--guide);}} .quote.commentary {{border-color: var(--commentary);}}
.part {{font-size: .76rem; font-weight: 700; letter-spacing: .06em; text-transform: uppercase; color: var(--soft); margin: .7rem 0 0; padding: .6rem 0 0;
  border-top: 1px solid var(--line);}}
.remark {{color: var(--commentary); font-size: .82rem; font-weight: 600; margin: 0;}}
.notes {{background: var(--tint); border-radius: .5rem; padding: .6rem .9rem .6rem 1.9rem; margin: .3rem 0 0; font-size: .88rem; line-height: 1.5;}}
.notes li {{margin: .15rem 0; overflow-wrap: anywhere;}}
.found {{font-size: .86rem; margin: .2rem 0; padding-left: 1.4rem;}}

:is([class*="st-key-chip-"], [class*="st-key-near-"], [class*="st-key-ref-"]) button {{border-radius: 1rem; min-height: 1.85rem; padding: .12rem .7rem;}}
:is([class*="st-key-chip-"], [class*="st-key-near-"], [class*="st-key-ref-"]) button p {{font-size: .82rem; white-space: normal; text-align: left;}}
[class*="st-key-chip-official-"] button [data-testid="stIconMaterial"] {{color: var(--official);}}
[class*="st-key-chip-guide-"] button [data-testid="stIconMaterial"] {{color: var(--guide);}}
[class*="st-key-chip-commentary-"] button [data-testid="stIconMaterial"] {{color: var(--commentary);}}
[class*="st-key-chip-"][class*="-open"] button {{background: var(--mark); border-color: var(--mark-line);}}
[class*="st-key-follow-"] button {{border-radius: 1rem; min-height: 2rem; padding: .15rem .8rem;}}
[class*="st-key-follow-"] button p {{font-size: .88rem; white-space: normal; text-align: left;}}
[class*="st-key-tools-"] button {{min-height: 1.9rem; padding: .1rem .6rem;}}
[class*="st-key-tools-"] button p {{font-size: .82rem;}}
.st-key-latest {{min-height: calc(100dvh - 5rem);}}

.st-key-reader {{background: var(--page); padding: .9rem 1.1rem; overflow-y: auto; overscroll-behavior: contain; gap: .6rem;}}
.st-key-reader > :has(> .st-key-reader-bar) {{position: sticky; top: -.9rem; z-index: 2; min-width: calc(100% + 2.2rem); margin: -.9rem -1.1rem 0; flex: none;}}
.st-key-reader-bar {{width: 100%; padding: .55rem 1.1rem; background: var(--page); border-bottom: 1px solid var(--line);}}
.reader-head {{font-size: .82rem; color: var(--soft); line-height: 1.4; margin: 0;}}
.reader-title {{font-size: 1.15rem; font-weight: 700; line-height: 1.3; margin: .4rem 0 .35rem; padding: 0;}}
.clause {{line-height: 1.6; font-size: .95rem;}}
.clause p {{margin: .2rem 0; padding: .2rem .6rem; border-inline-start: 3px solid transparent; overflow-wrap: anywhere; unicode-bidi: isolate;}}
.clause p.chosen {{border-color: var(--mark-line); background: var(--mark); border-radius: .2rem;}}
.clause .label {{font-weight: 700; margin-inline-end: .4rem;}}
.badges {{display: inline-flex; flex-wrap: wrap; gap: .3rem; align-items: center;}} .badges .tag {{margin: 0;}}
.sources {{list-style: none; margin: .2rem 0 0; padding: 0 !important; font-size: .86rem; line-height: 1.5;}}
.sources li {{margin: 0 !important; display: flex; flex-wrap: wrap; gap: .1rem .6rem; align-items: center; padding: .15rem 0; overflow-wrap: anywhere;}}
[class*="st-key-page-of-"] img {{border: 1px solid var(--line); border-radius: .3rem; background: #fff;}}
.plain {{border: 1px dashed var(--guide); border-radius: .5rem; padding: .5rem .8rem; font-size: .9rem; line-height: 1.5;}}
.plain :is(h3, h5) {{font-size: .76rem; letter-spacing: .05em; text-transform: uppercase; color: var(--guide); margin: 0 0 .2rem; padding: 0;}}
.plain p {{margin: .25rem 0; overflow-wrap: anywhere;}}
.st-key-reader-bar button p {{font-size: .85rem;}}

.stApp:has(.st-key-evaluation) [data-testid="stMainBlockContainer"] {{max-width: 76rem;}}
.st-key-evaluation h3 {{font-size: 1.1rem; font-weight: 700; line-height: 1.3; margin: 1.4rem 0 0; padding: 0;}}
:is([data-testid="stBaseButton-primary"]:not(:disabled), [data-testid="stMultiSelect"] [data-tag], [data-testid="stMultiSelect"] [data-tag] button) {{
  color: light-dark(#ffffff, #11161d);}}
.st-key-evaluation [data-testid="stCheckbox"] p {{white-space: normal;}}
.field {{font-size: .875rem; margin: .2rem 0 0;}}
.empty {{border: 1px dashed var(--line); border-radius: .5rem; padding: .9rem 1rem; color: var(--soft); margin: .4rem 0; line-height: 1.5;}}
.going {{display: flex; justify-content: space-between; gap: 1rem; font-variant-numeric: tabular-nums;}}
.tag {{display: inline-block; border: 1px solid var(--line); border-radius: .3rem; padding: 0 .4rem; font-size: .76rem; font-weight: 600; line-height: 1.5;
  color: var(--soft); white-space: nowrap; margin-right: .35rem;}}
.tag.good {{color: var(--good); border-color: currentColor;}} .tag.bad {{color: var(--bad); border-color: currentColor;}}
.tag.perhaps {{color: var(--guide); border-color: currentColor;}}
.scroll {{overflow-x: auto; margin: .3rem 0;}}
.figures {{border-collapse: collapse; width: 100%; font-size: .88rem; line-height: 1.35; font-variant-numeric: tabular-nums; margin: 0;}}
.figures :is(th, td) {{padding: .45rem .7rem .45rem 0; border: 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top;}}
.figures :is(th, td):last-child {{padding-right: 0;}}
.figures th {{color: var(--soft); font-size: .78rem; font-weight: 600; vertical-align: bottom; min-width: 4.6rem;}}
.figures small, .card small {{display: block; color: var(--soft); font-size: .76rem; font-weight: 400; line-height: 1.35;}}
.figures th[scope="row"] {{vertical-align: top; font-size: inherit;}}
.figures .num {{white-space: nowrap;}} .figures th.num {{white-space: normal;}}
.figures .none, .card .none {{color: var(--soft);}}
.nowrap {{white-space: nowrap;}}
.reasons p {{color: var(--soft); font-size: .82rem; margin: .1rem 0; line-height: 1.4;}} .reasons b {{font-weight: 600;}}
.cards {{display: grid; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); gap: .7rem; margin: .5rem 0 .3rem;}}
.card {{border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .8rem .7rem; display: flex; flex-direction: column; min-height: 6.6rem;}}
.card .name {{font-size: .8rem; color: var(--soft); line-height: 1.3; flex: 1;}}
.card > b {{font-size: 1.35rem; line-height: 1.35; font-variant-numeric: tabular-nums;}}
.meter {{position: relative; height: .35rem; border-radius: .2rem; background: var(--tint); margin-top: .4rem; box-shadow: inset 0 0 0 1px var(--line);}}
.meter i {{position: absolute; top: 0; bottom: 0; background: var(--accent); opacity: .45; border-radius: .2rem;}}
.meter u {{position: absolute; top: -.15rem; bottom: -.15rem; width: .2rem; margin-left: -.1rem; background: var(--accent); border-radius: .1rem;}}
.plot {{font-size: .86rem; font-weight: 600; margin: .6rem 0 0;}}
.verdict {{margin: .3rem 0; line-height: 1.5;}} .verdict.good b {{color: var(--good);}} .verdict.bad b {{color: var(--bad);}}
.verdict.perhaps b {{color: var(--guide);}}
.wanted {{border-left: 3px solid var(--good); padding-left: .6rem; margin: .3rem 0;}}
.given {{border-left: 3px solid var(--line); padding-left: .6rem; font-size: .92rem;}} .given .said {{line-height: 1.5;}}

.stApp:has(:is(.st-key-library, .st-key-compare, .st-key-status, .st-key-audit)) [data-testid="stMainBlockContainer"] {{max-width: 84rem;}}
:is(.st-key-library, .st-key-compare, .st-key-status, .st-key-settings) :is(h2, h3) {{
  font-size: 1.1rem; font-weight: 700; line-height: 1.3; margin: .9rem 0 0; padding: 0;}}
:is(.st-key-library, .st-key-compare, .st-key-status, .st-key-settings) h3 {{font-size: 1rem; margin: 0;}}
.vh {{position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;}}
.st-key-settings [data-testid="stWidgetLabel"] {{color: inherit !important; opacity: 1 !important;}}
[class*="st-key-instrument-"] [data-testid="stHtml"] {{flex: 1 1 16rem; min-width: 0;}}
.instrument h2 {{margin: 0 !important;}} .instrument .texts {{list-style: none; margin: .4rem 0 0; padding: 0; font-size: .88rem; line-height: 1.7;}}
.instrument .texts .kind {{margin-right: .3rem;}}
.log {{font-size: .84rem; line-height: 1.5; max-height: 18rem; overflow-y: auto;}} .log p {{margin: .1rem 0; overflow-wrap: anywhere;}}
.facts {{display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; margin: 0; font-size: .88rem; line-height: 1.45;}}
.facts dt {{color: var(--soft);}} .facts dd {{margin: 0; overflow-wrap: anywhere;}}
.st-key-outline {{max-height: 68dvh; overflow-y: auto; border: 1px solid var(--line); border-radius: .5rem; padding: .3rem;}}
.st-key-outline button {{justify-content: flex-start; text-align: left; min-height: 1.9rem; padding: .2rem .4rem; border-radius: .3rem;}}
.st-key-outline button > div {{justify-content: flex-start;}}
.st-key-outline button p {{font-size: .88rem; text-align: left; white-space: normal; line-height: 1.35;}}
.st-key-outline [class*="st-key-unit-here-"] button {{background: var(--mark); font-weight: 600;}}
.st-key-outline [class*="st-key-unit-"][class*="-rtl"] button, .st-key-outline [class*="-rtl"] button > div {{direction: rtl; justify-content: flex-start;}}
.st-key-outline [class*="-rtl"] button p {{text-align: right; direction: rtl;}}
.division {{font-size: .78rem; font-weight: 700; color: var(--soft); margin: .6rem .4rem .1rem; line-height: 1.35;}}
.pair {{display: grid; grid-template-columns: 1fr 1fr; gap: 0 1.2rem;}} .pair .col-head {{font-weight: 700; border-bottom: 1px solid var(--line);}}
mark {{background: var(--mark); color: inherit; border-bottom: 2px solid var(--mark-line);}}
.changes {{list-style: none; padding: 0; margin: .3rem 0; line-height: 1.55; font-size: .94rem;}}
.changes li {{border-top: 1px solid var(--line); padding: .4rem 0;}} .changes p {{margin: .2rem 0 0; overflow-wrap: anywhere; unicode-bidi: plaintext;}}
del {{color: var(--bad); text-decoration: line-through 2px;}}
ins {{color: var(--good); text-decoration: underline 2px; text-underline-offset: .18em;}}
.own {{color: inherit; background: var(--mark); text-decoration-color: var(--mark-line); font-weight: 600;}}
.compare :is(th, td) {{min-width: 15rem; width: 30%; padding: .6rem .9rem .6rem 0; font-size: .9rem; line-height: 1.5;}}
.compare thead th {{font-size: .9rem; color: inherit;}}
.compare :is(th[scope="row"], th:first-child) {{min-width: 7rem; width: 10%; color: var(--soft); font-size: .84rem; vertical-align: top;}}
.compare p {{margin: .15rem 0; overflow-wrap: anywhere; unicode-bidi: plaintext;}} .compare .of {{display: none;}}
.compare .words {{white-space: pre-line;}}
.st-key-status .cards {{grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr));}}
.st-key-status .card .name {{flex: none;}} .st-key-status .card small {{overflow-wrap: anywhere; margin-top: .2rem;}}
.compare .one + .one {{margin-top: .7rem; padding-top: .5rem; border-top: 1px dashed var(--line);}}
.strength {{font-size: .8rem; color: var(--soft);}}
.people th[scope="row"] {{color: inherit; font-size: .88rem; vertical-align: top;}} .people td small {{overflow-wrap: anywhere;}}
.people td:nth-child(3) {{max-width: 22rem; min-width: 9rem;}} .people td:nth-child(8) {{min-width: 13rem;}}
.said-by {{border-bottom: 1px solid var(--line); padding: .4rem 0;}} .said-by summary {{cursor: pointer; font-size: .94rem;}}
[class*="st-key-own-"] [data-testid="stHtml"], [class*="st-key-gone-"] [data-testid="stHtml"] {{flex: 1 1 12rem;}}
@media (max-width: 640px) {{
  .st-key-outline {{max-height: 14rem;}}
  .pair {{gap: 0 .6rem; font-size: .86rem;}}
  .facts {{grid-template-columns: 1fr; gap: 0;}} .facts dd {{margin-bottom: .4rem;}}
  .compare, .compare :is(tbody, tr, td, th[scope="row"]) {{display: block; width: 100% !important; min-width: 0 !important;}}
  .compare thead {{display: block; position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden;}}
  .stApp [class*="st-key-instrument-"] {{flex-wrap: wrap;}}
  .compare .of {{display: block; font-size: .78rem; font-weight: 700; color: var(--soft);}}
  .compare th[scope="row"] {{border-bottom: 0; padding: .9rem 0 0; font-size: .94rem; font-weight: 700; color: inherit;}}
}}

[data-testid="stHorizontalBlock"]:has(> [data-testid="stColumn"] .st-key-chat):not(:has(.st-key-reader)) {{gap: 0;}}
[data-testid="stHorizontalBlock"]:has(> [data-testid="stColumn"] .st-key-chat):not(:has(.st-key-reader)) >
  [data-testid="stColumn"]:last-child {{display: none;}}
@media (max-width: 640px) {{ [data-testid="stColumn"]:has(.st-key-chat) {{min-width: 100%;}} }}
@media (min-width: {_NARROW}) {{
  [data-testid="stColumn"]:has(.st-key-reader) > [data-testid="stVerticalBlock"] {{position: sticky; top: 4.3rem; height: auto; flex: none;}}
  .st-key-reader {{max-height: calc(100dvh - 11.3rem);}}
}}
@media (max-width: {_NARROW}) {{
  [data-testid="stHorizontalBlock"]:has(> [data-testid="stColumn"] .st-key-reader) {{gap: 0;}}
  [data-testid="stColumn"]:has(.st-key-reader) {{flex: 0 0 0; min-width: 0; width: 0; height: 0;}}
  .st-key-reader {{position: fixed; z-index: 999; top: 3.75rem; bottom: 0; right: 0; width: min(27rem, 100vw); height: auto; border-radius: .6rem 0 0 0;
    box-shadow: -4px 0 24px rgb(0 0 0 / .22); border-color: var(--line);}}
  .st-key-reader:has(.earlier) {{display: none;}}
}}
@media (max-width: 640px) {{
  [data-testid="stMainBlockContainer"] {{padding: 4.4rem .9rem 1rem;}}
  [data-testid="stBottomBlockContainer"] {{padding: .4rem .9rem .9rem;}}
  [data-testid="stChatMessage"] {{padding: .6rem .2rem; flex-direction: column; gap: .4rem;}}
  [data-testid="stChatMessageContent"] {{width: 100%;}}
  .st-key-reader {{width: 100vw; border-radius: 0;}}
  [class*="st-key-example-"] button {{min-height: 3rem;}}
}}
</style>
"""
