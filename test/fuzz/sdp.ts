import { parseSdp } from '../../src/media/sdp/parse.ts';
import { SdpSession } from '../../src/media/sdp/session.ts';
import { failureCode } from '../../src/shared/errors.ts';
import { mutate, seeded } from './mutate.ts';
import type { FuzzTarget } from './target.ts';

const CORPUS = [
  [
    'v=0',
    'o=- 20518 0 IN IP4 203.0.113.1',
    's=-',
    'c=IN IP4 203.0.113.1',
    't=0 0',
    'm=audio 54400 RTP/AVP 0 8 101',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    'a=ptime:20',
    'a=sendrecv',
    'a=rtcp:54401 IN IP4 203.0.113.1',
    '',
  ].join('\r\n'),
  'v=0\no=x 1 2 IN IP6 2001:db8::1\ns= \nt=0 0\nm=video 0 RTP/AVP 96\nm=audio 4000 RTP/AVPF 8\nc=IN IP6 2001:db8::2\na=inactive\na=rtcp-mux\n',
].map((text) => Buffer.from(text));

const WORDS = ['a=sendonly\r\n', 'm=audio 1 RTP/AVP 0\r\n', 'c=IN IP4 0.0.0.0\r\n', '99999', ' '].map((word) =>
  Buffer.from(word),
);

/**
 * Any text is either answered with a description that we can read ourselves, or refused by name; and so as an answer to an offer of
 * ours, which has as many sections as the call had before.
 */
export const sdpTarget: FuzzTarget = {
  name: 'sdp',
  run(seed, iterations) {
    const rng = seeded(seed);
    for (let i = 0; i < iterations; i++) {
      const text = mutate(rng, CORPUS, WORDS).toString('latin1');
      const session = new SdpSession({ ip: i % 2 ? '198.51.100.1' : '2001:db8::9', rtpPort: 20_000 });
      const at = `sdp: seed ${seed}, iteration ${i}`;
      const answered = taken(at, () => session.answer(text));
      const offer = session.offer(answered?.remote);
      const asked = answered ? parseSdp(text).media.length : 1;
      for (const ours of [answered?.sdp ?? offer, offer]) {
        if (parseSdp(ours).media.length !== asked) throw new Error(`${at}: sections do not match`);
      }
      taken(at, () => session.takeAnswer(text));
      if (session.offer(answered?.remote) !== offer) throw new Error(`${at}: an answer changed our offer`);
    }
  },
};

function taken<T>(at: string, take: () => T): T | undefined {
  try {
    return take();
  } catch (error) {
    const code = failureCode(error);
    if (code === 'sdp.invalid' || code === 'media.noCommonCodec') return undefined;
    throw new Error(at, { cause: error });
  }
}
