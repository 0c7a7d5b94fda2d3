import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ServiceClient } from '../../../src/adapters/http-client/service-client.ts';
import type { HttpOrder } from '../../../src/calls/flow-outside.ts';
import { loadServices } from '../../../src/flows/services/services.ts';
import { createLogger } from '../../../src/shared/logger.ts';
import { freeTcpPort } from '../../support/free-port.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

let server: Server;
let answer: Answer;
let asked: { method: string; url: string; headers: Record<string, unknown>; body: string }[];
let client: ServiceClient;

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      asked.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      answer(request, response, body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const loaded = loadServices(
    `version: 1\nservices:\n  crm: { url: "http://127.0.0.1:${port}/api/", headers: { authorization: "Bearer {{ secret.TOKEN }}" } }\n  open: { url: "http://127.0.0.1:${port}" }\n  gone: { url: "http://127.0.0.1:1" }\n`,
    'services.yaml',
  );
  if (!loaded.ok) throw new Error('services');
  client = new ServiceClient({
    services: () => loaded.services,
    environment: { PARLEY_SECRET_TOKEN: 't0ken' },
    log: createLogger('test', { level: 'silent' }),
  });
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function order(given: Partial<HttpOrder> = {}): HttpOrder {
  return {
    ...{ type: 'http', httpId: 'h', service: 'open', method: 'GET', path: '/x', query: [], headers: {} },
    ...{ timeoutMs: 2_000, retries: 0 },
    ...given,
  };
}

/** A service with a secret, and all that is logged about it. */
function bankWith(secret: string | undefined, port: number): { bank: ServiceClient; lines: string[] } {
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const service = `bank: { url: "http://127.0.0.1:${port}", headers: { a: "{{ secret.BANK }}" } }`;
  const loaded = loadServices(`version: 1\nservices:\n  ${service}\n`, 'services.yaml');
  if (!loaded.ok) throw new Error('services');
  const environment = { PARLEY_SECRET_BANK: secret };
  return { bank: new ServiceClient({ services: () => loaded.services, environment, log }), lines };
}

const ask = (given: Partial<HttpOrder> = {}) => client.request(order(given), new AbortController().signal);
const code = (name: string) => expect.objectContaining({ code: name });
const json =
  (status: number, body: unknown): Answer =>
  (_, response) =>
    response.writeHead(status).end(JSON.stringify(body));

describe('[F64] asking a service', () => {
  it('goes where the service lives, with its secret, the query and a body of JSON', async () => {
    answer = json(200, { ok: true });
    const query: [string, string][] = [['a b', 'ä&=']];
    const headers = { 'x-own': '1', authorization: 'mine' };
    const got = await ask({ service: 'crm', method: 'POST', path: '/c/a%2Fb', query, headers, body: { n: 1 } });
    expect(got).toEqual({ status: 200, body: { ok: true } });
    expect(asked[0]).toMatchObject({ method: 'POST', url: '/api/c/a%2Fb?a+b=%C3%A4%26%3D', body: '{"n":1}' });
    expect(asked[0]?.headers).toMatchObject({
      ...{
        authorization: 'Bearer t0ken',
        'x-own': '1',
        'content-type': 'application/json',
        accept: 'application/json',
      },
    });
  });

  it('an unknown service and a secret that is not set are failures of ours', async () => {
    await expect(ask({ service: 'nobody' })).rejects.toEqual(code('flow.broken'));
    const bare = new ServiceClient({
      services: () =>
        new Map([
          [
            'crm',
            {
              name: 'crm',
              url: 'http://127.0.0.1:1',
              headers: new Map([['a', [{ secret: 'NO' }]]]),
              secrets: ['NO'],
              place: { line: 1, column: 1, offset: 0, end: 0 },
            },
          ],
        ]),
      environment: {},
      log: createLogger('test', { level: 'silent' }),
    });
    await expect(bare.request(order({ service: 'crm' }), new AbortController().signal)).rejects.toEqual(
      code('flow.broken'),
    );
  });

  it.each([204, 404, 422, 302])('gives %i back as it is', async (status) => {
    answer = (_, response) => response.writeHead(status, { location: 'http://elsewhere.example/' }).end();
    expect(await ask()).toEqual({ status, body: null });
    expect(asked).toHaveLength(1);
  });
});

describe('[F64] nothing of it goes astray', () => {
  it.each([
    '/../x',
    '/a/../../b',
    '/a/%2e%2e/%2E%2E/x',
    '//evil.example/x',
    '@evil.example/',
    '.evil.example/',
    ':1/',
    '/a?b=c',
    '/a#b',
    '/\\\\evil',
  ])('the path %s is not asked for', async (path) => {
    answer = json(200, {});
    for (const service of ['crm', 'open']) await expect(ask({ service, path })).rejects.toEqual(code('flow.broken'));
    expect(asked).toEqual([]);
  });

  it('the service itself, with and without a slash at the end', async () => {
    answer = json(200, {});
    for (const path of ['', '/', '/a/']) await ask({ service: 'crm', path });
    expect(asked.map(({ url }) => url)).toEqual(['/api', '/api/', '/api/a/']);
  });

  it('a redirect to another host is not followed', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    let wasAsked = false;
    other.on('request', (_, response) => {
      wasAsked = true;
      response.end('{}');
    });
    const { port } = other.address() as AddressInfo;
    for (const status of [301, 302, 303, 307, 308]) {
      answer = (_, response) => response.writeHead(status, { location: `http://127.0.0.1:${port}/` }).end();
      expect(await ask({ service: 'crm' })).toEqual({ status, body: null });
    }
    other.close();
    expect(wasAsked).toBe(false);
  });

  it('a header that is not ASCII goes out as UTF-8', async () => {
    answer = json(200, {});
    await ask({ headers: { 'x-caller': '王小明 Müller' } });
    expect(Buffer.from(String(asked[0]?.headers['x-caller']), 'latin1').toString('utf8')).toBe('王小明 Müller');
  });

  it.each([
    ['is not set', undefined],
    ['has more than one line', 'to\nken'],
  ])('a secret that %s is named in the log, and never shown', async (why, value) => {
    const { bank, lines } = bankWith(value, 1);
    await expect(bank.request(order({ service: 'bank' }), new AbortController().signal)).rejects.toEqual(
      code('flow.broken'),
    );
    expect(lines.join('')).toContain(`The secret PARLEY_SECRET_BANK ${why}`);
    expect(lines.join('')).not.toContain('ken');
  });

  it('a failure is logged without what was asked', async () => {
    const { bank, lines } = bankWith('hush-1', await freeTcpPort());
    const request = order({
      service: 'bank',
      method: 'POST',
      path: '/hush-2',
      query: [['q', 'hush-3']],
      headers: { h: 'hush-4' },
      body: { pin: 'hush-5' },
      secret: true,
    });
    await expect(bank.request(request, new AbortController().signal)).rejects.toEqual(code('http.unreachable'));
    expect(lines.join('')).toContain('ECONNREFUSED');
    expect(lines.join('')).not.toContain('hush');
  });
});

