#!/usr/bin/env python3
"""Makes the built-in catalogue from three public lists of models.

    catalogue/extract.py MODELS_DEV LITELLM OPENROUTER DATE > catalogue.tsv

The lists are models.dev (providers and base_models as one JSON file), LiteLLM's
model_prices_and_context_window.json, and OpenRouter's answer to /api/v1/models; DATE says how old
they are. The result is server/src/main/resources/tollgate/catalog/catalogue.tsv, whose head explains
its format. The same lists give the same bytes.

Only facts are taken: names, prices, lengths, modalities. Where the lists differ, models.dev is
believed for prices and lengths, and LiteLLM adds what models.dev lacks: dated names, tiers.
"""

import json
import re
import sys
from decimal import ROUND_HALF_EVEN, Decimal

MILLION = Decimal(1_000_000)
NANO = Decimal("0.000000001")

# Ours -> models.dev's, LiteLLM's, the prefix of LiteLLM's ids, and which of those we take: it lists
# retired models and names of its own too.
MAKERS = {
    "openai": ("openai", "openai", "", r""),
    "anthropic": ("anthropic", "anthropic", "", r"^claude-(opus|sonnet|haiku|fable)-"),
    "gemini": ("google", "gemini", "gemini/", r"^gemini-(embedding|pro|flash|2\.5|3)"),
    "deepseek": ("deepseek", "deepseek", "deepseek/", r"^deepseek-v4"),
    "mistral": ("mistral", "mistral", "mistral/", r"embed"),
    "xai": ("xai", "xai", "xai/", r"^grok-(4|code)"),
}
HOSTS = {
    "groq": "groq",
    "together": "togetherai",
    "fireworks": "fireworks-ai",
    "chutes": "chutes",
}

# Not chat or embeddings, or priced by something other than tokens.
NOT_OURS = re.compile(
    r"image|audio|tts|whisper|transcribe|realtime|live|veo|imagen|lyria|video|omni-(?!mod)|robotics"
    r"|deep-research|\bsearch|computer-use|moderation|guard|safeguard|orpheus|ocr|voxtral|^ft:|exp-"
    r"|sonar|learnlm|gemini-gemma|^together-ai-|compound|multi-agent|perplexity/"
)

# OpenRouter's own routers, whose price depends on where they send a call, and moving names.
NO_FIXED_PRICE = re.compile(r"^~|^openrouter/")

# The most that one image costs, in tokens, from the providers' pages on vision (2026-11); where
# nothing is said here the gateway assumes 16,384.
IMAGE_TOKENS = [
    ("openai", re.compile(r"^gpt-4o-mini"), 50_000),
    ("openai", re.compile(r"^(gpt-4o|gpt-4-turbo|o1|o3)"), 2_000),
    ("openrouter", re.compile(r"^openai/gpt-4o-mini"), 50_000),
    ("anthropic", re.compile(r""), 5_000),
    ("openrouter", re.compile(r"^anthropic/"), 5_000),
]

LETTERS = {"text": "t", "image": "i", "audio": "a", "pdf": "f", "file": "f", "video": "v"}

# Names that documents of clients mention, and what stands for them today.
ALIASES = [
    ("claude-3-opus-20240229", "anthropic", "claude-opus-4-1"),
    ("claude-3-opus-20240229", "openrouter", "anthropic/claude-opus-4.1"),
    ("claude-3-sonnet-20240229", "anthropic", "claude-sonnet-4-5"),
    ("claude-3-sonnet-20240229", "openrouter", "anthropic/claude-sonnet-4.5"),
    ("claude-3-sonnet", "anthropic", "claude-sonnet-4-5"),
    ("claude-3-sonnet", "openrouter", "anthropic/claude-sonnet-4.5"),
    ("anthropic/claude-3-sonnet", "openrouter", "anthropic/claude-sonnet-4.5"),
    ("claude-3-haiku-20240307", "anthropic", "claude-haiku-4-5"),
    ("claude-3-haiku-20240307", "openrouter", "anthropic/claude-3-haiku"),
    ("mistral-large", "mistral", "mistral-large-latest"),
    ("mistral-large", "openrouter", "mistralai/mistral-large"),
    ("mistral-large-135", "mistral", "mistral-large-latest"),
    ("mistral/mistral-large-135", "openrouter", "mistralai/mistral-large"),
    ("llama-3.1-405b", "openrouter", "nousresearch/hermes-3-llama-3.1-405b"),
    ("gemma-groq-416", "groq", "llama-3.1-8b-instant"),
    ("groq/gemma-groq-416", "openrouter", "google/gemma-3-27b-it"),
    ("gpt-5-thinking", "openai", "gpt-5"),
    ("gpt-5-thinking", "openrouter", "openai/gpt-5"),
    ("gpt-5-instant", "openai", "gpt-5-chat-latest"),
    ("gpt-5-instant", "openrouter", "openai/gpt-5"),
]

