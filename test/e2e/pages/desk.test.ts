import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startBrowser, type TestBrowser } from '../../support/browser.ts';
import { describeWith } from '../../support/peers.ts';
import { FakeSessions } from '../../support/web/fake-records.ts';
import { CALLER, type DeskPage } from '../../support/web/fake-services.ts';
import { logInTo, startPageSite } from '../../support/web/page-site.ts';
import type { WebSite } from '../../support/web/web-site.ts';

/** For what a loaded machine may take its time over. */
const PATIENT = { timeout: 20_000 };

describeWith('chromium', 'the desk', () => {
  let browser: TestBrowser;
  let context: BrowserContext;
  let site: WebSite;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await startBrowser();
    context = browser.context;
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    await context.clearCookies();
    site = await startPageSite();
    page = await newPage();
  });
  afterEach(async () => {
    for (const open of context.pages()) await open.close();
    await site.close();
    expect(complaints.splice(0)).toEqual([]);
  });

  async function newPage(): Promise<Page> {
    const made = await context.newPage();
    made.on('pageerror', (error) => complaints.push(error.message));
    made.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) complaints.push(message.text());
    });
    return made;
  }

  const button = (name: string, on: Page = page) => on.getByRole('button', { name, exact: true });

  async function openDesk(): Promise<DeskPage> {
    await logInTo(page, `${site.url}/desk`, 'amy');
    const served = await site.desk.pages.next();
    await button('Go available').waitFor();
    return served;
  }

  async function openCall(): Promise<DeskPage> {
    const served = await openDesk();
    site.desk.ring();
    await button('Answer').click();
    await button('Hang up').waitFor();
    return served;
  }

  it('[D1] a wrong password is told in words, a right one opens the desk', async () => {
    await page.goto(`${site.url}/desk`);
    await page.getByLabel('User name').fill('amy');
    await page.getByLabel('Password').fill('wrong wrong');
    await button('Log in').click();
    await page.getByRole('alert').getByText('User name or password is wrong.').waitFor();
    await openDesk();
  });

  it('[D1,H13] logging out leads back to the log-in', async () => {
    await openDesk();
    await button('Log out').click();
    await page.getByLabel('User name').waitFor();
    expect(await context.cookies()).toEqual([]);
  });

  it('[D10,D20] going available and taking a break ask the server and show what it says', async () => {
    const served = await openDesk();
    await button('Go available').click();
    await page.getByRole('heading', { name: 'Waiting for a call' }).waitFor();
    expect(await button('Go available').count()).toBe(0);
    await button('Take a break').click();
    await page.getByRole('heading', { name: 'You are on a break' }).waitFor();
    expect(await button('Take a break').count()).toBe(0);
    await served.asked('goAvailable');
    await served.asked('takeBreak');
  });

  it('[D5] without audio the desk cannot go available', async () => {
    await openDesk();
    site.desk.set({ ...site.desk.state, mediaReady: false });
    await page.getByText('Set up your audio first').waitFor();
    expect(await button('Go available').isDisabled()).toBe(true);
  });

  it('[D11] an offer tells the caller and their way, rings in the title, and has Answer under the finger', async () => {
    const served = await openDesk();
    site.desk.ring();
    const card = page.getByRole('region', { name: 'Incoming call from +49301234567' });
    for (const text of ['support', '0:12', '1000', 'Greeting', 'Support']) {
      await card.getByText(text, { exact: true }).first().waitFor();
    }
    await expect.poll(() => page.title(), PATIENT).toContain('Incoming call from');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Answer');
    await page.keyboard.press('Enter');
    await button('Hang up').waitFor();
    expect(await served.asked('answer')).toEqual({ ask: 'answer', offerId: 'offer-1' });
    await expect.poll(() => page.title(), PATIENT).toBe('Desk · Parley');
  });

  it('[D11] ringing stops when the caller goes', async () => {
    await openDesk();
    site.desk.ring();
    await expect.poll(() => page.title(), PATIENT).toContain('Incoming call from');
    const { offer: _, ...without } = site.desk.state;
    site.desk.set({ ...without, presence: 'available' });
    await page.getByRole('heading', { name: 'Waiting for a call' }).waitFor();
    await expect.poll(() => page.title(), PATIENT).toBe('Desk · Parley');
  });

  it('[D10] declining gives the call away', async () => {
    const served = await openDesk();
    site.desk.ring();
    await button('Decline').click();
    expect(await served.asked('decline')).toEqual({ ask: 'decline', offerId: 'offer-1' });
    await page.getByRole('heading', { name: 'Waiting for a call' }).waitFor();
  });

  it('[D10] a refusal is told in words', async () => {
    const served = await openDesk();
    site.desk.ring();
    await button('Answer').waitFor();
    const { id, name, displayName } = served.user;
    const { offer = expect.fail() } = site.desk.state;
    // The page sees an offer that the server no longer has, as when the caller goes at that very moment.
    const desk = { user: { id, name, displayName }, ...site.desk.state, offer: { ...offer, offerId: 'offer-gone' } };
    served.socket.send({ event: 'desk', desk });
    await page.evaluate('new Promise(requestAnimationFrame)');
    while (!served.asks.some((ask) => ask.ask === 'answer' && ask.offerId === 'offer-gone'))
      await button('Answer').click();
    await page.getByRole('alert').getByText('That is not possible any more.').waitFor();
  });

  it('[D12] mute and hold show the state that the server has', async () => {
    const served = await openCall();
    await button('Mute').click();
    await page.getByText('Muted', { exact: true }).waitFor();
    expect(await button('Mute').getAttribute('aria-pressed')).toBe('true');
    await button('Mute').click();
    await page.getByText('Muted', { exact: true }).waitFor({ state: 'detached' });
    await button('Hold').click();
    await button('Resume').click();
    await button('Hold').waitFor();
    expect(served.asks.filter(({ ask }) => ask === 'mute' || ask === 'hold')).toEqual([
      { ask: 'mute', on: true },
      { ask: 'mute', on: false },
      { ask: 'hold', on: true },
      { ask: 'hold', on: false },
    ]);
  });

  it('[D13] keys are sent one by one, by mouse and by keyboard, and shown', async () => {
    const served = await openCall();
    await button('Keypad').click();
    for (const key of ['1', '*', '#', '0']) await button(key).click();
    await page.keyboard.press('7');
    await page.getByText('1*#07', { exact: true }).waitFor();
    await expect
      .poll(() => served.asks.flatMap((ask) => (ask.ask === 'sendDigits' ? [ask.digits] : [])), PATIENT)
      .toEqual(['1', '*', '#', '0', '7']);
    await button('Keypad').click();
    expect(await button('5').count()).toBe(0);
  });

  it('[D14] hanging up leads through wrap-up back to waiting', async () => {
    const served = await openCall();
    await button('Hang up').click();
    await page.getByText('You hung up').waitFor();
    await served.asked('hangUp');
    await button('Finish wrap-up').click();
    await page.getByRole('heading', { name: 'Waiting for a call' }).waitFor();
  });

  it('[D14] a caller who hangs up is told as such', async () => {
    await openCall();
    site.desk.callerHangsUp();
    await page.getByText('The caller hung up').waitFor();
    expect(await button('Hang up').count()).toBe(0);
  });

  it('[D15] a break may be asked for in a call', async () => {
    const served = await openCall();
    await button('Take a break').click();
    await served.asked('takeBreak');
  });

  it('[D16] a reload in mid-call comes back to the call', async () => {
    await openCall();
    await button('Hold').click();
    await page.reload();
    await button('Resume').waitFor();
    await page.getByRole('heading', { name: '+49301234567' }).waitFor();
  });

  it('[D42] a server that goes is told, the call stays in sight, and the desk comes back with it', async () => {
    const sessions = new FakeSessions();
    await site.close();
    site = await startPageSite({ sessions });
    await openCall();
    const port = Number(new URL(site.url).port);
    await site.close();
    await page.getByText('The connection was lost').waitFor();
    await page.getByRole('heading', { name: '+49301234567' }).waitFor();
    expect(await button('Hang up').isDisabled()).toBe(true);
    site = await startPageSite({ sessions, port });
    await page.getByRole('heading', { name: 'You are on a break' }).waitFor();
    await page.getByText('The connection was lost').waitFor({ state: 'detached' });
    await button('Go available').click();
    await page.getByRole('heading', { name: 'Waiting for a call' }).waitFor();
  });

  it('[D43] the desk is in one window at a time and can be taken back', async () => {
    await openDesk();
    const second = await newPage();
    await second.goto(`${site.url}/desk`);
    await button('Go available', second).waitFor();
    await button('Use it here').click();
    await button('Go available').click();
    await page.getByRole('heading', { name: 'Waiting for a call' }).waitFor();
    await button('Use it here', second).waitFor();
  });

  it('[D43] a session that ends elsewhere leads to the log-in', async () => {
    const served = await openDesk();
    site.sessions.expireAll();
    served.socket.close(4003, 'logged out');
    await page.getByText('You have been logged out.').waitFor();
    await button('Log in again').click();
    await page.getByLabel('User name').waitFor();
  });

  it('[D17] a call back and a transfer say what they are, in both languages; while the customer is called only Hang up is there', async () => {
    const served = await openDesk();
    const { offer: _, ...state } = site.desk.state;
    const offer = { ...CALLER, offerId: 'offer-1', ringsUntil: Date.now() + 60_000 };
    const shown = (name: string) => page.getByRole('region', { name, exact: true });
    site.desk.set({ ...state, presence: 'offered', offer: { ...offer, kind: 'callback' } });
    await shown('Call +49301234567 back').getByText('Answer, and the customer is called.').waitFor();
    await page.getByLabel('Language').selectOption('zh');
    await shown('回拨 +49301234567').getByText('接听后将呼叫客户。').waitFor();
    await page.getByLabel('语言').selectOption('en');
    site.desk.set({ ...state, presence: 'offered', offer: { ...offer, kind: 'callback', dialling: true } });
    await shown('Calling +49301234567…').waitFor();
    expect(await button('Answer').count()).toBe(0);
    await button('Hang up').click();
    await served.asked('hangUp');
    const { queue: __, ...passedOn } = offer;
    site.desk.set({ ...state, presence: 'offered', offer: { ...passedOn, kind: 'transfer' } });
    await shown('Incoming call from +49301234567').getByText('None: passed on to you').waitFor();
  });

  it('[D31] the language can be switched and is remembered', async () => {
    await openDesk();
    await page.getByLabel('Language').selectOption('zh');
    await button('开始接听').waitFor();
    await page.reload();
    await button('开始接听').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    await page.getByLabel('语言').selectOption('en');
    await button('Go available').waitFor();
  });

  it('[D2,D3] the microphone is opened with the desk, can be chosen, and moves the meter', async () => {
    await openDesk();
    const panel = page.getByRole('region', { name: 'Microphone and headset' });
    const microphones = panel.getByLabel('Microphone', { exact: true });
    await microphones.waitFor();
    const others = await microphones
      .locator('option')
      .evaluateAll((all) => all.map((one) => one.getAttribute('value')));
    await microphones.selectOption(others.at(-1) ?? '');
    await expect.poll(() => page.evaluate("document.querySelector('meter').value"), PATIENT).toBeGreaterThan(0.1);
    await panel.getByRole('button', { name: 'Play test tone' }).click();
    await expect.poll(() => panel.getByRole('button', { name: 'Play test tone' }).isEnabled(), PATIENT).toBe(true);
  });
});
