import { expect, it } from 'vitest';
import { type VoicemailEvent, type VoicemailState, voicemailMachine } from '../../../src/flows/steps/voicemail.ts';
import { everyPath } from '../../../src/shared/machine.ts';

const samples: VoicemailEvent[] = (['key', 'playEnded', 'timer', 'stored', 'failed'] as const).map((kind) => ({
  kind,
}));
const begin: VoicemailState = { kind: 'greeting' };

it('[F36] on every path a recording that began is stopped or over, and a timer never outlives its reason', () => {
  let ended = 0;
  for (const path of everyPath(voicemailMachine, begin, samples, 6)) {
    const orders = path.effects;
    const end = path.states.at(-1)?.kind ?? '';
    const title = path.events.map(({ kind }) => kind).join(' > ');
    expect(orders.filter((order) => order === 'record').length, title).toBe(
      ['recording', 'storing', 'done', 'failed'].includes(end) ? 1 : 0,
    );
    if (end === 'storing') expect(orders, title).toContain('stopRecording');
    if (end !== 'done' && end !== 'failed') continue;
    ended += 1;
    const started = orders.filter((order) => order === 'startTimer' || order === 'giveStoringTime').length;
    const stopped = orders.filter((order) => order === 'stopTimer').length;
    const fired = path.events.filter(({ kind }) => kind === 'timer').length;
    expect(started - stopped - fired, title).toBe(0);
  }
  expect(ended).toBeGreaterThan(5);
});
