"""Chat models by `init_chat_model`: which provider, with which options, and how each is made to reply in the shape of `SCHEMA`."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from assistant.phrases import words
from assistant.writing.shape import SCHEMA
from corpus.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import Runnable

#: Ways to have a reply in shape, tried in this order; the first that the server takes is kept.
METHODS = ("json_schema", "tools", "text")
#: Extras of this package that bring a provider's package.
_EXTRAS = {"openai": "openai", "azure_openai": "openai", "anthropic": "anthropic", "ollama": "ollama"}
_PROVIDER = re.compile(r"(?P<provider>[a-z][a-z_]+):(?P<model>.+)")
#: Providers besides those of `_EXTRAS` that `init_chat_model` knows by this name; before a colon, any other word is part of a model's name.
_OTHERS = frozenset(words("""
    anthropic_bedrock azure_ai baseten bedrock bedrock_converse cohere deepseek fireworks google_anthropic_vertex google_genai google_vertexai groq
    huggingface ibm litellm meta mistralai nvidia openrouter perplexity together upstage xai
"""))
_TOOL = {"name": "answer", "description": "Gives the statements, each with the provisions that support it.", "parameters": SCHEMA}


class WritingError(Exception):
    """No usable reply; the message is one clause for the reader, without anything that a server said.

    Attributes:
        kind: What happened, for records: ``time``, ``unreachable``, ``rate``, ``server``, ``key``, ``request``, ``form`` …
    """

    def __init__(self, kind: str, message: str) -> None:
        """Takes the kind and the clause."""
        super().__init__(message)
        self.kind = kind


def split_name(name: str, base_url: str | None) -> tuple[str | None, str]:
    """Returns provider and model of a name; with an address, a name without a known provider is asked by OpenAI's protocol."""
    match = _PROVIDER.fullmatch(name.strip())
    if match and (match["provider"] in _EXTRAS or match["provider"] in _OTHERS):
        return match["provider"], match["model"]
    return ("openai" if base_url else None), name.strip()


def _options(provider: str | None, model: str, settings: Settings, *, temperature: bool) -> dict[str, Any]:
    out: dict[str, Any] = {}
    key = settings.model_api_key.get_secret_value() if settings.model_api_key else None
    if temperature and settings.model_temperature is not None:
        out["temperature"] = settings.model_temperature
    if provider == "ollama":
        out |= {"num_predict": settings.model_max_tokens, "client_kwargs": {"timeout": settings.model_timeout_s}}
        return out | ({"base_url": settings.model_base_url} if settings.model_base_url else {})
    out |= {"max_tokens": settings.model_max_tokens, "timeout": settings.model_timeout_s, "max_retries": 0}
    if provider in ("openai", "azure_openai"):
        out |= {"use_responses_api": False, "stream_usage": True}  # chat completions are what other servers speak as well
    if provider == "azure_openai":
        out["azure_deployment"] = model
        if settings.model_base_url:
            out["azure_endpoint"] = settings.model_base_url
    elif settings.model_base_url:
        out["base_url"] = settings.model_base_url
        if provider == "openai":
            key = key or "none"  # the provider's own key does not go to another address
    return out | ({"api_key": key} if key else {})


def open_model(settings: Settings, *, temperature: bool = True) -> tuple[str | None, BaseChatModel]:
    """Returns the provider and the chat model of the settings; nothing is sent yet.

    Raises:
        WritingError: The provider is unknown, or its package or a key is missing.
    """
    from langchain.chat_models import init_chat_model

    name = settings.model or ""
    provider, model = split_name(name, settings.model_base_url)
    try:
        return provider, init_chat_model(model, model_provider=provider, **_options(provider, model, settings, temperature=temperature))
    except ImportError as error:
        extra = _EXTRAS.get(provider or "")
        what = f"`pip install 'rapporteur[{extra}]'`" if extra else f"install LangChain's for {provider or name!r}"
        raise WritingError("package", f"it needs a package that is not installed: {what}") from error
    except Exception as error:  # an unknown provider, a missing key: each provider's package has errors of its own
        expected = "expected is provider:model, such as openai:gpt-4.1-mini, and a key in RAPPORTEUR_MODEL_API_KEY or the provider's own variable"
        raise WritingError("setup", f"it cannot be set up ({type(error).__name__}): {expected}") from error


def bound(provider: str | None, model: BaseChatModel, method: str) -> Runnable[Any, Any] | None:
    """Returns the model made to reply by a method; None where it has no such method."""
    if method == "json_schema":
        if provider in ("openai", "azure_openai"):
            # In the body as it is: given by name, the client would parse the reply itself and fail where it is cut.
            form = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA}}
            return model.bind(extra_body={"response_format": form})
        return model.bind(format=SCHEMA) if provider == "ollama" else None
    if method == "tools":
        try:
            return model.bind_tools([{"type": "function", "function": _TOOL}], tool_choice="any")
        except (NotImplementedError, TypeError, ValueError):
            return None
    return model.bind(stream_usage=False) if provider in ("openai", "azure_openai") else model


def where(settings: Settings) -> str | None:
    """Returns the address set for the model; None where none is set. The settings take none that holds a password."""
    return settings.model_base_url.rstrip("/") if settings.model_base_url else None


def scrubbed(text: str, settings: Settings) -> str:
    """Returns text without the key of the settings, and without any value that a variable of the environment named as a key or secret holds."""
    secrets = [settings.model_api_key.get_secret_value()] if settings.model_api_key else []
    secrets += [value for name, value in os.environ.items() if re.search(r"KEY|TOKEN|SECRET|PASSWORD", name, re.IGNORECASE) and len(value) >= 8]
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "[secret]")
    return re.sub(r"\b(?:sk|pk|key)-[\w-]{8,}|Bearer\s+\S+", "[secret]", text)
