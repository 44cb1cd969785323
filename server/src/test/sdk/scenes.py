"""Scenes of OpenAI's official Python SDK against a running gateway, which starts this script.

Prints `ok NAME` or `not ok NAME` with a reason for each scene. `? closed MODEL` asks the starter
to say, on standard input, whether the provider has seen the end of that model's connection.
"""

import asyncio
import json
import os
import sys
import traceback

import openai
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel

BASE = os.environ["SDK_BASE_URL"]
KEYS = json.loads(os.environ["SDK_KEYS"])
SCENES = []


def scene(function):
    SCENES.append(function)
    return function


def client(who="rich", **options):
    options.setdefault("max_retries", 0)
    return OpenAI(base_url=BASE, api_key=KEYS[who], **options)


def model(name):
    return "python-" + name


def ask(c, name, **options):
    return c.chat.completions.create(
        model=model(name), messages=[{"role": "user", "content": "Hello!"}], **options
    )


def equal(found, wanted):
    assert found == wanted, f"{found!r} (expected: {wanted!r})"


def refused(kind, status, act):
    try:
        act()
    except openai.APIStatusError as error:
        equal(type(error), kind)
        equal(error.status_code, status)
        assert error.request_id, "no x-request-id"
        return error
    raise AssertionError(f"no error (expected: {kind.__name__})")


def ask_closed(name):
    print("? closed " + model(name), flush=True)
    equal(sys.stdin.readline().strip(), "closed")


TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "weather",
            "description": "The weather of a city.",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
                "additionalProperties": False,
            },
            "strict": True,
        },
    }
]


class Event(BaseModel):
    name: str
    day: str
    people: list[str]


# ---------------------------------------------------------------- answers


@scene
def plain():
    c = ask(client(), "plain")
    equal(c.choices[0].message.content, "Hello there")
    equal(c.choices[0].finish_reason, "stop")
    equal((c.usage.prompt_tokens, c.usage.completion_tokens, c.usage.total_tokens), (7, 2, 9))
    equal((c.object, c.model), ("chat.completion", model("plain")))
    assert c._request_id, "no x-request-id"


@scene
def headers_of_an_answer():
    raw = client().chat.completions.with_raw_response.create(
        model=model("plain"), messages=[{"role": "user", "content": "Hello!"}]
    )
    equal(raw.headers["x-tollgate-cost"], "0.0000132")  # 7 tokens at $1 and 2 at $2 a million, + 20 %
    assert raw.headers["x-request-id"].startswith("req_")
    equal(raw.parse().choices[0].message.content, "Hello there")


@scene
def streamed():
    text, finish = "", None
    for chunk in ask(client(), "stream", stream=True):
        equal(len(chunk.choices), 1)
        assert chunk.usage is None
        text += chunk.choices[0].delta.content or ""
        finish = chunk.choices[0].finish_reason or finish
    equal((text, finish), ("One two three", "stop"))


@scene
def streamed_with_usage():
    chunks = list(ask(client(), "stream", stream=True, stream_options={"include_usage": True}))
    equal(chunks[-1].choices, [])
    equal((chunks[-1].usage.prompt_tokens, chunks[-1].usage.completion_tokens), (5, 3))


@scene
def stream_helper():
    with client().chat.completions.stream(
        model=model("stream"), messages=[{"role": "user", "content": "Hello!"}]
    ) as stream:
        deltas = [event.delta for event in stream if event.type == "content.delta"]
        equal("".join(deltas), "One two three")
        equal(stream.get_final_completion().choices[0].message.content, "One two three")


@scene
def several_choices_and_logprobs_pass():
    ask(client(), "echoed", n=2, logprobs=True, top_logprobs=2, seed=7, stop=["END"], user="ann")


@scene
def reasoning_passes():
    c = ask(client(), "reasoning")
    equal(c.choices[0].message.reasoning_content, "Let me think.")
    equal(c.usage.completion_tokens_details.reasoning_tokens, 4)
    equal(c.usage.prompt_tokens_details.cached_tokens, 3)


@scene
def tools():
    call = ask(client(), "tools", tools=TOOLS).choices[0].message.tool_calls[0]
    equal((call.function.name, call.function.arguments), ("weather", '{"city":"Paris"}'))


@scene
def tools_in_parallel():
    c = ask(client(), "parallel", tools=TOOLS, parallel_tool_calls=True)
    equal(
        [call.function.arguments for call in c.choices[0].message.tool_calls],
        ['{"city":"Paris"}', '{"city":"Rome"}'],
    )
    equal(c.choices[0].finish_reason, "tool_calls")


@scene
def tools_in_parallel_streamed():
    with client().chat.completions.stream(
        model=model("parallel"), messages=[{"role": "user", "content": "Hello!"}], tools=TOOLS
    ) as stream:
        for _ in stream:
            pass
        calls = stream.get_final_completion().choices[0].message.tool_calls
    equal(
        [call.function.parsed_arguments for call in calls], [{"city": "Paris"}, {"city": "Rome"}]
    )


