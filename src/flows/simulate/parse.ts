import { parseDuration } from '../../shared/time.ts';
import { didYouMean } from '../language/near.ts';
import type { Json, QueueFigures } from '../machine/types.ts';
import { type FakeAnswer, USUAL_QUEUE, USUAL_TRANSFER } from '../run/fakes.ts';
import type { Command } from './command.ts';

/** What is asked of the simulator itself. */
export type Question = 'vars' | 'path' | 'transcript' | 'help' | 'quit';

export type Parsed = Command | { ask: Question } | { mistake: string } | { nothing: true };

/** The words that one types, for `help`. */
export const HELP = `1, 12#          keys, one every 200 ms (also: press 12#)
                an empty line lets the next thing happen
wait 10s        time passes (also: jump 10s, 1m30s, 500ms); without a time, until the next thing happens
say WORDS       the caller speaks, into a message or to nobody
hangup          the caller hangs up
http 200 {...}  what the service answers (also: http 404; http timeout, unreachable, tooLarge, notJson)
queue answered  what becomes of the wait (also: timeout, noAgents, full, failed; agentEnded ends the talk)
transfer answered  what becomes of the ringing (also: busy, noAnswer, failed; ended ends the talk)
callback failed, voicemail failed  from now on (also: callback booked, voicemail stored)
figures QUEUE waiting=3 agentsOnDuty=0 agentsReady=0 longestWait=90s estimatedWait=2m  from now on
vars, path, transcript, help, quit
A line that begins with // is no command.`;

const KEYS = /^[0-9A-D*#]{1,64}$/;

type Reader = (rest: string) => Parsed;

const QUESTIONS = ['vars', 'path', 'transcript', 'help', 'quit'] as const;

const WORDS: Record<string, Reader> = {
  ...Object.fromEntries(QUESTIONS.map((ask): [string, Reader] => [ask, () => ({ ask })])),
  press: (rest) =>
    KEYS.test(rest) ? { do: 'press', keys: rest } : { mistake: 'Keys are 0-9, *, # and A-D, up to 64 of them' },
  wait: timePasses,
  jump: timePasses,
  hangup: () => ({ do: 'hangUp' }),
  say: (rest) => {
    if (rest === '') return { mistake: 'Say what the caller says: say I would like to change my order' };
    return rest.length > 2_000 ? { mistake: 'That is more than 2000 characters' } : { do: 'speak', text: rest };
  },
  http: answerOf,
  queue: waitEnds,
  transfer: ringingEnds,
  callback: (rest) =>
    rest === 'booked' || rest === 'failed'
      ? { do: 'callback', fake: rest }
      : { mistake: 'A call back is booked or failed' },
  voicemail: (rest) =>
    rest === 'stored' || rest === 'failed'
      ? { do: 'voicemail', fake: rest }
      : { mistake: 'A message is stored or failed' },
  figures: figuresOf,
};

/** Reads one line. What it cannot read is told in a sentence, which repeats no keys: they may be secret. */
export function parseLine(line: string): Parsed {
  const text = line.trim();
  if (text.startsWith('//')) return { nothing: true };
  if (text === '') return { do: 'pass' };
  if (KEYS.test(text)) return { do: 'press', keys: text };
  const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(text) ?? [];
  const name = word.toLowerCase();
  const read = Object.hasOwn(WORDS, name) ? WORDS[name] : undefined;
  if (read) return read(rest.trim());
  if (!/^[a-z]{2,20}$/i.test(word)) return { mistake: 'That is no command; "help" lists them' };
  const hint = didYouMean(name, Object.keys(WORDS));
  return { mistake: `There is no command "${word}"${hint === undefined ? '; "help" lists them' : `; ${hint}`}` };
}

function timePasses(rest: string): Parsed {
  if (rest === '') return { do: 'pass' };
  const ms = parseDuration(rest);
  return ms === undefined ? { mistake: 'A time is written like 10s, 1m30s or 500ms' } : { do: 'pass', ms };
}

const FAILURES: Record<string, NonNullable<FakeAnswer['failure']>> = {
  timeout: 'http.timeout',
  unreachable: 'http.unreachable',
  toolarge: 'http.tooLarge',
  notjson: 'http.notJson',
};

function answerOf(rest: string): Parsed {
  const [, word = '', body = ''] = /^(\S+)\s*(.*)$/s.exec(rest) ?? [];
  const name = word.toLowerCase();
  const failure = Object.hasOwn(FAILURES, name) ? FAILURES[name] : undefined;
  if (failure) return { do: 'http', answers: [{ status: 0, body: null, afterMs: 0, failure }] };
  if (!/^[1-5]\d\d$/.test(word))
    return { mistake: 'An answer is a status and perhaps JSON, such as http 200 {"tier":"gold"}, or a failure' };
  try {
    const json = body === '' ? null : (JSON.parse(body) as Json);
    return { do: 'http', answers: [{ status: Number(word), body: json, afterMs: 0 }] };
  } catch {
    return { mistake: 'What stands after the status is no JSON' };
  }
}

const WAIT_ENDS = ['answered', 'timeout', 'noAgents', 'full', 'failed'] as const;

function waitEnds(rest: string): Parsed {
  if (rest === 'agentEnded') return { do: 'endTalk' };
  const outcome = WAIT_ENDS.find((one) => one === rest);
  if (!outcome) return { mistake: `A wait ends with ${WAIT_ENDS.join(', ')}; a talk with agentEnded` };
  return { do: 'queue', fake: { outcome, afterMs: 0, talkMs: USUAL_QUEUE.talkMs } };
}

const RINGING_ENDS = { answered: 'ended', busy: 'busy', noAnswer: 'noAnswer', failed: 'failed' } as const;

function ringingEnds(rest: string): Parsed {
  if (rest === 'ended') return { do: 'endTalk' };
  const outcome = Object.hasOwn(RINGING_ENDS, rest) ? RINGING_ENDS[rest as keyof typeof RINGING_ENDS] : undefined;
  if (!outcome) return { mistake: `A transfer ends with ${Object.keys(RINGING_ENDS).join(', ')}; a talk with ended` };
  return { do: 'transfer', fake: { outcome, afterMs: 0, talkMs: USUAL_TRANSFER.talkMs } };
}

const FIGURES: Record<string, keyof QueueFigures> = {
  waiting: 'waiting',
  agentsOnDuty: 'agentsOnDuty',
  agentsReady: 'agentsReady',
  longestWait: 'longestWaitMs',
  estimatedWait: 'estimatedWaitMs',
};

function figuresOf(rest: string): Parsed {
  const [queue = '', ...parts] = rest.split(/\s+/);
  if (queue !== '' && parts.join(' ') === 'failed') return { do: 'queueStatus', queue, figures: 'failed' };
  const figures: Partial<QueueFigures> = {};
  for (const part of parts) {
    const [name = '', text = ''] = part.split('=');
    const key = Object.hasOwn(FIGURES, name) ? FIGURES[name] : undefined;
    const value = key?.endsWith('Ms') ? parseDuration(text) : /^\d{1,9}$/.test(text) ? Number(text) : undefined;
    if (key === undefined || value === undefined)
      return { mistake: 'Figures are written like figures support waiting=3 longestWait=90s' };
    figures[key] = value;
  }
  if (queue === '') return { mistake: 'Say of which queue: figures support waiting=3' };
  return { do: 'queueStatus', queue, figures };
}
