import type { CallRecord, CallSummary } from '../../src/protocol/http.ts';
import { logIn } from './page-line.ts';
import type { SipPhone } from './sip-phone.ts';
import { PASSWORD, type WholeApp } from './whole-app.ts';

/** What a supervisor sees of a site's calls over HTTP. */
export class SiteRecords {
  readonly #site: WholeApp;
  readonly #cookie: string;

  private constructor(site: WholeApp, cookie: string) {
    this.#site = site;
    this.#cookie = cookie;
  }

  static async open(site: WholeApp): Promise<SiteRecords> {
    return new SiteRecords(site, await logIn(site.httpUrl, 'sam', PASSWORD));
  }

  async get<T>(path: string): Promise<T> {
    return (await (
      await fetch(`${this.#site.httpUrl}/api/v1/${path}`, { headers: { cookie: this.#cookie } })
    ).json()) as T;
  }

  /** The record of a phone's latest call, as far as it has come. */
  async of({ sipCallId }: SipPhone): Promise<CallRecord | undefined> {
    const { calls } = await this.get<{ calls: CallSummary[] }>('calls?limit=50');
    for (const { callId } of calls) {
      const record = await this.get<CallRecord>(`calls/${callId}`);
      if (record.legs.some((leg) => leg.sipCallId === sipCallId)) return record;
    }
    return undefined;
  }
}
