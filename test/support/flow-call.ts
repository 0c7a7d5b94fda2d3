import { type Calendar, loadCalendar } from '../../src/flows/calendars/calendar.ts';
import { bindFlows } from '../../src/flows/check/bind.ts';
import { printFlowError } from '../../src/flows/language/errors.ts';
import { bindCalendars, type Flow } from '../../src/flows/language/flow.ts';
import { loadFlow } from '../../src/flows/language/load.ts';
import { next, start } from '../../src/flows/machine/engine.ts';
import type { FlowEffect, FlowEvent, FlowInit, FlowState } from '../../src/flows/machine/types.ts';

/** The flow in a text, with those it calls, or an error that lists its mistakes. */
export function flowOf(yaml: string, calendars: string[] = [], called: string[] = []): Flow {
  const bound = new Map(calendars.map(calendarOf).map((calendar) => [calendar.name, calendar]));
  const [flow, ...others] = [yaml, ...called].map((text) => {
    const loaded = loadFlow(text, 'test.yaml');
    if (!loaded.ok) throw new Error(loaded.errors.map(printFlowError).join('\n'));
    return bindCalendars(loaded.flow, bound);
  });
  if (!flow) throw new Error('no flow');
  const made = bindFlows(new Map([flow, ...others].map((one) => [one.name, one]))).get(flow.name);
  if (!made?.ok) throw new Error(made?.errors.map(printFlowError).join('\n'));
  return made.flow;
}

export function calendarOf(yaml: string): Calendar {
  const loaded = loadCalendar(yaml, 'calendar.yaml');
  if (!loaded.ok) throw new Error(loaded.errors.map(printFlowError).join('\n'));
  return loaded.calendar;
}

/** `steps` under a head that is enough for most tests. */
export function flowWith(steps: string, head = '', called: string[] = []): Flow {
  return flowOf(`flow: test\nversion: 1\nstart: one\n${head}\nsteps:\n${steps}\n  end: { hangup: {} }\n`, [], called);
}

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A call in the engine, with a clock of its own and everything it did. */
export class FlowCall {
  readonly flow: Flow;
  state: FlowState;
  readonly effects: FlowEffect[] = [];
  readonly events: FlowEvent[] = [];
  at: number;

  constructor(flow: Flow, init: Partial<FlowInit> = {}) {
    this.flow = flow;
    this.at = init.at ?? 1_000_000;
    const first = start(flow, { caller: { number: '+4930123456', name: 'Ada' }, called: '1000', ...init, at: this.at });
    this.state = first.state;
    this.effects.push(...first.effects);
  }

  /** Sends an event 10 ms after the last one; gives the effects it led to. */
  send(event: Without<FlowEvent, 'at'>): FlowEffect[] {
    this.at += 10;
    const stamped = { ...event, at: this.at } as FlowEvent;
    this.events.push(stamped);
    const turn = next(this.flow, this.state, stamped);
    this.state = turn.state;
    this.effects.push(...turn.effects);
    return turn.effects;
  }

  press(keys: string): this {
    for (const digit of keys) this.send({ type: 'digit', digit });
    return this;
  }

  /** The play that is running comes to its end. */
  heard(reason: 'finished' | 'failed' = 'finished'): this {
    const playId = this.#running('play', 'stopPlay', 'playId');
    if (playId === undefined) throw new Error(`nothing is playing in ${this.state.step}`);
    this.send({ type: 'playEnded', playId, reason });
    return this;
  }

  /** The timer that is running comes to its end. */
  silence(): this {
    const timerId = this.#running('setTimer', 'clearTimer', 'timerId');
    if (timerId === undefined) throw new Error(`no timer is running in ${this.state.step}`);
    this.send({ type: 'timer', timerId });
    return this;
  }

  hangUp(): FlowEffect[] {
    return this.send({ type: 'hangup', by: 'caller' });
  }

  last<T extends FlowEffect['type']>(type: T): Extract<FlowEffect, { type: T }> {
    const found = this.effects.findLast((effect): effect is Extract<FlowEffect, { type: T }> => effect.type === type);
    if (!found) throw new Error(`there was no ${type}`);
    return found;
  }

  get playing(): boolean {
    return this.#running('play', 'stopPlay', 'playId') !== undefined;
  }

  get waiting(): boolean {
    return this.#running('setTimer', 'clearTimer', 'timerId') !== undefined;
  }

  /** Words and other things the caller was played, in order. */
  get said(): string[] {
    return this.effects.flatMap((effect) => (effect.type === 'play' ? effect.items.map(named) : []));
  }

  /** `step:exit` of each visit that is over. */
  get path(): string[] {
    return this.state.path.filter(({ exit }) => exit !== undefined).map(({ step, exit }) => `${step}:${exit}`);
  }

  #running(begun: FlowEffect['type'], stopped: FlowEffect['type'], key: 'playId' | 'timerId'): string | undefined {
    const over = new Set<unknown>();
    for (const effect of this.effects) if (effect.type === stopped) over.add((effect as Record<string, unknown>)[key]);
    for (const event of this.events)
      if (event.type === 'playEnded' || event.type === 'timer') over.add((event as Record<string, unknown>)[key]);
    const all = this.effects.filter((effect) => effect.type === begun);
    const last = (all.at(-1) as Record<string, unknown> | undefined)?.[key];
    return typeof last === 'string' && !over.has(last) ? last : undefined;
  }
}

function named(item: Extract<FlowEffect, { type: 'play' }>['items'][number]): string {
  switch (item.type) {
    case 'text':
      return item.text;
    case 'prompt':
      return `(${item.prompt})`;
    default:
      return `(${item.type})`;
  }
}
