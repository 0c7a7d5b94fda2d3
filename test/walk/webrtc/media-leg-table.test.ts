import { describe, expect, it } from 'vitest';
import { type MediaLegEvent, type MediaLegState, mediaLegTable } from '../../../src/web/client/media-leg-machine.ts';

const states = Object.keys(mediaLegTable) as MediaLegState[];

/** Every state that can follow this one, however many moves it takes. */
function reachable(from: MediaLegState): Set<MediaLegState> {
  const seen = new Set<MediaLegState>();
  const todo = [from];
  for (let state = todo.pop(); state !== undefined; state = todo.pop()) {
    for (const next of Object.values(mediaLegTable[state])) {
      if (!seen.has(next)) todo.push(next);
      seen.add(next);
    }
  }
  return seen;
}

describe("the page's leg", () => {
  it('[W30] reaches every state from idle', () => {
    expect([...reachable('idle'), 'idle'].sort()).toEqual([...states].sort());
  });

  it('[W30] can be closed from every state, and then stays closed', () => {
    for (const state of states.filter((one) => one !== 'closed')) {
      expect(mediaLegTable[state].closeAsked, state).toBe('closed');
    }
    expect(mediaLegTable.closed).toEqual({});
  });

  it('[W34] begins again only after it failed', () => {
    const restarts = states.filter((state) => mediaLegTable[state].startAsked === 'connecting');
    expect(restarts).toEqual(['idle', 'failed']);
  });

  it('[W33] recovering always has a way out by time', () => {
    const waysOut: Partial<Record<MediaLegEvent, MediaLegState>> = mediaLegTable.recovering;
    expect(waysOut.gaveUp).toBe('failed');
    expect(reachable('recovering')).toContain('connected');
  });
});
