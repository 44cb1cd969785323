// Scenes of OpenAI's official JavaScript SDK against a running gateway, which starts this script.
//
// Prints `ok NAME` or `not ok NAME` with a reason for each scene. `? closed MODEL` asks the starter
// to say, on standard input, whether the provider has seen the end of that model's connection.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import readline from 'node:readline';
import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { VERSION } from 'openai/version';
import { z } from 'zod';

const base = process.env.SDK_BASE_URL;
const keys = JSON.parse(process.env.SDK_KEYS);
const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();

const client = (who = 'rich', options = {}) =>
  new OpenAI({ baseURL: base, apiKey: keys[who], maxRetries: 0, ...options });
const model = (name) => `node-${name}`;
const messages = [{ role: 'user', content: 'Hello!' }];
const ask = (c, name, more = {}, options = {}) =>
  c.chat.completions.create({ model: model(name), messages, ...more }, options);

async function refused(kind, status, act) {
  try {
    await act();
  } catch (error) {
    assert.equal(error.constructor.name, kind.name, `${error}`);
    assert.equal(error.status, status);
    assert.ok(error.requestID, 'no x-request-id');
    return error;
  }
  assert.fail(`no error (expected: ${kind.name})`);
}

async function askClosed(name) {
  console.log(`? closed ${model(name)}`);
  assert.equal((await lines.next()).value, 'closed');
}

const tools = [
  {
    type: 'function',
    function: {
      name: 'weather',
      description: 'The weather of a city.',
      parameters: {
        type: 'object',
        properties: { city: { type: 'string' } },
        required: ['city'],
        additionalProperties: false,
      },
      strict: true,
    },
  },
];

const Event = z.object({ name: z.string(), day: z.string(), people: z.array(z.string()) });

