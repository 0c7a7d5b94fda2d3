import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { buildWeb } from '../../../scripts/build-web.mjs';
import { PASSWORD } from './fake-records.ts';
import { startWebSite, type WebSite, type WebSiteOptions } from './web-site.ts';

/** The real pages on the real HTTP surface, over fakes at our ports. */
export async function startPageSite(options: WebSiteOptions = {}): Promise<WebSite> {
  await buildWeb();
  return startWebSite({ webRoot: join(import.meta.dirname, '../../../dist/web'), ...options });
}

/** Opens a page and logs in through its form. */
export async function logInTo(page: Page, url: string, name: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('button', { name: 'Log out' }).waitFor();
}
