"""How the chat's own parts look: the list of conversations, comparisons, records. What all pages share is in `ui.style`."""

from __future__ import annotations

CHAT_STYLE = """
<style>
[class*="st-key-row-"] {border-radius: .4rem; flex-wrap: nowrap;}
[class*="st-key-row-open-"] {background: var(--mark);}
[class*="st-key-row-"] > :first-child {flex: 1 1 0; min-width: 0;}
[class*="st-key-talk-"] button {justify-content: flex-start; min-height: 2rem; padding: .2rem .5rem; width: 100%;}
[class*="st-key-talk-"] button > div {justify-content: flex-start; min-width: 0;}
[class*="st-key-talk-"] button p {font-size: .88rem; text-align: left; overflow: hidden; text-overflow: ellipsis; white-space: nowrap;}
[class*="st-key-manage-"] button {min-height: 2rem; min-width: 2rem; padding: .2rem;}
[class*="st-key-manage-"] button [data-testid="stMarkdownContainer"] {position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);}
.excerpt {padding: 0 .5rem .3rem; margin: 0;}
.st-key-talks [data-testid="stCaptionContainer"] {margin: 0;}

[class*="st-key-ways-"] {margin-top: .3rem;}
:is([class*="st-key-edit-"], [class*="st-key-again-"], [class*="st-key-former-"]) button {min-height: 2rem; padding: .15rem .5rem;}
:is([class*="st-key-edit-"], [class*="st-key-again-"], [class*="st-key-former-"]) button p {font-size: .82rem;}
.strength-tag {margin: .3rem 0 0;}

[class*="st-key-table-"] {border: 1px solid var(--line); border-radius: .5rem; padding: .2rem .9rem .7rem;}
[class*="st-key-table-"] .head {font-weight: 700; font-size: .9rem; margin: .4rem 0 0;}
[class*="st-key-table-"] .element {font-size: .82rem; font-weight: 700; color: var(--soft); margin: .5rem 0 0; padding: .5rem 0 .2rem;
  border-top: 1px solid var(--line);}
[class*="st-key-table-"] .element::first-letter {text-transform: uppercase;}
[class*="st-key-table-"] .cell {font-size: .94rem; line-height: 1.5; margin: 0 0 .3rem; overflow-wrap: anywhere; unicode-bidi: plaintext;}
[class*="st-key-table-"] .cell .none {color: var(--soft);}
[class*="st-key-table-"] .of {position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);}

.facts, .facts :is(dt, dd) {padding: 0; margin-left: 0;}
.recorded h1 {font-size: 1.4rem; line-height: 1.2; padding: 0; margin: .6rem 0 .2rem;}
.replay {font-size: 1.05rem; font-weight: 700; margin: 0; padding: 0;}
@media (max-width: 640px) {
  [class*="st-key-heads-"] {display: none;}
  [class*="st-key-table-"] .of {position: static; width: auto; height: auto; clip-path: none; display: block; font-weight: 700;
    font-size: .82rem; margin: .3rem 0 0;}
}
</style>
"""