# The built-in provider that needs no account.
SANDBOX = [
    "echo", "lorem", "slow", "tools", "json", "error-401", "error-429", "error-500",
    "error-overloaded", "stall", "cut",
]

HEAD = """\
# The models that Tollgate knows without being told: made by catalogue/extract.py, not by hand.
# Sources: models.dev (MIT), LiteLLM (MIT), OpenRouter's /api/v1/models; as of {date}.
#
# @provider opens a section, sorted by model. A line has, between tabs:
#   model
#   context length in tokens, - unknown
#   longest answer in tokens, - unknown
#   what it takes in: t text, i image, a audio, f file, v video
#   whether it may think out of sight: h it may, or nobody knows; v all it writes is visible
#   price in USD per million tokens: input, output, then c cached input, w cache write, l cache
#     write for an hour, r reasoning; > begins a tier: the tokens that input must exceed, then as before
#   the most that an image costs in tokens, - unknown
# The section @aliases has name, provider, model.
"""


def amount(value):
    """USD, to the nano-dollar, in its shortest form; None when unknown or negative."""
    if value is None:
        return None
    number = Decimal(str(value)).quantize(NANO, rounding=ROUND_HALF_EVEN)
    if number < 0:
        return None
    return format(number.normalize(), "f")


def per_token(value):
    return None if value is None else amount(Decimal(str(value)) * MILLION)


def rates(source):
    """input output cCACHED wWRITE lLONG rREASONING, from a dict of texts."""
    words = [source["input"], source["output"]]
    for letter, name, default in (
        ("c", "cached", "input"),
        ("w", "write", "input"),
        ("l", "long", None),
        ("r", "reasoning", "output"),
    ):
        value = source.get(name)
        if value is not None and (default is None or Decimal(value) != Decimal(source[default])):
            words.append(letter + value)
    return " ".join(words)


def price(model, base, tiers):
    if base.get("input") is None or base.get("output") is None:
        return None
    if Decimal(base["input"]) == 0 and not model.endswith((":free", "/free")):
        return None  # a free tier, or nobody knows
    text = rates(base)
    for above in sorted(tiers):
        tier = tiers[above]
        if tier.get("input") is None or tier.get("output") is None:
            continue
        text += " >%d %s" % (above, rates(tier))
    return text


def with_hour(rate, provider, model):
    """Anthropic sells cache writes that live an hour at twice the input price."""
    claude = provider == "anthropic" or (provider == "openrouter" and model.startswith("anthropic/"))
    if claude and rate.get("write") is not None:
        rate["long"] = amount(2 * Decimal(rate["input"]))
    return rate


def models_dev_price(cost, provider, model):
    def one(c):
        return with_hour(
            {
                "input": amount(c.get("input")),
                "output": amount(c.get("output")),
                # Absent or 0 beside a paid input: no discount known.
                "cached": amount(c.get("cache_read") or c.get("cached_input") or None),
                "write": amount(c.get("cache_write") or None),
                "reasoning": amount(c.get("reasoning")),
            },
            provider,
            model,
        )

    tiers = {t["tier"]["size"]: one(t) for t in cost.get("tiers", [])}
    return one(cost), tiers


