import type { HttpOrder } from '../../calls/flow-outside.ts';
import type { Json } from '../../flows/machine/types.ts';
import { type HeaderPart, hasControls, SECRET_PREFIX, type Service } from '../../flows/services/services.ts';
import { ParleyError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';

export interface ServiceClientDeps {
  services: () => ReadonlyMap<string, Service>;
  /** Where secrets are; the environment of the program. */
  environment: Readonly<Record<string, string | undefined>>;
  log: Logger;
}

/** The most that an answer may hold, in bytes, and how deep its JSON may nest. */
const MOST_BYTES = 256 * 1024;
const MOST_DEPTH = 32;
/** Pause before another try, in ms: it grows, and is never quite the same, so that many calls do not come back at once. */
const FIRST_PAUSE_MS = 150;
const MOST_PAUSE_MS = 1_000;

const TRIED_AGAIN: ReadonlySet<string> = new Set(['GET', 'PUT', 'DELETE']);

/** Asks the services of `services.yaml` over HTTP, on behalf of flows. What is asked and answered is never logged. */
export class ServiceClient {
  readonly #deps: ServiceClientDeps;

  constructor(deps: ServiceClientDeps) {
    this.#deps = deps;
  }

  /**
   * The answer of a service, of whatever status but those that are tried again. Rejects with `http.timeout`, `http.unreachable`,
   * `http.tooLarge`, `http.notJson`, or `flow.broken` when the service or one of its secrets is not there.
   */
  async request(order: HttpOrder, signal: AbortSignal): Promise<{ status: number; body: Json }> {
    const service = this.#deps.services().get(order.service);
    if (!service)
      throw new ParleyError('flow.broken', { service: order.service }, { text: 'There is no such service' });
    const headers = this.#headersOf(service, order);
    const tries = TRIED_AGAIN.has(order.method) ? order.retries + 1 : 1;
    for (let count = 1; ; count += 1) {
      const last = count >= tries;
      try {
        const answer = await this.#try(addressOf(service, order), order, headers, signal);
        if (answer.status < 500 || last) return answer;
      } catch (error) {
        const code = error instanceof ParleyError ? error.code : undefined;
        const mayPass = code === 'http.timeout' || code === 'http.unreachable';
        if (!mayPass || last || signal.aborted) throw error;
      }
      await pause(count, signal);
    }
  }

  async #try(
    url: URL,
    order: HttpOrder,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<{ status: number; body: Json }> {
    const timeout = AbortSignal.timeout(order.timeoutMs);
    try {
      const response = await fetch(url, {
        method: order.method,
        headers,
        // A redirect would carry the service's secrets to wherever it points.
        redirect: 'manual',
        signal: AbortSignal.any([signal, timeout]),
        ...(order.body === undefined ? {} : { body: JSON.stringify(order.body) }),
      });
      const text = await readText(response);
      return { status: response.status, body: parseBody(text, response.ok) };
    } catch (error) {
      if (error instanceof ParleyError) throw error;
      const code = timeout.aborted ? 'http.timeout' : 'http.unreachable';
      const reason = error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.name) : '';
      this.#deps.log.info({ service: order.service, code, reason }, 'a service was not reached');
      throw new ParleyError(code, { service: order.service }, { cause: error });
    }
  }

  #headersOf({ name, headers }: Service, order: HttpOrder): Record<string, string> {
    const own = [...headers].map(([header, parts]) => [header, this.#valueOf(parts, name)] as const);
    return {
      accept: 'application/json',
      ...(order.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...order.headers,
      // The service's own headers last: a flow cannot take their place.
      ...Object.fromEntries(own),
    };
  }

  #valueOf(parts: readonly HeaderPart[], service: string): string {
    return parts
      .map((part) => {
        if (typeof part === 'string') return part;
        const value = this.#deps.environment[SECRET_PREFIX + part.secret];
        if (value === undefined || value === '' || hasControls(value)) {
          const text = `The secret ${SECRET_PREFIX}${part.secret} is not set`;
          throw new ParleyError('flow.broken', { service }, { text });
        }
        return value;
      })
      .join('');
  }
}

function addressOf(service: Service, { path, query }: HttpOrder): URL {
  const url = new URL(service.url + (path === '/' ? '' : path));
  for (const [name, value] of query) url.searchParams.append(name, value);
  return url;
}

/** Reads the body up to the limit; a longer one is cut off there and then. */
async function readText(response: Response): Promise<string> {
  const declared = Number(response.headers.get('content-length') ?? 0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const tooLarge = async (): Promise<never> => {
    await response.body?.cancel().catch(() => undefined);
    throw new ParleyError('http.tooLarge');
  };
  if (declared > MOST_BYTES) return tooLarge();
  const reader = response.body?.getReader();
  for (;;) {
    const part = await reader?.read();
    if (!part || part.done) break;
    size += part.value.byteLength;
    if (size > MOST_BYTES) {
      await reader?.cancel().catch(() => undefined);
      throw new ParleyError('http.tooLarge');
    }
    chunks.push(part.value);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** JSON, or null for an empty body. The text of a refusal need not be JSON: only its status counts. */
function parseBody(text: string, isGood: boolean): Json {
  if (text.trim() === '') return null;
  try {
    const value = JSON.parse(text) as Json;
    if (!isDeeper(value, MOST_DEPTH)) return value;
  } catch {
    // Told below.
  }
  if (!isGood) return null;
  throw new ParleyError('http.notJson');
}

function isDeeper(value: Json, than: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return than === 0 || Object.values(value).some((inside) => isDeeper(inside, than - 1));
}

function pause(count: number, signal: AbortSignal): Promise<void> {
  const ms = Math.min(MOST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (count - 1)) * (0.5 + Math.random() / 2);
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
