import type { QueueFigures } from '../../flows/machine/types.ts';
import { ParleyError } from '../../shared/errors.ts';
import type { CallFact } from '../journal.ts';

/** One visit of a step, as the facts tell it. Times are UTC ms. */
export interface RecordedVisit {
  flow: string;
  step: string;
  verb: string;
  enteredAt: number;
  leftAt: number;
  exit: string;
  /** What was pressed; absent for what was pressed in confidence. */
  entries: { at: number; digits: string }[];
  isSecure: boolean;
  /** Of a queue: its name. */
  queue?: string;
  /** Of a queue or a transfer: when somebody answered. */
  answeredAt?: number;
  /** Of a request: how it ended. */
  service?: { status?: number; failure?: string; tookMs: number };
  /** What the figures of a queue were. */
  figures?: { queue: string; figures: QueueFigures };
}

/** Steps as they were entered and left, one after the other; flows that call one another overlap. */
export interface PathEvent {
  what: 'entered' | 'left';
  visit: number;
}

/** What a call's facts tell of its way through a flow. Nothing in it is personal but the digits and the number. */
export interface RecordedCall {
  callId: string;
  flow: string;
  version: string;
  /** When its flow began. */
  beganAt: number;
  /** Empty when withheld. */
  callerNumber: string;
  callerHadName: boolean;
  called: string;
  /** The wish that the number had for the language. */
  language?: string;
  visits: RecordedVisit[];
  events: PathEvent[];
}

type Open = Omit<RecordedVisit, 'leftAt' | 'exit'> & { leftAt?: number; exit?: string };

/** Reads a whole call. Throws `call.unknown`, or `flow.refused` in words for a call that cannot be told from its facts. */
export function readRecordedCall(facts: readonly CallFact[]): RecordedCall {
  const started = facts.find((fact) => fact.type === 'callStarted');
  const began = facts.find((fact) => fact.type === 'flowStarted');
  if (!started) throw new ParleyError('call.unknown');
  if (!began) throw refused('The call was refused before it came to a flow');
  if (!facts.some(({ type }) => type === 'callEnded')) throw refused('The call is still running');
  const reading = new Reading(began.flow);
  for (const fact of facts) reading.take(fact);
  const [first] = reading.visits;
  if (!first) throw refused('The call ended before its flow began');
  const visits = reading.visits.map((visit): RecordedVisit => {
    const { exit, leftAt, ...rest } = visit;
    if (exit === undefined || leftAt === undefined)
      throw refused(`The call broke off in ${visit.step}, as when the program ends: it has no whole way to follow`);
    return { ...rest, exit, leftAt };
  });
  return {
    callId: started.callId,
    flow: began.flow,
    version: began.flowVersion,
    beganAt: first.enteredAt,
    callerNumber: started.callerNumber === 'anonymous' ? '' : started.callerNumber,
    callerHadName: started.callerName !== undefined,
    called: started.calledNumber,
    ...(began.language !== undefined && { language: began.language }),
    visits,
    events: reading.events,
  };
}

class Reading {
  readonly visits: Open[] = [];
  readonly events: PathEvent[] = [];
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  take(fact: CallFact): void {
    switch (fact.type) {
      case 'stepEntered': {
        const { step, verb, at, flow = this.#root } = fact;
        this.events.push({ what: 'entered', visit: this.visits.length });
        this.visits.push({ flow, step, verb, enteredAt: at, entries: [], isSecure: false });
        return;
      }
      case 'stepLeft': {
        const { step, exit, at, flow = this.#root } = fact;
        const visit = this.visits.findLastIndex(
          (one) => one.exit === undefined && one.step === step && one.flow === flow,
        );
        const left = this.visits[visit];
        if (!left) return;
        left.exit = exit;
        left.leftAt = at;
        this.events.push({ what: 'left', visit });
        return;
      }
      case 'digitsCollected':
        this.#open((one) => one.step === fact.step)?.entries.push({ at: fact.at, digits: fact.digits });
        return;
      case 'secureDigitsCollected': {
        const visit = this.#open((one) => one.step === fact.step);
        if (visit) visit.isSecure = true;
        return;
      }
      case 'queueEntered': {
        const visit = this.#open((one) => one.verb === 'queue');
        if (visit) visit.queue = fact.queue;
        return;
      }
      case 'talkStarted': {
        const visit = this.#open((one) => one.verb === 'queue' || one.verb === 'transfer');
        if (visit) visit.answeredAt ??= fact.at;
        return;
      }
      case 'serviceAsked': {
        const visit = this.#open((one) => one.verb === 'http');
        const { status, failure, tookMs } = fact;
        const told = { ...(status !== undefined && { status }), ...(failure !== undefined && { failure }), tookMs };
        if (visit) visit.service = told;
        return;
      }
      case 'queueRead': {
        const visit = this.#open((one) => one.verb === 'queueStatus');
        if (visit) visit.figures = { queue: fact.queue, figures: fact.figures };
        return;
      }
      default:
        return;
    }
  }

  #open(isMeant: (visit: Open) => boolean): Open | undefined {
    return this.visits.findLast((one) => one.exit === undefined && isMeant(one));
  }
}

export function refused(text: string): ParleyError {
  return new ParleyError('flow.refused', {}, { text });
}