def litellm_price(row, provider, model):
    def one(suffix):
        return with_hour(
            {
                "input": per_token(row.get("input_cost_per_token" + suffix)),
                "output": per_token(row.get("output_cost_per_token" + suffix)),
                "cached": per_token(
                    row.get("cache_read_input_token_cost" + suffix)
                    or row.get("input_cost_per_token_cache_hit" + suffix)
                    or None
                ),
                "write": per_token(row.get("cache_creation_input_token_cost" + suffix) or None),
                "reasoning": per_token(row.get("output_cost_per_reasoning_token" + suffix)),
            },
            provider,
            model,
        )

    base = one("")
    if row.get("mode") == "embedding" and base["output"] is None:
        base["output"] = "0"
    tiers = {}
    for key in row:
        match = re.fullmatch(r"input_cost_per_token_above_(\d+)k_tokens", key)
        if match:
            tiers[int(match[1]) * 1000] = one("_above_%sk_tokens" % match[1])
    return base, tiers


def hidden(provider, model, reasoning, streams_reasoning):
    """Whether output may be billed that a stream does not show; unknown counts as yes."""
    if provider == "openai":
        return bool(re.match(r"o\d|gpt-5|codex", model))
    if re.match(r"openai/(o\d|gpt-5)", model):
        return True
    if provider == "xai":
        return "non-reasoning" not in model
    if provider == "deepseek" or provider in ("fireworks", "chutes", "together") and streams_reasoning:
        return False
    return reasoning is not False


def image_tokens(provider, model, letters):
    if "i" in letters:
        for its, pattern, tokens in IMAGE_TOKENS:
            if its == provider and pattern.search(model):
                return str(tokens)
    return "-"


def line(provider, model, context, output, modalities, is_hidden, text):
    letters = "".join(c for c in "tiafv" if c in {LETTERS.get(m) for m in modalities})
    return "\t".join(
        [
            model,
            str(int(context)) if context else "-",
            str(int(output)) if output else "-",
            letters or "t",
            "h" if is_hidden else "v",
            text,
            image_tokens(provider, model, letters),
        ]
    )


def whole(entry, bases):
    """An entry of models.dev with what it inherits."""
    base = bases.get(entry.get("base_model"), {})
    merged = {**base, **entry}
    for part in ("limit", "modalities"):
        merged[part] = {**base.get(part, {}), **entry.get(part, {})}
    return merged


def from_models_dev(provider, entries, bases, rows):
    for model, entry in entries.items():
        entry = whole(entry, bases)
        cost = entry.get("cost")
        output = entry["modalities"].get("output", ["text"])
        if cost is None or output != ["text"] or NOT_OURS.search(model):
            continue
        if entry.get("status") == "deprecated":
            continue
        takes = list(entry["modalities"].get("input", ["text"]))
        # Audio at a price of its own: we have no such class, so it is not for sale.
        if "audio" in takes and cost.get("input_audio", cost["input"]) != cost["input"]:
            takes.remove("audio")
        base, tiers = models_dev_price(cost, provider, model)
        embedding = "embed" in model
        limit = entry["limit"]
        rows[model] = (
            limit.get("context"),
            None if embedding else limit.get("output"),
            takes,
            not embedding
            and hidden(provider, model, entry.get("reasoning"), bool(entry.get("interleaved"))),
            base,
            tiers,
        )


def from_litellm(provider, maker, listed, date, deprecated, rows):
    _, name, prefix, ours = maker
    for key, row in listed.items():
        if row.get("litellm_provider") != name or not key.startswith(prefix):
            continue
        model = key[len(prefix):]
        if row.get("mode") not in ("chat", "embedding", "responses") or NOT_OURS.search(model):
            continue
        if not re.search(ours, model):
            continue
        if "/" in model or model in deprecated or (row.get("deprecation_date") or "9999") <= date:
            continue
        if any("audio" in k and "output" in k for k in row if row[k] is True):
            continue
        base, tiers = litellm_price(row, provider, model)
        if model in rows:
            known = rows[model]
            if not known[5] and same_price(known[4], base):
                rows[model] = known[:5] + (tiers,)
            continue
        embedding = row["mode"] == "embedding"
        takes = ["text"]
        takes += ["image"] if row.get("supports_vision") else []
        takes += ["pdf"] if row.get("supports_pdf_input") else []
        # max_input_tokens is the context length, but for OpenAI's models that split it.
        context = row.get("max_input_tokens") or row.get("max_tokens")
        output = None if embedding else row.get("max_output_tokens")
        if context == 272_000 and output:
            context = 400_000
        reasoning = bool(row.get("supports_reasoning"))
        rows[model] = (
            context,
            output,
            takes,
            not embedding and hidden(provider, model, reasoning, False),
            base,
            tiers,
        )


