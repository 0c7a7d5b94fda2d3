import { z } from 'zod';
import { FUNCTIONS } from '../src/flows/language/functions.ts';
import { flowHead } from '../src/flows/language/shapes.ts';
import type { AnyStepKind } from '../src/flows/machine/step-kind.ts';
import { inWords, SPOKEN_FUNCTIONS, spokenForms } from '../src/flows/spoken/functions.ts';
import { STEPS } from '../src/flows/steps/index.ts';

/** The part of JSON Schema that the shapes of flows use. */
interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | false;
  items?: Schema;
  anyOf?: Schema[];
}

/** `docs/flow-reference.md`: every key of a flow file, from the shapes that files are checked by. */
export function flowReferencePage(): string {
  const head = schemaOf(flowHead);
  const steps = [...STEPS.values()].map((kind) => ({ kind, schema: schemaOf(kind.shape) }));
  const named: Record<string, Schema> = Object.assign({}, head.$defs, ...steps.map(({ schema }) => schema.$defs));
  const table = (schema: Schema) => keyTable(schema, named);
  const list = steps.map(({ kind }) => `[\`${kind.verb}\`](#${anchor(kind.title)})`).join(' · ');
  return `# Flow files

Printed from \`src/flows\` by \`npm run docs\`. What steps do, rule by rule, stands in [the specification](spec/flows.md); editors check
files while they are written with the JSON Schema that \`parley flow schema\` prints. Keys in *italics* may be left out.

## The head

${table(head)}

## Values

| value | form |
|---|---|
${Object.entries(named)
  .filter(([name]) => !isUnnamed(name))
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, schema]) => `| <a id="value-${name}"></a>${name} | ${sentence(schema)} |`)
  .join('\n')}

The keys of \`item\` and \`played\`:

${table(merged([named['item'], named['played']]))}

## Saying values

Functions for texts that are said, in the language of the text ([rules F120 to F126](spec/flows.md#saying-values)):

| function | says | such as |
|---|---|---|
${functionRows()}

| call | in English | in Chinese |
|---|---|---|
${SAMPLES.map(sampleRow).join('\n')}

## Conditions

Expressions are [CEL](https://cel.dev) over the variables of the flow, \`caller.number\`, \`caller.name\`, \`call.called\`, \`call.language\` and
\`call.seconds\`, with ${[...FUNCTIONS].map((name) => `\`${name}\``).join(', ')}; and

| function | gives | such as |
|---|---|---|
| \`seconds\` | a duration, written out, in whole seconds | \`call.seconds > seconds('1m30s')\` |
| \`matches\` | whether a text matches a pattern ([rule F128](spec/flows.md#durations-and-patterns-in-conditions)) | \`order.matches('^[0-9]{4}$')\` |

## The steps

${list}

${steps.map(({ kind, schema }) => stepSection(kind, table(schema))).join('\n\n')}
`;
}

/** A call of a function in a text, with values written out. */
type Sample = readonly [name: string, value: string | number, option?: string];

const SAMPLES: readonly Sample[] = [
  ['digits', 'AB-1204'],
  ['digits', '1234567890'],
  ['phone', '+493012345678'],
  ['phone', '+8613800138000'],
  ['phone', '+12125550123'],
  ['number', 2],
  ['number', 1_005],
  ['number', 12_345],
  ['number', 100_000_001],
  ['number', -3.14],
  ['ordinal', 2],
  ['ordinal', 21],
  ['money', 12.5, 'EUR'],
  ['money', '12.50', 'CNY'],
  ['money', '0.05', 'CNY'],
  ['money', 1.01, 'USD'],
  ['money', 2_000, 'JPY'],
  ['money', '9.90', 'SEK'],
  ['date', '2026-11-28'],
  ['date', '2026-11-28', 'weekday'],
  ['date', '2009-02-01', 'short'],
  ['date', 'soon'],
  ['time', '00:00'],
  ['time', '09:05'],
  ['time', '14:30'],
  ['duration', 90],
  ['duration', 7_205],
];

function functionRows(): string {
  const rows = [...SPOKEN_FUNCTIONS.values()].map(
    ({ name, summary, example }) => `| \`${name}\` | ${summary} | \`{{ ${example} }}\` |`,
  );
  return rows.join('\n');
}

