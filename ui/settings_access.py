"""Who may do what: the rules, which role they give somebody, and changing them."""

from __future__ import annotations

import time

import streamlit as st

from corpus.access import rules_of, standing
from corpus.acting import MAY, Role
from corpus.errors import BadInputError, RapporteurError
from corpus.settings import Settings
from corpus.settings_file import ACCESS, Value, with_changes
from ui.render import as_html, escaped
from ui.settings_fields import changed, key_of, listed, locked, put, source_note, where
from ui.visitor import of_claims

_DEFAULTS = {"none": "Nobody else is let in", "reader": "Whoever signs in is a reader", "editor": "Whoever signs in is an editor"}


def access_view(settings: Settings) -> None:
    """Draws the view."""
    if settings.sign_in:
        st.html(f'<p class="soft">The app asks for a sign-in, {as_html(where(settings, "sign_in"))}.</p>')
    else:
        st.html('<p class="banner">The app asks for no sign-in, so these rules do not count yet. RAPPORTEUR_SIGN_IN and docs/access.md say how it does.</p>')
    source_note(settings, ACCESS)
    st.html(who_html(settings))
    st.html("<h2>Which role has …</h2>")
    _look_up(settings)
    st.html("<h2>Change the rules</h2>")
    values = _fields(settings)
    changes = changed(settings, values)
    try:
        with_changes(settings, changes)
    except RapporteurError as error:
        st.error(escaped(str(error)), icon=":material/edit:")
        return
    st.button("Save", key="save-access", type="primary", icon=":material/save:", disabled=not changes, on_click=put, args=(settings, changes, _still_admin))


def who_html(settings: Settings) -> str:
    """Returns who has which role, as HTML."""
    rows = []
    for role in reversed(Role):
        people, values = rules_of(settings, role)
        named = [*people, *(f"{settings.access_claim} = {v}" for v in values if settings.access_claim)]
        if settings.access_default == role:
            named.append("whoever signs in")
        shown = "<br>".join(as_html(n) for n in named) or '<span class="none">nobody</span>'
        rows.append(f'<tr><th scope="row">{role}</th><td dir=auto>{shown}</td><td>may {as_html(MAY[role])}</td></tr>')
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Role", "Who", "What"))
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="Who has which role"><table class="figures"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _look_up(settings: Settings) -> None:
    left, right = st.columns(2, gap="small")
    email = left.text_input("An e-mail address", key="look-up-email", max_chars=300, placeholder="name@example.org")
    values = right.text_input(f"Values of {settings.access_claim}", key="look-up-claim", max_chars=600) if settings.access_claim else ""
    if not email.strip() and not values.strip():
        return
    claims: dict[str, object] = {"email": email, "email_verified": True}
    if settings.access_claim:
        claims[settings.access_claim] = list(listed(values))
    found = standing(claims, settings)
    st.html(f'<p class="said" role="status"><b>{found.role or "Not let in"}</b>: {as_html(found.why)}.</p>')


def _fields(settings: Settings) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for column, role in zip(st.columns(3, gap="small"), Role, strict=True):
        name = f"access_{role}s"
        values[name] = _addresses(column.text_area(
            f"{role.capitalize()}s", value="\n".join(getattr(settings, name)), key=key_of(name), height=110, disabled=locked(settings, name),
            placeholder="name@example.org, or example.org for all of a domain",
        ))  # fmt: skip
    left, right = st.columns(2, gap="small")
    values["access_default"] = left.selectbox(
        "Everybody else", list(_DEFAULTS), index=list(_DEFAULTS).index(settings.access_default), format_func=_DEFAULTS.__getitem__,
        key=key_of("access_default"), disabled=locked(settings, "access_default"),
    )  # fmt: skip
    values["sign_in_hours"] = right.number_input("Hours that a sign-in is good for", 0.5, 720.0, value=settings.sign_in_hours, step=0.5,
                                                 key=key_of("sign_in_hours"), disabled=locked(settings, "sign_in_hours"))  # fmt: skip
    claim = st.text_input("Claim of the identity token that gives roles", value=settings.access_claim or "", key=key_of("access_claim"), max_chars=200,
                          disabled=locked(settings, "access_claim"), placeholder="groups, roles, realm_access.roles … (may stay empty)")  # fmt: skip
    values["access_claim"] = claim.strip() or None
    for column, role in zip(st.columns(3, gap="small"), Role, strict=True):
        name = f"access_claim_{role}s"
        values[name] = listed(column.text_area(f"Values that make {role}s", value="\n".join(getattr(settings, name)), key=key_of(name), height=80,
                                               disabled=locked(settings, name)))  # fmt: skip
    values["access_unverified_email"] = st.checkbox(
        "Count e-mail addresses that the provider does not call verified", value=settings.access_unverified_email, key=key_of("access_unverified_email"),
        disabled=locked(settings, "access_unverified_email"), help="Only for a provider that is your own organisation's alone: elsewhere, people choose them.",
    )  # fmt: skip
    return values


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.casefold().removeprefix("@") for one in listed(text)))


def _still_admin(after: Settings) -> None:
    """Refuses rules after which whoever saves them would be no admin.

    Raises:
        BadInputError: They would not be.
    """
    if after.sign_in and of_claims(dict(st.user), after, time.time()).actor.role is not Role.ADMIN:
        raise BadInputError("With these rules you would be no admin any more. Another admin can save them, or whoever runs the server.")
