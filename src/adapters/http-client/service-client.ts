import type { HttpOrder } from '../../calls/flow-outside.ts';
import type { Json } from '../../flows/machine/types.ts';
import { type HeaderPart, hasControls, SECRET_PREFIX, type Service } from '../../flows/services/services.ts';
import { ParleyError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { addressBelow } from './address.ts';
import { giveUp, readJson } from './bounded-json.ts';

export interface ServiceClientDeps {
  services: () => ReadonlyMap<string, Service>;
  /** Where secrets are; the environment of the program. */
  environment: Readonly<Record<string, string | undefined>>;
  log: Logger;
}

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
    if (!service) throw this.#broken(order.service, 'There is no such service');
    const headers = this.#headersOf(service, order);
    const url = addressBelow(service.url, order.path, order.query);
    if (!url) throw this.#broken(order.service, 'The path leads out of the service');
    const tries = TRIED_AGAIN.has(order.method) ? order.retries + 1 : 1;
    for (let count = 1; ; count += 1) {
      const last = count >= tries;
      try {
        const answer = await this.#try(url, order, headers, signal);
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
      const { status, ok } = response;
      if (ok) return { status, body: await readJson(response) };
      // Of a refusal only the status counts, however long a page comes with it.
      await giveUp(response.body);
      return { status, body: null };
    } catch (error) {
      if (error instanceof ParleyError) throw error;
      const code = timeout.aborted ? 'http.timeout' : 'http.unreachable';
      const reason = error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.name) : '';
      if (!signal.aborted) this.#deps.log.info({ service: order.service, code, reason }, 'a service was not reached');
      throw new ParleyError(code, { service: order.service }, { cause: error });
    }
  }

  #headersOf({ name, headers }: Service, order: HttpOrder): Record<string, string> {
    const own = [...headers].map(([header, parts]) => [header, this.#valueOf(parts, name)] as const);
    const all = {
      accept: 'application/json',
      ...(order.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...order.headers,
      // The service's own headers last: a flow cannot take their place.
      ...Object.fromEntries(own),
    };
    return Object.fromEntries(Object.entries(all).map(([header, value]) => [header, inBytes(value)]));
  }

  #valueOf(parts: readonly HeaderPart[], service: string): string {
    return parts
      .map((part) => {
        if (typeof part === 'string') return part;
        const value = this.#deps.environment[SECRET_PREFIX + part.secret];
        if (value === undefined || value === '' || hasControls(value)) {
          const name = `${SECRET_PREFIX}${part.secret}`;
          const wrong = value === undefined || value === '' ? 'is not set' : 'has more than one line';
          throw this.#broken(service, `The secret ${name} ${wrong}`);
        }
        return value;
      })
      .join('');
  }

  /** What those who run the site have to mend. */
  #broken(service: string, why: string): ParleyError {
    this.#deps.log.error({ service, why }, 'a service cannot be asked');
    return new ParleyError('flow.broken', { service }, { text: why });
  }
}

/** A header is a row of bytes (RFC 9110, section 5.5); what is not ASCII, such as a caller's name, goes out as UTF-8. */
function inBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function pause(count: number, signal: AbortSignal): Promise<void> {
  const ms = Math.min(MOST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (count - 1)) * (0.5 + Math.random() / 2);
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