@scene
def a_conversation_with_tool_results():
    c = client().chat.completions.create(
        model=model("plain"),
        tools=TOOLS,
        tool_choice="auto",
        messages=[
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "Weather?"}]},
            {
                "role": "assistant",
                "tool_calls": [
                    {
                        "id": "call_1",
                        "type": "function",
                        "function": {"name": "weather", "arguments": '{"city":"Paris"}'},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": "call_1", "content": "sunny ☀"},
        ],
    )
    equal(c.choices[0].message.content, "Hello there")


@scene
def structured_output():
    c = client().chat.completions.parse(
        model=model("structured"),
        messages=[{"role": "user", "content": "Hello!"}],
        response_format=Event,
    )
    equal(c.choices[0].message.parsed, Event(name="fair", day="Friday", people=["Ann", "Bo"]))


@scene
def structured_output_streamed():
    with client().chat.completions.stream(
        model=model("structured"),
        messages=[{"role": "user", "content": "Hello!"}],
        response_format=Event,
    ) as stream:
        for _ in stream:
            pass
        parsed = stream.get_final_completion().choices[0].message.parsed
    equal(parsed.people, ["Ann", "Bo"])


@scene
def embeddings():
    e = client().embeddings.create(model=model("vectors"), input=["one", "two"])
    equal(len(e.data), 2)
    equal(e.data[1].embedding, [0.012500000186264515, -0.5, 0.25])  # sent as base64
    equal(e.usage.prompt_tokens, 20)


@scene
def embeddings_as_floats():
    e = client().embeddings.create(
        model=model("vectors"), input=[1, 2, 3], encoding_format="float", dimensions=3
    )
    equal(e.data[0].embedding, [0.0125, -0.5, 0.25])


@scene
def models():
    names = [m.id for m in client().models.list()]
    assert model("plain") in names, names
    equal(client().models.retrieve(model("plain")).id, model("plain"))
    equal(client().models.retrieve("author/python-slash").object, "model")


@scene
def sandbox_by_test_key():
    c = client("test").chat.completions.create(
        model="sandbox/echo", messages=[{"role": "user", "content": "ping"}]
    )
    equal(c.system_fingerprint, "sandbox")
    assert "ping" in c.choices[0].message.content


# ---------------------------------------------------------------- what callers may add


@scene
def headers_and_queries_of_ones_own():
    c = client(
        organization="org-1",
        project="proj-1",
        default_headers={"X-Title": "scenes", "X-Mine": "1"},
        default_query={"trace": "on"},
    )
    ask(
        c,
        "echoed",
        extra_headers={"x-tollgate-tags": "a=b"},
        extra_query={"more": "1"},
        extra_body={"unknown_field": {"deep": [1, 2.50]}},
    )


@scene
def an_idempotency_key_replays():
    def once():
        return client().chat.completions.with_raw_response.create(
            model=model("once"),
            messages=[{"role": "user", "content": "Hello!"}],
            extra_headers={"Idempotency-Key": "python-scene"},
        )

    first, second = once(), once()
    equal(second.headers["x-tollgate-replay"], "true")
    equal(first.text, second.text)


# ---------------------------------------------------------------- errors


@scene
def wrong_key():
    c = OpenAI(base_url=BASE, api_key="gw_live_nothing", max_retries=0)
    error = refused(openai.AuthenticationError, 401, lambda: ask(c, "plain"))
    equal(error.code, "invalid_api_key")


@scene
def no_key():
    without = {"Authorization": openai.Omit()}
    refused(
        openai.AuthenticationError, 401, lambda: ask(client(), "plain", extra_headers=without)
    )


@scene
def key_without_scope():
    refused(openai.PermissionDeniedError, 403, lambda: ask(client("reader"), "plain"))


@scene
def unknown_model():
    error = refused(openai.NotFoundError, 404, lambda: ask(client(), "of-nobody"))
    equal((error.code, error.param), ("model_not_found", "model"))


@scene
def unknown_path():
    refused(openai.NotFoundError, 404, lambda: client().files.list())


@scene
def our_bad_request():
    error = refused(openai.BadRequestError, 400, lambda: ask(client(), "plain", n=0))
    equal((error.param, error.type), ("n", "invalid_request_error"))


@scene
def the_providers_bad_request():
    error = refused(openai.BadRequestError, 400, lambda: ask(client(), "says-400"))
    assert "fake upstream says 400" in error.message, error.message


@scene
def the_providers_422():
    refused(openai.UnprocessableEntityError, 422, lambda: ask(client(), "says-422"))


@scene
def the_providers_limit():
    error = refused(openai.RateLimitError, 429, lambda: ask(client(), "says-429"))
    equal(error.response.headers["retry-after"], "7")
    assert "fake upstream" not in error.message, error.message


@scene
def our_limit():
    c = client("limited")
    ask(c, "plain")
    error = refused(openai.RateLimitError, 429, lambda: ask(c, "plain"))
    assert 0 < int(error.response.headers["retry-after"]) <= 60


@scene
def out_of_credits():
    error = refused(openai.APIStatusError, 402, lambda: ask(client("poor"), "dear"))
    equal(error.code, "insufficient_quota")


@scene
def the_provider_fails():
    error = refused(openai.InternalServerError, 502, lambda: ask(client(), "says-500"))
    assert "fake upstream" not in error.message, error.message


@scene
def the_provider_refuses_our_key():
    refused(openai.InternalServerError, 502, lambda: ask(client(), "says-401"))


@scene
def the_stream_fails_before_its_first_event():
    refused(openai.InternalServerError, 502, lambda: ask(client(), "says-500", stream=True))


@scene
def the_stream_breaks():
    text = ""
    try:
        for chunk in ask(client(), "breaks", stream=True):
            text += chunk.choices[0].delta.content or ""
    except openai.APIError as error:
        equal((text, error.code), ("half", "upstream_error"))
        return
    raise AssertionError("no error inside the stream")


@scene
def credits_end_inside_a_stream():
    finish = None
    count = 0
    for chunk in ask(client("modest"), "dear", stream=True):
        count += 1
        finish = chunk.choices[0].finish_reason or finish
    equal(finish, "length")
    assert count > 5, count


@scene
def errors_of_the_sandbox():
    c = client("test")

    def play(name):
        return c.chat.completions.create(
            model="sandbox/error-" + name, messages=[{"role": "user", "content": "Hello!"}]
        )

    refused(openai.AuthenticationError, 401, lambda: play("401"))
    refused(openai.RateLimitError, 429, lambda: play("429"))
    refused(openai.InternalServerError, 500, lambda: play("500"))
    refused(openai.InternalServerError, 503, lambda: play("overloaded"))


# ---------------------------------------------------------------- retries, time, leaving


def taken(raw):
    return raw.retries_taken, raw.http_request.headers["x-stainless-retry-count"]


@scene
def limits_are_tried_again():
    raw = client(max_retries=3).chat.completions.with_raw_response.create(
        model=model("flaky-429"), messages=[{"role": "user", "content": "Hello!"}]
    )
    equal(taken(raw), (2, "2"))
    equal(raw.parse().choices[0].message.content, "fine")


@scene
def failures_are_tried_again():
    raw = client(max_retries=2).chat.completions.with_raw_response.create(
        model=model("flaky-500"), messages=[{"role": "user", "content": "Hello!"}]
    )
    equal(taken(raw), (1, "1"))
    equal(raw.parse().choices[0].message.content, "fine")


@scene
def refusals_are_not_tried_again():
    refused(openai.BadRequestError, 400, lambda: ask(client(max_retries=3), "once-400"))


@scene
def a_time_out_cancels_upstream():
    try:
        ask(client(timeout=0.5), "silent")
    except openai.APITimeoutError:
        ask_closed("silent")
        return
    raise AssertionError("no time-out")


@scene
def a_stream_that_is_closed_cancels_upstream():
    stream = ask(client(), "endless", stream=True)
    for count, _ in enumerate(stream):
        if count == 3:
            break
    stream.close()
    ask_closed("endless")


# ---------------------------------------------------------------- asynchronous


@scene
def asynchronous():
    async def run():
        async with AsyncOpenAI(base_url=BASE, api_key=KEYS["rich"], max_retries=0) as c:
            messages = [{"role": "user", "content": "Hello!"}]

            async def whole():
                answer = await c.chat.completions.create(model=model("plain"), messages=messages)
                return answer.choices[0].message.content

            async def streamed():
                text = ""
                stream = await c.chat.completions.create(
                    model=model("stream"), messages=messages, stream=True
                )
                async for chunk in stream:
                    text += chunk.choices[0].delta.content or ""
                return text

            return await asyncio.gather(*[whole() for _ in range(5)], *[streamed() for _ in range(5)])

    equal(asyncio.run(run()), ["Hello there"] * 5 + ["One two three"] * 5)


# ---------------------------------------------------------------- recorded traffic


def said(message):
    calls = [call.function.arguments or "" for call in message.tool_calls or [] if call.function]
    content = message.content if isinstance(message.content, str) else ""
    return content + "".join(calls)


@scene
def recordings():
    path = os.environ.get("SDK_REPLAYS")
    if not path:
        return
    with open(path, encoding="utf-8") as file:
        replays = json.load(file)
    c = client()
    for replay in replays:
        messages = [{"role": "user", "content": "Hello!"}]
        name = replay["model"]
        if replay["stream"]:
            text = ""
            for chunk in c.chat.completions.create(model=name, messages=messages, stream=True):
                for choice in chunk.choices:
                    text += said(choice.delta)
        else:
            answer = c.chat.completions.create(model=name, messages=messages)
            text = "".join(said(choice.message) for choice in answer.choices)
        assert text == replay["said"], f"{replay['path']}: {text!r} (expected: {replay['said']!r})"


def main():
    print("sdk python openai " + openai.__version__, flush=True)
    for function in SCENES:
        try:
            function()
            print("ok " + function.__name__, flush=True)
        except Exception as error:  # every scene is judged, whatever the others do
            traceback.print_exc()
            reason = f"{type(error).__name__}: {error}".replace("\n", " ")
            print(f"not ok {function.__name__}: {reason[:1500]}", flush=True)


main()
