import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { printFlowError } from '../../../src/flows/language/errors.ts';
import { flowJsonSchema, loadFlow } from '../../../src/flows/language/load.ts';
import { targetsIn } from '../../../src/flows/language/targets.ts';
import { STEPS } from '../../../src/flows/steps/index.ts';

const root = join(import.meta.dirname, '../../..');

interface Schema {
  properties?: Record<string, Schema>;
  anyOf?: Schema[];
  items?: Schema;
}

/** Every key of a map and of the maps in it. */
function keysOf(schema: Schema): string[] {
  const inner = [
    ...Object.values(schema.properties ?? {}),
    ...(schema.anyOf ?? []),
    ...(schema.items ? [schema.items] : []),
  ];
  return [...Object.keys(schema.properties ?? {}), ...inner.flatMap(keysOf)];
}

describe.each([...STEPS.values()])('$verb', (kind) => {
  it('[F4] has an example that can be loaded', () => {
    const others = [...new Set(targetsIn(parse(kind.example)).map(({ to }) => to))].filter((to) => to !== 'here');
    const text = `flow: example
version: 1
languages: [en, zh]
results: { customer: string }
vars: { customer: "", tier: standard, attempts: 0 }
start: here
steps:
  here:
${kind.example.replace(/^/gm, '    ')}
${others.map((name) => `  ${name}: { hangup: {} }\n`).join('')}`;
    const loaded = loadFlow(text, 'example.yaml');
    expect(loaded.ok ? [] : loaded.errors.map(printFlowError)).toEqual([]);
    expect(loaded.ok && loaded.flow.steps.get('here')?.verb).toBe(kind.verb);
  });

  it('[F4] offers each of its keys when one is mistyped', () => {
    const { $defs: _, ...schema } = z.toJSONSchema(kind.shape, { io: 'input' });
    expect(keysOf(schema as Schema).filter((key) => !kind.keys.includes(key))).toEqual([]);
  });
});

it('[F4] parley flow schema prints the schema for editors', () => {
  const printed = execFileSync(process.execPath, [join(root, 'src/cli.ts'), 'flow', 'schema'], { encoding: 'utf8' });
  expect(JSON.parse(printed)).toEqual(flowJsonSchema());
  expect(printed).toContain('"$schema": "https://json-schema.org/draft/2020-12/schema"');
  for (const verb of STEPS.keys()) expect(printed).toMatch(new RegExp(`"required": \\[\\s*"${verb}"`));
});
