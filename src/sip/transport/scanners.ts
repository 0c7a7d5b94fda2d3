import { getHeader } from '../wire/headers.ts';
import type { SipRequest } from '../wire/message.ts';

/** User-Agents of well-known scanning tools, lower case; a request that contains one gets no answer at all. */
export const DEFAULT_SCANNERS: readonly string[] = [
  'friendly-scanner',
  'friendly-request',
  'sipvicious',
  'sipcli',
  'sip-scan',
  'sipscan',
  'sundayddr',
  'smap',
  'iwar',
  'vaxsipuseragent',
  'pplsip',
  'eyebeam_scan',
];

/** True when the request names one of these tools as its User-Agent. */
export function isScanner(request: SipRequest, scanners: readonly string[]): boolean {
  const agent = getHeader(request, 'user-agent');
  if (agent === undefined) return false;
  const lower = agent.toLowerCase();
  return scanners.some((name) => lower.includes(name));
}
