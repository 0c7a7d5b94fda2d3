import type { SipRequest } from '../wire/message.ts';
import { bareHost, type Source } from './address.ts';

/** A Via value in the parts that routing and matching need (RFC 3261 section 20.42). */
export interface ViaParts {
  host: string;
  /** As written; undefined means the transport's default. */
  port: number | undefined;
  branch: string;
}

export function viaParts(value: string): ViaParts {
  const [head = '', ...params] = value.split(';');
  const sentBy = head.slice(head.lastIndexOf('/') + 1).trim();
  const spoken = sentBy.slice(sentBy.search(/\s/) + 1).trim();
  const colon = spoken.endsWith(']') ? -1 : spoken.lastIndexOf(':');
  const port = colon < 0 ? undefined : Number(spoken.slice(colon + 1));
  let branch = '';
  for (const param of params) {
    const text = param.trim();
    if (text.toLowerCase().startsWith('branch=')) branch = text.slice(7);
  }
  return { host: bareHost(colon < 0 ? spoken : spoken.slice(0, colon)), port, branch };
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
    const name = param.trim().toLowerCase();
    if (name === 'rport' || name.startsWith('rport=')) {
      rport = true;
      kept.push(`rport=${source.port}`);
    } else if (!name.startsWith('received=')) kept.push(param);
  }
  if (!rport) kept.push(`rport=${source.port}`);
  if (viaParts(line.value).host !== source.address) kept.push(`received=${source.address}`);
  request.headers[at] = { ...line, value: [head, ...kept].join(';') };
}