function sampleRow([name, value, option]: Sample): string {
  const written = [value, option]
    .filter((part) => part !== undefined)
    .map((part) => (typeof part === 'string' ? `'${part}'` : part));
  const spoken = SPOKEN_FUNCTIONS.get(name);
  const words = ['en', 'zh'].map((language) => {
    const forms = spokenForms(language);
    return spoken && forms ? inWords(spoken, forms, value, option) : '';
  });
  return `| \`${name}(${written.join(', ')})\` | ${words.join(' | ')} |`;
}

function stepSection(kind: AnyStepKind, keys: string): string {
  const exits = [...kind.exits, 'error'].map((exit) => (exit.startsWith('(') ? exit : `\`${exit}\``)).join(', ');
  const caller = kind.needsCaller ? ' Ends the run when the caller has left.' : '';
  const example = kind.example
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
  return `### ${kind.title}

${kind.summary}${caller}

\`\`\`yaml
here:
${example}
\`\`\`

${keys}

Exits: ${exits}.`;
}

function schemaOf(shape: z.ZodType): Schema {
  return z.toJSONSchema(shape, { io: 'input' }) as Schema;
}

function keyTable(schema: Schema, named: Readonly<Record<string, Schema>>): string {
  const rows = rowsOf(schema, '').map(({ key, isNeeded, value }) => {
    const name = isNeeded ? `\`${key}\`` : `*\`${key}\`*`;
    const meaning = value.description ?? named[referred(value) ?? '']?.description ?? '';
    return `| ${name} | ${typeOf(value)} | ${meaning.replaceAll('|', '\\|')} |`;
  });
  return `| key | value | meaning |\n|---|---|---|\n${rows.join('\n')}`;
}

interface Row {
  key: string;
  isNeeded: boolean;
  value: Schema;
}

/** The keys of a map and of the maps in it, by their way from the top. */
function rowsOf(schema: Schema, before: string): Row[] {
  const rows = Object.entries(schema.properties ?? {}).flatMap(([name, value]): Row[] => {
    const key = before + name;
    return [{ key, isNeeded: schema.required?.includes(name) ?? false, value }, ...rowsOf(value, `${key}.`)];
  });
  const branches = (schema.anyOf ?? []).flatMap((branch) => rowsOf(branch, before));
  const items = schema.items ? rowsOf(schema.items, `${before.slice(0, -1)}[].`) : [];
  const seen = new Set<string>();
  return [...rows, ...branches, ...items].filter(({ key }) => !seen.has(key) && seen.add(key));
}

/** The keys of several forms together, none of which has to be there. */
function merged(schemas: readonly (Schema | undefined)[]): Schema {
  const forms = schemas.flatMap((schema) => schema?.anyOf ?? schema ?? []);
  return { anyOf: forms.map((form) => ({ ...form, required: [] })) };
}

/** What a value looks like, in words. */
function typeOf(schema: Schema): string {
  const name = referred(schema);
  if (name !== undefined) return isUnnamed(name) ? 'JSON' : `[${name}](#value-${name})`;
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum) return schema.enum.map((word) => `\`${String(word)}\``).join(', ');
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(' or ');
  switch (schema.type) {
    case 'string':
      return 'text';
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `whole number${range(schema.minimum, schema.maximum)}`;
    case 'number':
      return `number${range(schema.minimum, schema.maximum)}`;
    case 'array':
      return `list of ${typeOf(schema.items ?? {})}${range(schema.minItems, schema.maxItems)}`;
    case 'object': {
      const inner = schema.additionalProperties;
      return inner && Object.keys(inner).length > 0 ? `map of ${typeOf(inner)}` : 'map';
    }
    default:
      return 'anything';
  }
}

function range(from: number | undefined, to: number | undefined): string {
  if (from === undefined && to === undefined) return '';
  if (from === undefined) return `, at most ${to}`;
  return to === undefined ? `, at least ${from}` : `, ${from} to ${to}`;
}

function sentence(schema: Schema): string {
  const { description = '', type } = schema;
  // The form of a text is in its description, and the keys of a map stand below.
  return !schema.enum && (type === 'string' || type === 'object') ? description : `${description}: ${typeOf(schema)}`;
}

function referred(schema: Schema): string | undefined {
  return schema.$ref?.replace('#/$defs/', '');
}

/** Zod gives a name of its own to what refers to itself. */
function isUnnamed(name: string): boolean {
  return name.startsWith('__');
}

function anchor(title: string): string {
  return title.toLowerCase().replaceAll(' ', '-');
}
