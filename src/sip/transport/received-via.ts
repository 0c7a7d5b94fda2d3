import type { SipRequest } from '../wire/message.ts';
import { parseVia } from '../wire/via.ts';
import type { Source } from './address.ts';

/** A Via value in the parts that routing and matching need (RFC 3261 section 20.42). */
export interface ViaParts {
  host: string;
  /** As written; undefined means the transport's default. */
  port: number | undefined;
  branch: string;
}

/** Reads a Via; what arrives over the wire has been judged readable before. */
export function viaParts(value: string): ViaParts {
  const via = parseVia(value);
  return { host: via?.host ?? '', port: via?.port, branch: via?.params.get('branch') ?? '' };
}

/**
 * Writes into the top Via where the request really came from: `received` when the sender named another host, and
 * `rport` always, asked for or not, so that answers find their way back through a NAT (RFC 3261 section 18.2.1,
 * RFC 3581 section 4).
 */
export function stampVia(request: SipRequest, source: Source): void {
  const at = request.headers.findIndex((line) => line.key === 'via');
  const line = request.headers[at];
  if (!line) return;
  const [head = '', ...params] = line.value.split(';');
  const kept: string[] = [];
  let rport = false;
  for (const param of params) {
    const name = param.split('=', 1).join().trim().toLowerCase();
    if (name === 'rport') {
      rport = true;
      kept.push(`rport=${source.port}`);
    } else if (name !== 'received') kept.push(param);
  }
  if (!rport) kept.push(`rport=${source.port}`);
  if (viaParts(line.value).host !== source.address) kept.push(`received=${source.address}`);
  request.headers[at] = { ...line, value: [head, ...kept].join(';') };
}
