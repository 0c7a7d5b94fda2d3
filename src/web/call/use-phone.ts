import { useEffect, useState, useSyncExternalStore } from 'react';
import type { PhoneAsk, PhoneState } from '../../protocol/phone.ts';
import { AudioSession } from '../client/audio-session.ts';
import { makeClient } from '../client/make-client.ts';
import { mediaSignal } from '../client/media-signal.ts';
import type { PageClient, PageSnapshot } from '../client/page-client.ts';

export interface Phone {
  client: PageClient<PhoneAsk, PhoneState>;
  audio: AudioSession;
  snapshot: PageSnapshot<PhoneState>;
}

type Parts = Omit<Phone, 'snapshot'>;

function makeParts(): Parts {
  const client = makeClient<PhoneAsk, PhoneState>('phone');
  return { client, audio: new AudioSession(mediaSignal((body) => client.ask(body))) };
}

let parts: Parts | undefined;

/** The page's line and audio: one of each a page, started with the first use. */
export function usePhone(): Phone {
  const [{ client, audio }] = useState(() => {
    parts ??= makeParts();
    return parts;
  });
  const snapshot = useSyncExternalStore(client.subscribe, client.getSnapshot);
  const isOpen = snapshot.connection === 'open';

  useEffect(() => {
    client.start();
    return client.onMediaLost(() => audio.rejoin(true));
  }, [client, audio]);

  useEffect(() => {
    if (!isOpen) return;
    audio.rejoin();
    void audio.start();
  }, [isOpen, audio]);

  return { client, audio, snapshot };
}
