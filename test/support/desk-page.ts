import type { BrowserContext, Page } from 'playwright-core';
import type { CallRecord } from '../../src/protocol/http.ts';
import { fitEar } from './browser-ear.ts';
import type { Site } from './site.ts';

/** A page of a running site with somebody logged in to it. */
export async function openPage(context: BrowserContext, site: Site, path: string, name: string): Promise<Page> {
  await context.clearCookies();
  const page = await context.newPage();
  await fitEar(page);
  await page.goto(`${site.httpUrl}${path}`);
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password').fill(site.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('button', { name: 'Log out' }).waitFor();
  return page;
}

/** The desk of an agent who is ready for calls. */
export async function openDesk(context: BrowserContext, site: Site, name = 'amy'): Promise<Page> {
  const page = await openPage(context, site, '/desk', name);
  await press(page, 'Go available');
  await page.getByRole('button', { name: 'Take a break', exact: true }).waitFor();
  return page;
}

/** Clicks the button of this accessible name. */
export async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click({ timeout: 20_000 });
}

/** Asks the site's HTTP surface as somebody who is logged in. */
export async function asUser(site: Site, name: string): Promise<(path: string) => Promise<Response>> {
  const answer = await fetch(`${site.httpUrl}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: site.httpUrl },
    body: JSON.stringify({ name, password: site.password }),
  });
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  return (path) => fetch(`${site.httpUrl}/api/v1${path}`, { headers: { cookie } });
}

/** The newest call's record, as soon as it is as asked; rejects with what it was when it stays otherwise. */
export async function newestRecord(site: Site, isDone: (record: CallRecord) => boolean): Promise<CallRecord> {
  const giveUpAt = performance.now() + 40_000;
  let record: CallRecord | undefined;
  while (performance.now() < giveUpAt) {
    const get = await asUser(site, 'sam').catch(() => undefined);
    const list = (await (await get?.('/calls?limit=1'))?.json()) as { calls?: { callId: string }[] } | undefined;
    const callId = list?.calls?.[0]?.callId;
    record = callId === undefined ? undefined : ((await (await get?.(`/calls/${callId}`))?.json()) as CallRecord);
    if (record && isDone(record)) return record;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`the newest record stayed ${JSON.stringify(record)}`);
}