const scenes = {
  // -------------------------------------------------------------- answers

  async plain() {
    const c = await ask(client(), 'plain');
    assert.equal(c.choices[0].message.content, 'Hello there');
    assert.equal(c.choices[0].finish_reason, 'stop');
    assert.deepEqual(c.usage, { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 });
    assert.equal(c.model, model('plain'));
    assert.ok(c._request_id);
  },

  async headersOfAnAnswer() {
    const { data, response, request_id: id } = await ask(client(), 'plain').withResponse();
    assert.equal(response.headers.get('x-tollgate-cost'), '0.0000132');
    assert.ok(id.startsWith('req_'));
    assert.equal(data.choices[0].message.content, 'Hello there');
  },

  async streamed() {
    let text = '';
    let finish = null;
    for await (const chunk of await ask(client(), 'stream', { stream: true })) {
      assert.equal(chunk.choices.length, 1);
      assert.equal(chunk.usage, undefined);
      text += chunk.choices[0].delta.content ?? '';
      finish = chunk.choices[0].finish_reason ?? finish;
    }
    assert.deepEqual([text, finish], ['One two three', 'stop']);
  },

  async streamedWithUsage() {
    const stream = await ask(client(), 'stream', {
      stream: true,
      stream_options: { include_usage: true },
    });
    let last;
    for await (const chunk of stream) last = chunk;
    assert.deepEqual(last.choices, []);
    assert.deepEqual(last.usage, { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 });
  },

  async streamHelper() {
    const stream = client().chat.completions.stream({ model: model('stream'), messages });
    let text = '';
    stream.on('content', (delta) => (text += delta));
    assert.equal(await stream.finalContent(), 'One two three');
    assert.equal(text, 'One two three');
  },

  async severalChoicesAndLogprobsPass() {
    await ask(client(), 'echoed', {
      n: 2,
      logprobs: true,
      top_logprobs: 2,
      seed: 7,
      stop: ['END'],
      user: 'ann',
    });
  },

  async reasoningPasses() {
    const c = await ask(client(), 'reasoning');
    assert.equal(c.choices[0].message.reasoning_content, 'Let me think.');
    assert.equal(c.usage.completion_tokens_details.reasoning_tokens, 4);
    assert.equal(c.usage.prompt_tokens_details.cached_tokens, 3);
  },

  async tools() {
    const [call] = (await ask(client(), 'tools', { tools })).choices[0].message.tool_calls;
    assert.deepEqual(call.function, { name: 'weather', arguments: '{"city":"Paris"}' });
  },

  async toolsInParallel() {
    const c = await ask(client(), 'parallel', { tools, parallel_tool_calls: true });
    assert.deepEqual(
      c.choices[0].message.tool_calls.map((call) => call.function.arguments),
      ['{"city":"Paris"}', '{"city":"Rome"}'],
    );
  },

  async toolsInParallelStreamed() {
    const stream = client().chat.completions.stream({ model: model('parallel'), messages, tools });
    const c = await stream.finalChatCompletion();
    assert.deepEqual(
      c.choices[0].message.tool_calls.map((call) => JSON.parse(call.function.arguments)),
      [{ city: 'Paris' }, { city: 'Rome' }],
    );
  },

  async toolsThatRun() {
    const asked = [];
    const runner = client().chat.completions.runTools({
      model: model('runs'),
      messages,
      tools: [
        {
          type: 'function',
          function: {
            name: 'weather',
            parse: JSON.parse,
            parameters: tools[0].function.parameters,
            function: ({ city }) => {
              asked.push(city);
              return 'sunny';
            },
          },
        },
      ],
    });
    assert.equal(await runner.finalContent(), 'It is sunny.');
    assert.deepEqual(asked, ['Paris']);
  },

  async structuredOutput() {
    const c = await client().chat.completions.parse({
      model: model('structured'),
      messages,
      response_format: zodResponseFormat(Event, 'event'),
    });
    assert.deepEqual(c.choices[0].message.parsed, {
      name: 'fair',
      day: 'Friday',
      people: ['Ann', 'Bo'],
    });
  },

  async structuredOutputStreamed() {
    const stream = client().chat.completions.stream({
      model: model('structured'),
      messages,
      response_format: zodResponseFormat(Event, 'event'),
    });
    const c = await stream.finalChatCompletion();
    assert.deepEqual(c.choices[0].message.parsed.people, ['Ann', 'Bo']);
  },

  async embeddings() {
    const e = await client().embeddings.create({ model: model('vectors'), input: ['one', 'two'] });
    assert.equal(e.data.length, 2);
    assert.deepEqual([...e.data[1].embedding], [0.012500000186264515, -0.5, 0.25]);
    assert.equal(e.usage.prompt_tokens, 20);
  },

  async embeddingsAsFloats() {
    const e = await client().embeddings.create({
      model: model('vectors'),
      input: [1, 2, 3],
      encoding_format: 'float',
      dimensions: 3,
    });
    assert.deepEqual(e.data[0].embedding, [0.0125, -0.5, 0.25]);
  },

  async models() {
    const names = [];
    for await (const m of client().models.list()) names.push(m.id);
    assert.ok(names.includes(model('plain')));
    assert.equal((await client().models.retrieve(model('plain'))).id, model('plain'));
    assert.equal((await client().models.retrieve('author/node-slash')).object, 'model');
  },

  async sandboxByTestKey() {
    const c = await client('test').chat.completions.create({
      model: 'sandbox/echo',
      messages: [{ role: 'user', content: 'ping' }],
    });
    assert.equal(c.system_fingerprint, 'sandbox');
    assert.match(c.choices[0].message.content, /ping/);
  },

  // -------------------------------------------------------------- what callers may add

  async headersAndQueriesOfOnesOwn() {
    const c = client('rich', {
      organization: 'org-1',
      project: 'proj-1',
      defaultHeaders: { 'X-Title': 'scenes', 'X-Mine': '1' },
      defaultQuery: { trace: 'on' },
    });
    await ask(
      c,
      'echoed',
      { unknown_field: { deep: [1, 2.5] } },
      { headers: { 'x-tollgate-tags': 'a=b' }, query: { more: '1' } },
    );
  },

  async anIdempotencyKeyReplays() {
    const once = () =>
      ask(client(), 'once', {}, { headers: { 'Idempotency-Key': 'node-scene' } }).withResponse();
    const first = await once();
    const second = await once();
    assert.equal(second.response.headers.get('x-tollgate-replay'), 'true');
    assert.equal(first.data.id, second.data.id);
  },

  // -------------------------------------------------------------- errors

  async wrongKey() {
    const c = new OpenAI({ baseURL: base, apiKey: 'gw_live_nothing', maxRetries: 0 });
    const error = await refused(OpenAI.AuthenticationError, 401, () => ask(c, 'plain'));
    assert.equal(error.code, 'invalid_api_key');
  },

  async noKey() {
    const c = client('rich', { defaultHeaders: { Authorization: null } });
    await refused(OpenAI.AuthenticationError, 401, () => ask(c, 'plain'));
  },

  async keyWithoutScope() {
    await refused(OpenAI.PermissionDeniedError, 403, () => ask(client('reader'), 'plain'));
  },

  async unknownModel() {
    const error = await refused(OpenAI.NotFoundError, 404, () => ask(client(), 'of-nobody'));
    assert.deepEqual([error.code, error.param], ['model_not_found', 'model']);
  },

  async unknownPath() {
    await refused(OpenAI.NotFoundError, 404, () => client().files.list());
  },

  async ourBadRequest() {
    const error = await refused(OpenAI.BadRequestError, 400, () =>
      ask(client(), 'plain', { n: 0 }),
    );
    assert.deepEqual([error.param, error.type], ['n', 'invalid_request_error']);
  },

  async theProvidersBadRequest() {
    const error = await refused(OpenAI.BadRequestError, 400, () => ask(client(), 'says-400'));
    assert.match(error.message, /fake upstream says 400/);
  },

  async theProviders422() {
    await refused(OpenAI.UnprocessableEntityError, 422, () => ask(client(), 'says-422'));
  },

  async theProvidersLimit() {
    const error = await refused(OpenAI.RateLimitError, 429, () => ask(client(), 'says-429'));
    assert.equal(error.headers.get('retry-after'), '7');
    assert.doesNotMatch(error.message, /fake upstream/);
  },

  async ourLimit() {
    const c = client('limited');
    await ask(c, 'plain');
    const error = await refused(OpenAI.RateLimitError, 429, () => ask(c, 'plain'));
    assert.ok(Number(error.headers.get('retry-after')) > 0);
  },

  async outOfCredits() {
    const error = await refused(OpenAI.APIError, 402, () => ask(client('poor'), 'dear'));
    assert.equal(error.code, 'insufficient_quota');
  },

  async theProviderFails() {
    const error = await refused(OpenAI.InternalServerError, 502, () => ask(client(), 'says-500'));
    assert.doesNotMatch(error.message, /fake upstream/);
  },

  async theProviderRefusesOurKey() {
    await refused(OpenAI.InternalServerError, 502, () => ask(client(), 'says-401'));
  },

  async theStreamFailsBeforeItsFirstEvent() {
    await refused(OpenAI.InternalServerError, 502, () =>
      ask(client(), 'says-500', { stream: true }),
    );
  },

  async theStreamBreaks() {
    let text = '';
    try {
      for await (const chunk of await ask(client(), 'breaks', { stream: true })) {
        text += chunk.choices[0].delta.content ?? '';
      }
    } catch (error) {
      assert.ok(error instanceof OpenAI.APIError, `${error}`);
      assert.deepEqual([text, error.code], ['half', 'upstream_error']);
      return;
    }
    assert.fail('no error inside the stream');
  },

  async creditsEndInsideAStream() {
    let finish = null;
    let count = 0;
    for await (const chunk of await ask(client('modest'), 'dear', { stream: true })) {
      count++;
      finish = chunk.choices[0].finish_reason ?? finish;
    }
    assert.equal(finish, 'length');
    assert.ok(count > 5);
  },

  async errorsOfTheSandbox() {
    const play = (name) =>
      client('test').chat.completions.create({ model: `sandbox/error-${name}`, messages });
    await refused(OpenAI.AuthenticationError, 401, () => play('401'));
    await refused(OpenAI.RateLimitError, 429, () => play('429'));
    await refused(OpenAI.InternalServerError, 500, () => play('500'));
    await refused(OpenAI.InternalServerError, 503, () => play('overloaded'));
  },

  // -------------------------------------------------------------- retries, time, leaving

  async limitsAreTriedAgain() {
    const counts = [];
    const c = client('rich', { maxRetries: 3, fetch: counting(counts) });
    assert.equal((await ask(c, 'flaky-429')).choices[0].message.content, 'fine');
    assert.deepEqual(counts, ['0', '1', '2']);
  },

  async failuresAreTriedAgain() {
    const counts = [];
    const c = client('rich', { maxRetries: 2, fetch: counting(counts) });
    assert.equal((await ask(c, 'flaky-500')).choices[0].message.content, 'fine');
    assert.deepEqual(counts, ['0', '1']);
  },

  async refusalsAreNotTriedAgain() {
    await refused(OpenAI.BadRequestError, 400, () =>
      ask(client('rich', { maxRetries: 3 }), 'once-400'),
    );
  },

  async aTimeOutCancelsUpstream() {
    await assert.rejects(
      ask(client('rich', { timeout: 500 }), 'silent'),
      OpenAI.APIConnectionTimeoutError,
    );
    await askClosed('silent');
  },

  async aStreamThatIsAbortedCancelsUpstream() {
    const stream = await ask(client(), 'endless', { stream: true });
    let count = 0;
    for await (const _ of stream) {
      if (++count === 4) stream.controller.abort();
    }
    await askClosed('endless');
  },

  async manyAtOnce() {
    const texts = await Promise.all(
      Array.from({ length: 10 }, async () => (await ask(client(), 'plain')).choices[0].message.content),
    );
    assert.deepEqual(texts, Array(10).fill('Hello there'));
  },

  // -------------------------------------------------------------- recorded traffic

  async recordings() {
    const path = process.env.SDK_REPLAYS;
    if (!path) return;
    const c = client();
    for (const replay of JSON.parse(fs.readFileSync(path, 'utf8'))) {
      let text = '';
      const asked = { model: replay.model, messages };
      if (replay.stream) {
        for await (const chunk of await c.chat.completions.create({ ...asked, stream: true })) {
          for (const choice of chunk.choices) text += said(choice.delta);
        }
      } else {
        const answer = await c.chat.completions.create(asked);
        for (const choice of answer.choices) text += said(choice.message);
      }
      assert.equal(text, replay.said, replay.path);
    }
  },
};

function counting(counts) {
  return (url, init) => {
    counts.push(new Headers(init.headers).get('x-stainless-retry-count'));
    return fetch(url, init);
  };
}

function said(message) {
  const calls = (message.tool_calls ?? []).map((call) => call.function?.arguments ?? '');
  return (typeof message.content === 'string' ? message.content : '') + calls.join('');
}

console.log(`sdk node openai ${VERSION}`);
for (const [name, act] of Object.entries(scenes)) {
  try {
    await act();
    console.log(`ok ${name}`);
  } catch (error) {
    console.error(error);
    console.log(`not ok ${name}: ${`${error}`.replaceAll('\n', ' ').slice(0, 1500)}`);
  }
}
process.exit(0);
