import { afterAll, beforeAll, expect, test } from 'vitest';
import { SipPhone } from '../../support/sip-phone.ts';
import { loudness } from '../../support/tones.ts';
import { startWholeApp, type WholeApp } from '../../support/whole-app.ts';

let site: WholeApp;
beforeAll(async () => {
  site = await startWholeApp();
}, 180_000);
afterAll(() => site.stop());

test('[C1] a caller dials 1000 and hears the greeting', async () => {
  const phone = await SipPhone.open(site.sip.sipPort);
  await phone.dial('1000');
  await phone.rtp.until(() => loudness(phone.rtp.audio().slice(-800)) > 1_000);
  await phone.hangUp();
  await phone.close();
});
