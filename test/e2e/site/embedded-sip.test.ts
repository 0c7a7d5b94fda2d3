import { phoneLineContract } from '../../contract/phone-line.ts';
import { describeWith } from '../../support/peers.ts';
import { startSite } from '../../support/site.ts';

describeWith(['sipp', 'espeak-ng', 'ffmpeg'], 'the embedded SIP server', () => {
  phoneLineContract('the embedded SIP server', async (env) => {
    const site = await startSite({ env });
    return {
      site,
      sipPort: site.sipPort,
      // The parent starts another one by itself.
      replaceServer: async () => void process.kill(site.pid('sip'), 'SIGKILL'),
      output: () => site.output(),
      stop: () => site.stop(),
    };
  });
});
