import assert from 'node:assert/strict';
import { listPrices } from '../../src/core/prices.ts';
import { createAnthropicProvider } from '../../src/providers/anthropic/index.ts';
import type { Reply } from '../support/messagesServer/reply.ts';
import { startMessagesServer } from '../support/messagesServer/server.ts';
import { failureOf, opening, startBench, toRequest } from './anthropicBench.ts';

const script = (): Reply => ({ pieces: [{ type: 'text', text: 'Hello.' }] });
const request = toRequest(opening('Hello'));

describe('Anthropic provider and the environment', () => {
  it('uses nothing from it: no key, no token, no profile, no address, no header, no log', async () => {
    const trap = await startMessagesServer({ script });
    const env = {
      ANTHROPIC_API_KEY: 'env-key',
      ANTHROPIC_AUTH_TOKEN: 'env-token',
      ANTHROPIC_BASE_URL: trap.url,
      ANTHROPIC_PROFILE: 'env-profile',
      ANTHROPIC_CUSTOM_HEADERS: 'Authorization: Bearer env-header\nX-Env: leaked\nAnthropic-Version: 1999-01-01\nUser-Agent: env-agent',
      ANTHROPIC_LOG: 'debug',
    };
    const before = Object.keys(env).map((name) => [name, process.env[name]] as const);
    Object.assign(process.env, env);
    const logged: unknown[] = [];
    const spied = (['debug', 'info', 'log', 'warn', 'error'] as const).map((level) => [level, console[level]] as const);
    for (const [level] of spied) {
      console[level] = (...args: unknown[]) => logged.push(args);
    }
    const { run, server } = await startBench({ script });
    try {
      const course = await run(request);
      assert.equal(course.error, undefined);
      const headers = server.seen[0]?.headers ?? {};
      assert.equal(headers['authorization'], 'Bearer test-key');
      assert.equal(headers['user-agent'], 'Flotilla');
      assert.ok(!JSON.stringify(headers).includes('leaked') && !JSON.stringify(headers).includes('env-'));
      const known = [
        'accept',
        'accept-encoding',
        'accept-language',
        'anthropic-beta',
        'anthropic-version',
        'authorization',
        'connection',
        'content-length',
      ];
      const others = Object.keys(headers).filter(
        (name) => ![...known, 'content-type', 'host', 'sec-fetch-mode', 'user-agent'].includes(name),
      );
      assert.deepEqual(others, []);

      const keyless = await startBench({ script }, { readKey: async () => undefined, baseUrl: () => undefined });
      assert.match(failureOf(await keyless.run(request)).message, /No API key is stored for api\.anthropic\.com/);
      await keyless.server.close();
      assert.deepEqual(logged, []);
      assert.equal(trap.seen.length, 0);
    } finally {
      for (const [level, original] of spied) {
        console[level] = original;
      }
      for (const [name, value] of before) {
        if (value === undefined) {
          delete process.env[name];
        } else {
          process.env[name] = value;
        }
      }
      await server.close();
      await trap.close();
    }
  });
});

describe('Anthropic provider, before a request', () => {
  const create = (baseUrl: string | undefined, key: string | undefined) =>
    createAnthropicProvider({ readKey: async () => key, baseUrl: () => baseUrl, prices: () => listPrices, now: () => 0 });

  const unusable: readonly (readonly [string, string | undefined, string | undefined, RegExp])[] = [
    ['no key', undefined, undefined, /No API key is stored for api\.anthropic\.com/],
    ['a key of blanks', undefined, '  ', /No API key/],
    ['a key with a line break inside', undefined, 'sk\n2', /blanks or special characters/],
    ['no key for a gateway', 'https://gateway.example.com', undefined, /No API key is stored for gateway\.example\.com/],
    ['an address that is none', 'api.anthropic.com', 'k', /not a web address: "api\.anthropic\.com"/],
    ['an address of another kind', 'file:///etc/passwd', 'k', /not a web address/],
    ['a password in the address', 'https://u:p@example.com', 'k', /user name or password/],
    ['a query in the address', 'https://example.com?x=1', 'k', /query or fragment/],
  ];
  for (const [name, baseUrl, key, message] of unusable) {
    it(`says what is missing: ${name}`, async () => {
      const failure = await create(baseUrl, key).ready();
      assert.match(failure?.message ?? '', message);
      assert.ok((failure?.next ?? '').length > 10);
      assert.ok(!failure?.message.includes('u:p'));
    });
  }

  it('says so when the secret storage cannot be read', async () => {
    const readKey = async (): Promise<string> => {
      throw new Error('the keyring is locked');
    };
    const { run, server } = await startBench({ script }, { readKey });
    const failure = failureOf(await run(request));
    assert.equal(failure.kind, 'auth');
    assert.match(failure.message, /secret storage: the keyring is locked/);
    await server.close();
  });

  it('is ready with a key, and without one for a model on this machine', async () => {
    assert.equal(await create(undefined, 'sk-1').ready(), undefined);
    for (const local of ['http://localhost:11434', 'http://127.0.0.1:1/v1/', 'http://[::1]:8080']) {
      assert.equal(await create(local, undefined).ready(), undefined, local);
    }
  });

  it('shares a rate limit by endpoint, and shows no key in it', () => {
    assert.equal(create('', 'sk-1').rateKey, create('https://api.anthropic.com/v1/', 'sk-1').rateKey);
    assert.notEqual(create('', 'sk-1').rateKey, create('http://localhost:1', 'sk-1').rateKey);
    assert.ok(!create('', 'sk-1').rateKey.includes('sk-1'));
  });

  it('sends no authorization where there is no key, and accepts an address with /v1', async () => {
    const { run, server } = await startBench({ script }, { readKey: async () => undefined, baseUrl: () => `${server.url}/v1/` });
    const failure = failureOf(await run(request));
    assert.equal(failure.kind, 'auth');
    assert.match(failure.message, /wants a key, and none is stored\. It said: invalid key\.$/);
    assert.match(failure.next, /Flotilla: Set API Key/);
    await server.close();
  });

  it('names models to choose from when the endpoint does not know one', async () => {
    const { run, server } = await startBench({ script, models: ['claude-opus-5-5'] });
    const failure = failureOf(await run(request));
    assert.equal(failure.kind, 'unknownModel');
    assert.match(failure.next, /flotilla\.models.*claude-opus-5-5/);
    assert.equal((await run({ ...request, model: 'claude-opus-5-5' })).error, undefined);
    await server.close();
  });

  it('SEC-06: reads the key afresh for every request, and sends none once it was taken away', async () => {
    let key: string | undefined = 'old-key';
    const { run, server } = await startBench({ script }, { readKey: async () => key });
    assert.equal(failureOf(await run(request)).kind, 'auth');
    key = server.key;
    assert.equal((await run(request)).error, undefined);
    key = undefined;
    assert.match(failureOf(await run(request)).message, /wants a key, and none is stored/);
    assert.deepEqual(
      server.seen.map(({ headers }) => headers['authorization']),
      [`Bearer ${server.key}`],
    );
    await server.close();

    const remote = await startBench({ script }, { readKey: async () => key, baseUrl: () => undefined });
    assert.match(failureOf(await remote.run(request)).message, /No API key is stored/);
    await remote.server.close();
  });
});
