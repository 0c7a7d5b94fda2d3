import type { EndReason } from '../flows/machine/types.ts';
import type { CallOutcome, EndedBy } from '../reports/journal.ts';

/** What a call has come through, as far as it matters for its outcome. */
export interface CallStory {
  answered: boolean;
  waited: boolean;
  talked: boolean;
  leftMessage: boolean;
  /** How the flow ended; absent when it did not come to an end. */
  flowEnd?: EndReason;
  /** It was ended by us before the flow was through: refused, or cut off. */
  brokenOff: boolean;
  /** Who ended the last talk. */
  talkEndedBy?: EndedBy;
}

/** The one word for a whole call: what the caller got in the end. */
export function outcomeOf(story: CallStory): CallOutcome {
  if (story.talked) return 'answered';
  if (story.leftMessage) return 'voicemail';
  if (story.flowEnd === 'rejected') return 'rejected';
  if (story.brokenOff) return story.answered ? 'failed' : 'rejected';
  if (story.flowEnd === 'error' || story.flowEnd === 'stepLimit') return 'failed';
  if (story.waited || !story.answered) return 'abandoned';
  return 'selfService';
}

/** Who ended a call whose flow came to its end by itself, and why in words. */
export function flowEnding(reason: EndReason, story: CallStory): { by: EndedBy; reason: string } {
  if (reason === 'error') return { by: 'system', reason: 'the flow failed' };
  if (reason === 'rejected') return { by: 'system', reason: 'the flow turned the call away' };
  if (reason === 'maxDuration') return { by: 'system', reason: 'the call lasted too long' };
  if (reason === 'stepLimit') return { by: 'system', reason: 'the flow took too many steps' };
  if (story.talkEndedBy === 'party') return { by: 'party', reason: 'party hung up' };
  if (story.talkEndedBy === 'agent') return { by: 'agent', reason: 'agent hung up' };
  return { by: 'system', reason: 'the flow ended' };
}
