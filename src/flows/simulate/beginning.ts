import type { FlowError } from '../language/errors.ts';
import type { FlowInit, FlowValue } from '../machine/types.ts';
import type { Fakes } from '../run/fakes.ts';
import { loadTests, type TestCase } from '../test/load.ts';
import type { TestCaseSource } from '../test/shape.ts';

/** How a simulated call begins, and the world that is known before. */
export interface Beginning {
  init: FlowInit;
  params: Record<string, FlowValue>;
  fakes: Fakes;
}

/** What is wished of a beginning, in the words of test files. */
export type Wish = Pick<TestCaseSource, 'at' | 'caller' | 'called' | 'seed' | 'fake'>;

export type Begun = { ok: true; beginning: Beginning } | { ok: false; errors: FlowError[] };

/** The beginning of a call: of the case, where there is one, with what is wished otherwise. */
export function beginningOf(flow: string, wish: Wish, base?: TestCase): Begun {
  const given = Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined));
  const loaded = loadTests(JSON.stringify({ flow, cases: [{ name: 'simulated', ...given }] }), 'the settings');
  if (!loaded.ok) return loaded;
  const [made] = loaded.tests.cases;
  if (!made) return { ok: false, errors: [] };
  if (!base) return { ok: true, beginning: made };
  const { at, caller = {}, called, seed } = wish;
  const { init } = base;
  const language = caller.language ?? init.language;
  return {
    ok: true,
    beginning: {
      params: base.params,
      fakes: merged(base.fakes, made.fakes),
      init: {
        at: at === undefined ? init.at : made.init.at,
        caller: { number: caller.from ?? init.caller.number, name: caller.name ?? init.caller.name },
        called: called ?? init.called,
        ...(language === undefined ? {} : { language }),
        seed: seed ?? init.seed ?? 1,
      },
    },
  };
}

function merged(base: Fakes, more: Fakes): Fakes {
  return {
    http: { ...base.http, ...more.http },
    queues: { ...base.queues, ...more.queues },
    queueStatus: { ...base.queueStatus, ...more.queueStatus },
    transfers: { ...base.transfers, ...more.transfers },
    callback: more.callback.length > 0 ? more.callback : base.callback,
    voicemail: more.voicemail.length > 0 ? more.voicemail : base.voicemail,
    prompts: { ...base.prompts, ...more.prompts },
  };
}
