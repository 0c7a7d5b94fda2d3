import type { EndReason, FlowEffect, FlowValue, Json, PlayItem } from '../machine/types.ts';

type EffectOf<T extends FlowEffect['type']> = Extract<FlowEffect, { type: T }>;

/** What happened in a call that was made without a phone, in order. Times are UTC ms of the call's own clock. */
export type Happening = { at: number } & (
  | { what: 'said'; item: PlayItem }
  | { what: 'saidEnded'; how: 'finished' | 'stopped' | 'failed' }
  | { what: 'entered'; step: string; verb: string; flow: string }
  | { what: 'left'; step: string; exit: string; flow: string }
  | { what: 'pressed'; digit: string; secret: boolean }
  | { what: 'spoke'; text: string; isRecorded: boolean }
  | { what: 'queued'; effect: EffectOf<'enterQueue'> }
  | { what: 'queueAnswered'; queue: string }
  | { what: 'queueLeft'; queue: string; outcome: string }
  | { what: 'asked'; effect: EffectOf<'http'> }
  | { what: 'answerCame'; status: number; body: Json }
  | { what: 'answerFailed'; code: string }
  | { what: 'recorded'; order: EffectOf<'record'>['order'] }
  | { what: 'voicemail'; box: string }
  | { what: 'voicemailEnded'; durationMs: number }
  | { what: 'transferred'; to: string }
  | { what: 'transferAnswered' }
  | { what: 'transferEnded'; outcome: string }
  | { what: 'callback'; queue: string; number: string }
  | { what: 'sentDigits'; digits: string }
  | { what: 'tagged'; tags: Record<string, string> }
  | { what: 'milestone'; name: string; values: Record<string, FlowValue> }
  | { what: 'collected'; step: string; digits: string }
  | { what: 'secretCollected'; step: string }
  | { what: 'consented'; step: string }
  | { what: 'rang' }
  | { what: 'answered' }
  | { what: 'failed'; step: string; why: string }
  | { what: 'callerLeft' }
  | { what: 'ended'; reason: EndReason; cause?: string }
);

/** One line of a transcript, without the time. */
export function inWords(one: Happening): string {
  switch (one.what) {
    case 'said':
      return `says ${itemInWords(one.item)}`;
    case 'saidEnded':
      return one.how === 'finished' ? 'has said it' : one.how === 'stopped' ? 'is interrupted' : 'cannot be heard';
    case 'entered':
      return `→ ${one.flow}/${one.step} (${one.verb})`;
    case 'left':
      return `← ${one.flow}/${one.step}: ${one.exit}`;
    case 'pressed':
      return `caller presses ${one.secret ? '•' : one.digit}`;
    case 'spoke':
      return `caller says “${one.text}”${one.isRecorded ? ', which is recorded' : ''}`;
    case 'queued':
      return `waits in ${one.effect.queue}${one.effect.priority === 0 ? '' : `, priority ${one.effect.priority}`}`;
    case 'queueAnswered':
      return `an agent of ${one.queue} answers`;
    case 'queueLeft':
      return `leaves ${one.queue}: ${one.outcome}`;
    case 'asked':
      return `asks ${one.effect.method} ${one.effect.service}${one.effect.path}`;
    case 'answerCame':
      return `is answered ${one.status} ${brief(one.body)}`;
    case 'answerFailed':
      return `gets no answer: ${one.code}`;
    case 'recorded':
      return `recording: ${one.order}`;
    case 'voicemail':
      return `takes a message for ${one.box}`;
    case 'voicemailEnded':
      return `message of ${Math.round(one.durationMs / 1_000)} s is stored`;
    case 'transferred':
      return `rings ${one.to}`;
    case 'transferAnswered':
      return 'they talk';
    case 'transferEnded':
      return `transfer: ${one.outcome}`;
    case 'callback':
      return `books a call back to ${one.number} in ${one.queue}`;
    case 'sentDigits':
      return `sends the keys ${one.digits}`;
    case 'tagged':
      return `tags ${brief(one.tags)}`;
    case 'milestone':
      return `event ${one.name} ${brief(one.values)}`;
    case 'collected':
      return `${one.step} has ${one.digits}`;
    case 'secretCollected':
      return `${one.step} has secret digits`;
    case 'consented':
      return 'the caller was told of the recording';
    case 'rang':
      return 'it rings';
    case 'answered':
      return 'the call is answered';
    case 'failed':
      return `${one.step} fails: ${one.why}`;
    case 'callerLeft':
      return 'caller hangs up';
    case 'ended':
      return `the call ends: ${one.reason}${one.cause === undefined ? '' : ` (${one.cause})`}`;
  }
}

export function itemInWords(item: PlayItem): string {
  switch (item.type) {
    case 'text':
      return `“${item.text}” (${item.language})`;
    case 'prompt':
      return `[${item.prompt}] (${item.language})`;
    case 'tone':
      return `tone of ${item.durationMs} ms`;
    case 'silence':
      return `silence of ${item.durationMs} ms`;
  }
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

/** Whether the caller hears words: speech or a recording, not a tone. */
export function isSpoken(one: Happening): boolean {
  return one.what === 'said' && (one.item.type === 'text' || one.item.type === 'prompt');
}

/** What may be written down of it: no secret digit, and nothing of a request that holds some but whom it went to. */
export function tellable(one: Happening): Happening {
  if (one.what === 'pressed' && one.secret) return { ...one, digit: '•' };
  if (one.what !== 'asked' || !one.effect.secret) return one;
  const { body: _, ...effect } = one.effect;
  return { ...one, effect: { ...effect, path: '', query: [], headers: {} } };
}

/** The transcript of a call, each line with the time since it began. */
export function transcriptOf(happenings: readonly Happening[], startedAt: number): string[] {
  return happenings.map((one) => `${clockOf(one.at - startedAt)}  ${inWords(one)}`);
}

/** `1:02.5` */
export function clockOf(ms: number): string {
  const tenths = Math.floor(ms / 100);
  const seconds = Math.floor(tenths / 10) % 60;
  return `${Math.floor(tenths / 600)}:${String(seconds).padStart(2, '0')}.${tenths % 10}`;
}
