import type { FlowEffect, FlowEvent } from '../../src/flows/machine/types.ts';

/** What happens next to a call, given what the engine ordered last. */
type Happening = (effects: readonly FlowEffect[], at: number) => FlowEvent;

/** A loop of `set`, `if` and `loop`: about 300 steps in one turn. */
export const COUNTING = `flow: count
version: 1
start: add
vars: { n: 0 }
steps:
  add: { set: { n: "{{ n + 3 }}" }, next: test }
  test: { if: n > 1000, then: end, else: again }
  again: { loop: 100, again: add, done: end }
  end: { hangup: {} }
`;

const FLOW = `flow: orders
version: 1
title: { en: Orders, zh: 订单 }
languages: [en, zh]
start: greeting
vars: { tries: 0, order: "", tier: standard }
on: { error: sorry }
steps:
  greeting:
    say: { text: { en: Welcome to Parley., zh: 欢迎致电 Parley。 } }
    next: open
  open: { hours: desk, open: choose, closed: shut }
  choose:
    menu:
      prompt: { text: { en: "For orders, press 1. To talk to us, press 2.", zh: 查询订单请按1。人工服务请按2。 } }
    choices: { "1": number, "2": wait }
    noInput: end
  number:
    collect:
      prompt: { text: { en: Type your order number., zh: 请输入订单号。 } }
      into: order
      digits: 4
    next: count
    noInput: end
  count: { set: { tries: "{{ tries + 1 }}", tier: "{{ order.startsWith('9') ? 'gold' : 'standard' }}" }, next: known }
  known: { if: "tier == 'gold' && tries < 3", then: tell, else: end }
  tell:
    say: { text: { en: "Order {{ order }} from {{ caller.number }}.", zh: "订单 {{ order }}，来自 {{ caller.number }}。" } }
    next: way
  way: { switch: tier, cases: { gold: wait, silver: wait }, else: end }
  wait:
    queue: { name: support, priority: "{{ tier == 'gold' ? 10 : 0 }}", maxWait: 10m }
    onAnsweredEnd: bye
    onTimeout: sorry
  bye:
    say: { text: { en: Goodbye., zh: 再见。 } }
    next: end
  shut:
    say: { hours: desk }
    next: end
  sorry:
    say: { text: { en: I am sorry., zh: 抱歉。 } }
    next: end
  end: { hangup: {} }
`;

const ALWAYS = `calendar: desk
version: 1
timeZone: Europe/Berlin
weekly:
${['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].map((day) => `  ${day}: 00:00-24:00\n`).join('')}`;

const heard: Happening = (effects, at) => {
  return { type: 'playEnded', at, playId: of(effects, 'play').playId, reason: 'finished' };
};
const press =
  (digit: string): Happening =>
  (_, at) => ({ type: 'digit', at, digit });

/** A call as callers make them: a greeting, hours, a menu, an order number, a queue and a talk. */
export const MENU_CALL = {
  flow: FLOW,
  calendars: [ALWAYS],
  happenings: happenings(),
};

function happenings(): Happening[] {
  let queueId = '';
  return [
    heard,
    heard,
    press('1'),
    ...[...'9217'].map(press),
    heard,
    (effects, at) => {
      queueId = of(effects, 'enterQueue').queueId;
      return { type: 'queueAnswered', at, queueId };
    },
    (_, at) => ({ type: 'queueEnded', at, queueId, outcome: 'agentEnded' }),
    heard,
  ];
}

function of<T extends FlowEffect['type']>(effects: readonly FlowEffect[], type: T): Extract<FlowEffect, { type: T }> {
  const found = effects.find((effect): effect is Extract<FlowEffect, { type: T }> => effect.type === type);
  if (!found) throw new Error(`there was no ${type}`);
  return found;
}
