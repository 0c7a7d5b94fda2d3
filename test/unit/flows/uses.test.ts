import { expect, it } from 'vitest';
import { loadFlow } from '../../../src/flows/language/load.ts';

const text = `flow: uses
version: 1
vars: { tier: gold, tries: 0 }
start: ask
steps:
  ask:
    collect: { prompt: "Hello {{ caller.name }}, {{ tier }} {{ tries + tries }}", into: id, digits: 4 }
    next: look
    noInput: look
  look:
    if: tier == 'gold' && call.seconds < 60
    then: count
    else: count
  count:
    set: { tries: "{{ tries + 1 }}", tier: silver }
    next: pin
  pin:
    collect: { prompt: PIN, into: pin, digits: 4, secure: true }
    next: send
    noInput: send
  send:
    http: { post: crm/pin, body: { pin: { secret: pin } } }
    save: { tier: customer.tier }
    next: end
  end:
    hangup: {}
`;

function uses(name: string): string[][] {
  const loaded = loadFlow(text, 'uses.yaml');
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors));
  const step = loaded.flow.steps.get(name);
  return [step?.reads ?? [], step?.writes ?? []].map((list) =>
    list.map((one) => `${one.place.line}:${one.place.column} ${one.name}`),
  );
}

it('[F8] what a step reads and gives values to is known with its places', () => {
  expect(uses('ask')).toEqual([['7:34 caller.name', '7:53 tier', '7:64 tries', '7:72 tries'], ['7:89 id']]);
  expect(uses('look')).toEqual([['11:9 tier', '11:27 call.seconds'], []]);
  expect(uses('count')).toEqual([['15:23 tries'], ['15:12 tries', '15:38 tier']]);
  expect(uses('send')).toEqual([['22:51 pin'], ['23:13 tier']]);
});
