import { editFlow, editYaml } from '../../src/flows/edit/edit.ts';
import { FlowText } from '../../src/flows/edit/flow-text.ts';
import { checkMeaning, checkRefusal, plain } from '../support/edit-checks.ts';
import { drawEdit } from '../support/flow-edits.ts';
import { flowFiles } from '../support/flow-files.ts';
import { mutate, pick, seeded } from './mutate.ts';
import type { FuzzTarget } from './target.ts';

const EXAMPLE = {
  flow: 'a',
  version: 1,
  languages: ['en'],
  start: 'one',
  steps: { one: { wait: '1s', next: 'end' }, end: { hangup: {} } },
};
const corpus = [...flowFiles().values()].map((text) => Buffer.from(text));
const dictionary = [
  ...[
    '? ',
    '? a\n: b\n',
    ': ',
    '- ',
    '- - ',
    '&a ',
    '*a',
    '<<: *a',
    '<<: [*a, *b]',
    '!!str ',
    '!!map ',
    '|',
    '|+\n',
    '>-\n',
    '|2\n',
  ],
  ...[
    '#',
    ' # x',
    '{',
    '}',
    '[',
    ']',
    ', ',
    '"',
    "'",
    '\n',
    '\r\n',
    '\r',
    '\t',
    '  ',
    '\ufeff',
    '---\n',
    '...\n',
    '%YAML 1.2\n',
  ],
  ...[
    '欢迎',
    '\u2028',
    '"<<": 1',
    '~',
    'null: ',
    '0x10: ',
    '__proto__: 1\n',
    '{ a }',
    '[a: b]',
    '{"a":1}',
    '&a &b',
    '\\\n',
  ],
].map((word) => Buffer.from(word));

/** Edits of damaged files: nothing is thrown, a refusal says where and why, and what is edited means what it should. */
export const flowEdit: FuzzTarget = {
  name: 'flow-edit',
  run: (seed, iterations) => {
    const rng = seeded(seed);
    for (let iteration = 0; iteration < iterations; iteration += 1) {
      const text = mutate(rng, corpus, dictionary).toString('utf8');
      const readable = FlowText.read(text) instanceof FlowText;
      const data = readable ? plain(text) : EXAMPLE;
      // A file that is one value has nowhere that a path could lead to.
      const edit = drawEdit(
        rng,
        typeof data === 'object' && data !== null && Object.keys(data).length > 0 ? data : EXAMPLE,
        true,
      );
      try {
        const edited = pick(rng, [editFlow, editYaml])(text, edit);
        if (!edited.ok) checkRefusal(edited.refusal, text);
        else checkMeaning(text, edit, edited);
      } catch (cause) {
        throw new Error(`seed ${seed}, iteration ${iteration}: ${JSON.stringify(edit)} in\n${text}`, { cause });
      }
    }
  },
};