describe('[F66] trying again', () => {
  it('what may pass is tried again, and the first good answer counts', async () => {
    const answers = [503, 500, 200];
    answer = (_, response) => response.writeHead(answers.shift() ?? 200).end('{"n":1}');
    expect(await ask({ retries: 2 })).toEqual({ status: 200, body: { n: 1 } });
    expect(asked).toHaveLength(3);
  });

  it('the last answer counts when none is good', async () => {
    answer = json(503, {});
    expect((await ask({ retries: 1 })).status).toBe(503);
    expect(asked).toHaveLength(2);
  });

  it('POST and PATCH are not', async () => {
    answer = json(503, {});
    for (const method of ['POST', 'PATCH'] as const)
      expect((await ask({ method, retries: 3, body: {} })).status).toBe(503);
    expect(asked).toHaveLength(2);
  });

  it('a broken connection is', async () => {
    let first = true;
    answer = (request, response) => {
      if (!first) response.end('1');
      else request.socket.destroy();
      first = false;
    };
    expect(await ask({ retries: 1 })).toEqual({ status: 200, body: 1 });
  });
});

describe('bad answers', () => {
  it('one that is too slow, at the start or in the middle', async () => {
    answer = () => {};
    await expect(ask({ timeoutMs: 100 })).rejects.toEqual(code('http.timeout'));
    answer = (_, response) => {
      response.write('{"a":');
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    };
    await expect(ask({ timeoutMs: 200 })).rejects.toEqual(code('http.timeout'));
  });

  it('nobody there', async () => {
    await expect(ask({ service: 'gone' })).rejects.toEqual(code('http.unreachable'));
  });

  it('100 MB are cut off early, declared or not', async () => {
    let sent = 0;
    answer = (_, response) => {
      response.on('error', () => {});
      const block = Buffer.alloc(64 * 1024, 'x');
      const more = (): void => {
        while (sent < 100 * 1024 * 1024 && !response.destroyed) {
          sent += block.length;
          if (!response.write(block)) {
            response.once('drain', more);
            return;
          }
        }
      };
      more();
    };
    await expect(ask()).rejects.toEqual(code('http.tooLarge'));
    expect(sent).toBeLessThan(20 * 1024 * 1024);
    answer = (_, response) => response.writeHead(200, { 'content-length': '104857600' }).write('x');
    await expect(ask()).rejects.toEqual(code('http.tooLarge'));
  });

  it('a small answer that becomes large', async () => {
    const packed = gzipSync(Buffer.alloc(50 * 1024 * 1024, ' '));
    expect(packed.length).toBeLessThan(256 * 1024);
    answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed);
    await expect(ask()).rejects.toEqual(code('http.tooLarge'));
  });

  it('of a refusal only the status counts, however much comes with it', async () => {
    answer = (_, response) => response.writeHead(404).end(Buffer.alloc(1024 * 1024, 'x'));
    expect(await ask()).toEqual({ status: 404, body: null });
  });

  it('exactly as much as is taken, and one byte more', async () => {
    answer = (_, response) => response.end(`"${'x'.repeat(256 * 1024 - 2)}"`);
    expect((await ask()).status).toBe(200);
    answer = (_, response) => response.end(`"${'x'.repeat(256 * 1024 - 1)}"`);
    await expect(ask()).rejects.toEqual(code('http.tooLarge'));
  });

  it('exactly as deep as is taken, whatever stands in texts', async () => {
    const deep = (count: number): string => `${'{"a":['.repeat(count / 2)}"[[[{\\"{{"${']}'.repeat(count / 2)}`;
    answer = (_, response) => response.end(deep(32));
    expect((await ask()).status).toBe(200);
    answer = (_, response) => response.end(deep(34));
    await expect(ask()).rejects.toEqual(code('http.notJson'));
  });

  it('a connection that breaks in the middle', async () => {
    answer = (request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"a":');
      setImmediate(() => request.socket.destroy());
    };
    await expect(ask()).rejects.toEqual(code('http.unreachable'));
  });

  it('bytes that are no text', async () => {
    answer = (_, response) => response.end(Buffer.from([0x22, 0xff, 0xfe, 0x22]));
    await expect(ask()).rejects.toEqual(code('http.notJson'));
  });

  it.each([
    ['text', 'hello'],
    ['half', '{"a":'],
    ['deep', '['.repeat(40) + ']'.repeat(40)],
    ['web page', '<html></html>'],
  ])('%s instead of JSON', async (_, text) => {
    answer = (_request, response) => response.end(text);
    await expect(ask()).rejects.toEqual(code('http.notJson'));
    answer = (_request, response) => response.writeHead(404).end(text);
    expect(await ask()).toEqual({ status: 404, body: null });
  });

  it('an answer that is no longer wanted ends at once', async () => {
    answer = () => {};
    const controller = new AbortController();
    const request = client.request(order({ retries: 3, timeoutMs: 10_000 }), controller.signal);
    setTimeout(() => controller.abort(), 50);
    await expect(request).rejects.toEqual(code('http.unreachable'));
  });
});
