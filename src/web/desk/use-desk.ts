import { useEffect, useState, useSyncExternalStore } from 'react';
import type { DeskAsk, DeskState } from '../../protocol/desk.ts';
import { AudioSession } from '../client/audio-session.ts';
import { makeClient } from '../client/make-client.ts';
import { mediaSignal } from '../client/media-signal.ts';
import type { PageClient, PageSnapshot } from '../client/page-client.ts';

export type DeskClient = PageClient<DeskAsk, DeskState>;

export interface Desk {
  client: DeskClient;
  audio: AudioSession;
  snapshot: PageSnapshot<DeskState>;
}

const VERIFY_EVERY_MS = 3_000;

interface Parts {
  client: DeskClient;
  audio: AudioSession;
}

function makeParts(): Parts {
  const client = makeClient<DeskAsk, DeskState>('desk');
  return { client, audio: new AudioSession(mediaSignal((body) => client.ask(body))) };
}

let parts: Parts | undefined;

/** The page's line and audio: one of each a page, started with the first use. */
export function useDesk(): Desk {
  const [{ client, audio }] = useState(() => {
    parts ??= makeParts();
    return parts;
  });
  const snapshot = useSyncExternalStore(client.subscribe, client.getSnapshot);
  const { connection, state } = snapshot;
  const isOpen = connection === 'open' && state !== undefined;

  useEffect(() => {
    client.start();
    return client.onMediaLost(() => audio.rejoin(true));
  }, [client, audio]);

  useEffect(() => {
    if (isOpen) void audio.start();
  }, [isOpen, audio]);

  // A fresh line may lead to a server that has given our leg up, or never heard of it. One that has just started may
  // still be finding its legs again, so it gets a moment: joining anew would cut a talk that goes on.
  const isDeaf = isOpen && state?.mediaReady === false;
  useEffect(() => {
    if (!isDeaf) return;
    const timer = setInterval(() => audio.verify(), VERIFY_EVERY_MS);
    return () => clearInterval(timer);
  }, [isDeaf, audio]);

  const isMuted = state?.call?.muted ?? false;
  useEffect(() => {
    audio.muted = isMuted;
  }, [audio, isMuted]);

  return { client, audio, snapshot };
}
