import { expect, test } from 'vitest';
import type { PageSession, PageSocket } from '../../../src/agents/desk-service.ts';
import type { PhoneAsk, PhoneFrame, PhoneState } from '../../../src/protocol/phone.ts';
import { type FakeCentre, makeFakeCentre, settle } from '../../support/fake-centre.ts';

class Page implements PageSocket<PhoneFrame> {
  readonly states: PhoneState[] = [];
  mediaLost = 0;
  session: PageSession<PhoneAsk> | undefined;

  send(frame: PhoneFrame): void {
    if ('event' in frame && frame.event === 'phone') this.states.push(frame.phone);
    if ('event' in frame && frame.event === 'mediaLost') this.mediaLost += 1;
  }

  close(): void {}

  async ask(body: PhoneAsk): Promise<Record<string, unknown>> {
    const result = await this.session?.ask(body);
    await settle();
    return result ?? {};
  }

  get kinds(): string[] {
    return this.states.map(({ kind }) => kind);
  }
}

async function openPhone(centre: FakeCentre, hasAudio = true): Promise<Page> {
  const page = new Page();
  page.session = centre.phones.openPhone(
    { id: 'user-sam', name: 'sam', displayName: 'Sam', role: 'supervisor', skills: [] },
    page,
  );
  if (!hasAudio) return page;
  await page.ask({ ask: 'media.open' });
  await page.ask({ ask: 'media.connect', transportId: 'transport', dtlsParameters: {} });
  return page;
}

test('[C60] a page dials, presses keys and hangs up; its audio leg stays', async () => {
  const centre = makeFakeCentre();
  const page = await openPhone(centre);
  expect(page.mediaLost).toBe(1);
  const { callId } = await page.ask({ ask: 'dial', number: '1000' });
  expect(page.kinds).toEqual(['idle', 'dialling', 'talking']);
  const [endpointId = ''] = centre.media.endpoints;
  centre.media.playToEnd(endpointId);
  await settle();
  await page.ask({ ask: 'sendDigits', digits: '2' });
  expect(centre.of('stepEntered').map(({ step }) => step)).toContain('openingHours');
  await page.ask({ ask: 'hangUp' });
  expect(page.states.at(-1)).toMatchObject({ kind: 'idle', last: { callId, endedBy: 'caller' } });
  expect([...centre.media.endpoints]).toEqual([endpointId]);
  expect(centre.media.plays.size).toBe(0);
  expect(centre.of('legStarted')).toMatchObject([{ kind: 'browser', role: 'caller' }]);
  await page.ask({ ask: 'dial', number: '1000' });
  expect(page.kinds.at(-1)).toBe('talking');
});

test('[C60] dialling without audio, a second call, and keys without a call are refused', async () => {
  const centre = makeFakeCentre();
  const silent = await openPhone(centre, false);
  await expect(silent.ask({ ask: 'dial', number: '1000' })).rejects.toMatchObject({ code: 'agent.wrongState' });
  const page = await openPhone(centre);
  await expect(page.ask({ ask: 'sendDigits', digits: '1' })).rejects.toMatchObject({ code: 'agent.wrongState' });
  await page.ask({ ask: 'dial', number: '1000' });
  await expect(page.ask({ ask: 'dial', number: '1000' })).rejects.toMatchObject({ code: 'agent.wrongState' });
});

test('[C3] a number that is not ours is refused, and the page may dial again', async () => {
  const centre = makeFakeCentre();
  const page = await openPhone(centre);
  await expect(page.ask({ ask: 'dial', number: '4711' })).rejects.toMatchObject({ code: 'number.unknown' });
  await page.ask({ ask: 'dial', number: '1000' });
  expect(page.kinds.at(-1)).toBe('talking');
});

test('[C61] a page that closes ends its call and gives its endpoint back', async () => {
  const centre = makeFakeCentre();
  const page = await openPhone(centre);
  await page.ask({ ask: 'dial', number: '1000' });
  page.session?.closed();
  await settle();
  expect(centre.of('callEnded')).toMatchObject([{ endedBy: 'caller', reason: 'page closed' }]);
  expect(centre.media.endpoints.size).toBe(0);
});

test('[C33] keys for a caller in a browser are a note with their number, and no order', async () => {
  const centre = makeFakeCentre();
  const amy = await centre.agent('amy');
  const page = await openPhone(centre);
  await page.ask({ ask: 'dial', number: '1000' });
  const endpointId = [...centre.media.endpoints].find((one) => one.startsWith('phone.')) ?? '';
  centre.media.playToEnd(endpointId);
  await settle();
  await page.ask({ ask: 'sendDigits', digits: '1' });
  await amy.ask({ ask: 'answer', offerId: amy.state?.offer?.offerId ?? '' });
  await amy.ask({ ask: 'sendDigits', digits: '42' });
  expect(centre.of('noted')).toContainEqual(expect.objectContaining({ detail: { count: 2 } }));
  expect(centre.media.orders.some(({ order }) => order === 'endpoint.sendDigits')).toBe(false);
});
