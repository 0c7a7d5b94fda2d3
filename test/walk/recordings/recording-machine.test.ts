import { describe, expect, it } from 'vitest';
import {
  MOST_ATTEMPTS,
  type RecordingEvent,
  type RecordingOrder,
  type RecordingState,
  recordingMachine,
} from '../../../src/recordings/recording-machine.ts';
import { everyPath } from '../../../src/shared/machine.ts';

const samples: RecordingEvent[] = [
  { kind: 'closed', empty: false },
  { kind: 'closed', empty: true },
  { kind: 'jobTaken', attempt: 1 },
  { kind: 'jobTaken', attempt: MOST_ATTEMPTS },
  { kind: 'transcoded' },
  { kind: 'transcodeFailed', why: 'no space', lasting: false },
  { kind: 'transcodeFailed', why: 'no WAV', lasting: true },
  { kind: 'programStops' },
  { kind: 'leaseLost' },
];

const paths = [
  ...everyPath<RecordingState, RecordingEvent, RecordingOrder>(recordingMachine, { kind: 'running' }, samples, 7),
];
const last = (path: (typeof paths)[number]): RecordingState | undefined => path.states.at(-1);

describe('the table of recordings', () => {
  it('[R37] is walked in full', () => {
    expect(paths.length).toBeGreaterThan(1_000);
    expect(new Set(paths.map((path) => last(path)?.kind))).toEqual(new Set(Object.keys(recordingMachine)));
  });

  it('[R37] a recording gets its one job when it is closed, and never another', () => {
    for (const path of paths) {
      const added = path.effects.filter((order) => order.do === 'addJob').length;
      const withSound = path.events.some((event) => event.kind === 'closed' && !event.empty);
      expect(added).toBe(withSound ? 1 : 0);
    }
  });

  it('[R37] it ends stored or failed, once, and a failure says why', () => {
    for (const path of paths) {
      const ends = path.effects.filter((order) => order.do === 'finishJob' || order.do === 'giveUpJob').length;
      const end = last(path);
      expect(ends).toBeLessThanOrEqual(1);
      if (end?.kind === 'failed') expect(end.why).not.toBe('');
      if (ends === 1) expect(['stored', 'failed']).toContain(end?.kind);
    }
  });

  it('[R37] what fails in passing is tried again after a pause, what lasts is given up at once', () => {
    for (const path of paths) {
      for (const order of path.effects) {
        if (order.do === 'retryJob') {
          expect(order.why).toBe('no space');
          expect(order.afterMs).toBeGreaterThanOrEqual(5_000);
          expect(order.afterMs).toBeLessThanOrEqual(20 * 60_000);
        }
      }
      const [event] = path.events.slice(-1);
      if (event?.kind === 'transcodeFailed' && event.lasting) expect(last(path)?.kind).toBe('failed');
    }
  });
});
