import { expect, test } from 'vitest';
import { everyPath } from '../../../src/shared/machine.ts';
import { type DialogEvent, type DialogLife, dialogLifeMachine } from '../../../src/sip/dialog/life-machine.ts';
import { type RepeatEvent, repeatMachine } from '../../../src/sip/dialog/repeat-machine.ts';
import { timerValues } from '../../../src/sip/transaction/timers.ts';

const events: DialogEvent[] = (
  [
    'confirmed',
    'failed',
    'ownerLost',
    'adopted',
    'orphanTimeOver',
    'byeSent',
    'byeChallenged',
    'byeAnswered',
    'over',
  ] as const
).map((kind) => ({ kind }));

const EARLY: DialogLife = { kind: 'early' };

test('[SIP99] on every way a dialog is forgotten exactly once, when it ends, and nothing happens afterwards', () => {
  for (const path of everyPath(dialogLifeMachine, EARLY, events, 7)) {
    const ended = path.states.at(-1)?.kind === 'ended';
    expect(path.effects.filter((e) => e.do === 'forget')).toHaveLength(ended ? 1 : 0);
    expect(path.states.slice(0, -1).some((state) => state.kind === 'ended')).toBe(false);
  }
});

test('[SIP114] the orphan timer runs exactly while the dialog is an orphan', () => {
  for (const path of everyPath(dialogLifeMachine, EARLY, events, 7)) {
    let runs = false;
    for (const effect of path.effects) {
      if (effect.do === 'startOrphanTimer') runs = true;
      if (effect.do === 'stopOrphanTimer' || effect.do === 'hangUpOrphan') runs = false;
    }
    expect(runs, path.events.map((e) => e.kind).join(' > ')).toBe(path.states.at(-1)?.kind === 'orphaned');
  }
});

test('[SIP72] an answer that waits for its ACK always has an end, and gives up at most once', () => {
  const samples: RepeatEvent[] = (['sent', 'acknowledged', 'dropped', 'resendDue', 'endDue'] as const).map((kind) => ({
    kind,
  }));
  for (const repeat of [true, false]) {
    const machine = repeatMachine(timerValues(), { repeat, maxGapMs: 4_000 });
    for (const path of everyPath(machine, { kind: 'idle' }, samples, 7)) {
      const last = path.states.at(-1)?.kind;
      const failed = path.effects.filter((e) => e.do === 'fail').length;
      const acknowledged = path.events.some((e) => e.kind === 'acknowledged' || e.kind === 'dropped');
      expect(failed).toBe(last === 'done' && !acknowledged ? 1 : 0);
      if (last === 'waiting') expect(path.effects.some((e) => e.do === 'endAfter')).toBe(true);
    }
  }
});
