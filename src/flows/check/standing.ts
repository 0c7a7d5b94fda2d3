import type { Step } from '../language/flow.ts';

/** What of a call matters to the rules about answering, consent and recording, at one step on one way through its flows. */
export interface Standing {
  answered: boolean;
  /** The caller has been told to the end that the call is recorded. */
  consented: boolean;
  /** The caller has heard anything at all. */
  heard: boolean;
  /** What is recorded: each talk, the whole call, or nothing any more. */
  recorded: 'talks' | 'whole' | 'none';
}

/** A standing as one word, for sets of them. */
export function standingKey({ answered, consented, heard, recorded }: Standing): string {
  return `${answered ? 'a' : '-'}${consented ? 'c' : '-'}${heard ? 'h' : '-'}${recorded}`;
}

/** How the call stands when it has left the step by an exit. */
export function afterExit(before: Standing, { traits }: Step, exit: string): Standing {
  if (exit === 'error') return before;
  const { records } = traits;
  return {
    answered: before.answered || traits.answers === true,
    consented: before.consented || traits.consents === true,
    heard: before.heard || isHeard(traits),
    recorded: records === 'start' ? 'whole' : records === 'stop' ? 'none' : before.recorded,
  };
}

/** Whether the step fails whatever happens: it needs an answered call, or one that is not answered yet. */
export function failsHere({ traits }: Step, { answered }: Standing): boolean {
  return answered ? traits.unanswered === true : traits.audible === true;
}

function isHeard({ audible, silent }: Step['traits']): boolean {
  return audible === true && silent !== true;
}
