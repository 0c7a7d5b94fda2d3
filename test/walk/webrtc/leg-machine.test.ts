import { describe, expect, it } from 'vitest';
import { type LegEffect, type LegEvent, type LegState, legMachine } from '../../../src/media/webrtc/leg-machine.ts';
import { everyPath } from '../../../src/shared/machine.ts';

const events: LegEvent[] = [
  { kind: 'cameThrough' },
  { kind: 'wentQuiet' },
  { kind: 'browserClosed' },
  { kind: 'dtlsRefused' },
  { kind: 'waitedTooLong' },
  { kind: 'workerDied' },
  { kind: 'closeAsked' },
];
const paths = [...everyPath<LegState, LegEvent, LegEffect>(legMachine, { kind: 'waiting' }, events, 6)];
const name = (path: { events: LegEvent[] }) => path.events.map(({ kind }) => kind).join(' > ') || '(start)';

describe('every path of a browser leg', () => {
  it('[W11] clears the transports exactly once, as the leg ends', () => {
    for (const path of paths) {
      const cleared = path.effects.filter((effect) => effect.do === 'clear').length;
      expect(cleared, name(path)).toBe(path.states.at(-1)?.kind === 'ended' ? 1 : 0);
    }
    expect(paths.some((path) => path.states.at(-1)?.kind === 'ended')).toBe(true);
  });

  it('[W12] a wait runs exactly while the browser is not there', () => {
    for (const path of paths) {
      let waiting = true;
      for (const effect of path.effects) {
        if (effect.do === 'startWait') waiting = true;
        if (effect.do === 'stopWait') waiting = false;
      }
      const state = path.states.at(-1)?.kind;
      expect(waiting, name(path)).toBe(state === 'waiting' || state === 'disconnected' || state === 'closed');
    }
  });

  it('[W13] tells each change once, and nothing after a loss', () => {
    for (const path of paths) {
      const told = path.effects.filter((effect) => effect.do === 'tell' || effect.do === 'tellLost');
      const words = told.map((effect) => (effect.do === 'tell' ? effect.state : effect.reason));
      words.forEach((word, index) => {
        expect(word, name(path)).not.toBe(words[index + 1]);
      });
      const lostAt = told.findIndex((effect) => effect.do === 'tellLost');
      if (lostAt >= 0) expect(lostAt, name(path)).toBe(told.length - 1);
    }
  });

  it('[W16] an asked close is no loss', () => {
    for (const path of paths.filter(({ events: taken }) => taken.at(-1)?.kind === 'closeAsked')) {
      expect(
        path.effects.some((effect) => effect.do === 'tellLost'),
        name(path),
      ).toBe(false);
    }
  });

  it('[W15] a browser that said goodbye never counts as connected again', () => {
    for (const path of paths) {
      const goneAt = path.states.findIndex(({ kind }) => kind === 'closed');
      if (goneAt >= 0)
        expect(
          path.states.slice(goneAt).map(({ kind }) => kind),
          name(path),
        ).not.toContain('connected');
    }
  });
});