def same_price(one, other):
    return all(
        one[k] is not None and other[k] is not None and Decimal(one[k]) == Decimal(other[k])
        for k in ("input", "output")
    )


def from_openrouter(listed, rows):
    for entry in listed:
        model = entry["id"]
        shape = entry["architecture"]
        cost = entry["pricing"]
        if shape["output_modalities"] != ["text"] or NOT_OURS.search(model):
            continue
        if NO_FIXED_PRICE.search(model) or Decimal(cost["prompt"]) < 0:
            continue

        def one(c):
            base = {
                "input": per_token(c.get("prompt")),
                "output": per_token(c.get("completion")),
                "cached": per_token(c.get("input_cache_read")),
                "write": per_token(c.get("input_cache_write")),
                "long": per_token(c.get("input_cache_write_1h")),
                "reasoning": per_token(c.get("internal_reasoning")),
            }
            # A write cheaper than reading is the storage alone, on top of the input price.
            if base["write"] is not None and Decimal(base["write"]) < Decimal(base["input"]):
                base["write"] = amount(Decimal(base["write"]) + Decimal(base["input"]))
            return base if base["long"] else with_hour(base, "openrouter", model)

        # What a tier does not say stays, but reasoning follows the tier's output.
        whole_tier = {k: v for k, v in cost.items() if k != "internal_reasoning"}
        tiers = {
            t["min_prompt_tokens"]: one({**whole_tier, **t})
            for t in cost.get("overrides", [])
            if "min_prompt_tokens" in t
        }
        takes = list(shape["input_modalities"])
        if "audio" in takes and cost.get("audio", cost["prompt"]) != cost["prompt"]:
            takes.remove("audio")
        top = entry.get("top_provider") or {}
        reasons = "reasoning" in entry.get("supported_parameters", [])
        rows[model] = (
            entry.get("context_length"),
            top.get("max_completion_tokens"),
            takes,
            hidden("openrouter", model, reasons, False),
            one(cost),
            tiers,
        )


def section(provider, rows):
    yield "@" + provider
    for model in sorted(rows):
        context, output, takes, is_hidden, base, tiers = rows[model]
        text = price(model, base, tiers)
        if text is not None:
            yield line(provider, model, context, output, takes, is_hidden, text)


def main(models_dev, litellm, openrouter, date):
    with open(models_dev, encoding="utf-8") as file:
        dev = json.load(file)
    with open(litellm, encoding="utf-8") as file:
        lite = json.load(file)
    with open(openrouter, encoding="utf-8") as file:
        router = json.load(file)["data"]
    out = [HEAD.format(date=date).rstrip("\n")]
    out.append("@sandbox")
    out += [
        line("sandbox", name, 128_000, 16_384, ["text", "image", "audio", "file"], False, "0 0")
        for name in sorted(SANDBOX)
    ]
    out.append("@aliases")
    out += ["\t".join(alias) for alias in ALIASES]
    known = {}
    for provider, maker in MAKERS.items():
        entries = dev["providers"][maker[0]]["models"]
        deprecated = {m for m, e in entries.items() if e.get("status") == "deprecated"}
        rows = known.setdefault(provider, {})
        from_models_dev(provider, entries, dev["base_models"], rows)
        from_litellm(provider, maker, lite, date, deprecated, rows)
    for provider, name in HOSTS.items():
        rows = known.setdefault(provider, {})
        from_models_dev(provider, dev["providers"][name]["models"], dev["base_models"], rows)
    from_openrouter(router, known.setdefault("openrouter", {}))
    for name, provider, model in ALIASES:
        if model not in known[provider]:
            sys.exit("alias %s: %s does not have %s" % (name, provider, model))
    for provider, rows in known.items():
        out += section(provider, rows)
    print("\n".join(out))


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
