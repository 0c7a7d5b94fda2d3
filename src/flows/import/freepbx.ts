import { Draft, type DraftStep, type Imported } from './draft.ts';
import { choiceOf, refuse, secondsOf, wholeOf } from './shared.ts';

/**
 * Menus of a FreePBX as rows, one for each key: the columns of its tables `ivr_details` and `ivr_entries` joined. The first menu
 * is where calls begin; destinations are in the form of FreePBX's own (`ext-queues,400,1`).
 */
const COLUMNS = [
  ...['ivr', 'announcement', 'timeout_time', 'invalid_loops', 'timeout_loops'],
  ...['invalid_destination', 'timeout_destination', 'selection', 'dest'],
] as const;
type Row = Record<(typeof COLUMNS)[number], string>;

export function importFreePbx(text: string, options: { name: string; language: string }): Imported {
  const rows = readRows(text);
  const draft = new Draft(options.name, options.name, options.language);
  const menus = new Map<string, Row[]>();
  for (const row of rows) menus.set(row.ivr, [...(menus.get(row.ivr) ?? []), row]);
  const [first] = menus.keys();
  if (first === undefined) refuse('There is no row of a menu in this file');
  draft.start = draft.stepName(`ivr ${first}`);
  for (const [ivr, entries] of menus) addMenu(draft, ivr, entries, menus);
  return draft.finish();
}

function readRows(text: string): Row[] {
  const [head, ...lines] = parseCsv(text);
  const names = (head ?? []).map((name) => name.trim().toLowerCase());
  for (const needed of ['ivr', 'selection', 'dest'] as const) {
    if (!names.includes(needed)) refuse(`The column ${needed} is missing; the columns are ${COLUMNS.join(', ')}`);
  }
  return lines
    .filter((cells) => cells.some((cell) => cell.trim() !== ''))
    .map(
      (cells) => Object.fromEntries(COLUMNS.map((name) => [name, (cells[names.indexOf(name)] ?? '').trim()])) as Row,
    );
}

/** RFC 4180: commas, quotes doubled inside of quotes, line breaks inside of quotes. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  const body = text.replace(/^\ufeff/, '');
  for (let at = 0; at < body.length; at += 1) {
    const char = body[at] ?? '';
    if (quoted) {
      if (char !== '"') cell += char;
      else if (body[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (char === '"' && cell === '') quoted = true;
    else if (char === ',') {
      row.push(cell);
      cell = '';
    } else if (char === '\n' || char === '\r') {
      if (char === '\r' && body[at + 1] === '\n') at += 1;
      rows.push([...row, cell]);
      row = [];
      cell = '';
    } else cell += char;
  }
  if (cell !== '' || row.length > 0) rows.push([...row, cell]);
  return rows;
}

function addMenu(draft: Draft, ivr: string, entries: Row[], menus: ReadonlyMap<string, Row[]>): void {
  const name = draft.stepName(`ivr ${ivr}`);
  const [row] = entries;
  if (!row) return;
  const where = `ivr ${ivr}`;
  const choices: Record<string, string> = {};
  let onTimeout = row.timeout_destination;
  let onInvalid = row.invalid_destination;
  for (const { selection, dest } of entries) {
    if (selection === 't') onTimeout = dest;
    else if (selection === 'i') onInvalid = dest;
    else if (choiceOf(selection) === undefined) draft.lost(where, `"${selection}" is no key that can be pressed`, name);
    else choices[selection] = destination(draft, `${where}, key ${selection}`, dest, menus);
  }
  const noInput = destination(draft, `${where}, no key`, onTimeout, menus);
  if (Object.keys(choices).length === 0) {
    draft.standIn(name, where, 'a menu without keys', noInput);
    return;
  }
  const loops = [row.timeout_loops, row.invalid_loops].map((text) => wholeOf(text, 0, 9) ?? 2);
  if (loops[0] !== loops[1])
    draft.changed(where, `silence and wrong keys are asked again equally often: ${Math.max(...loops)} times`);
  const prompt = row.announcement === '' ? { silence: '20ms' } : { prompt: draft.need('prompts', row.announcement) };
  draft.add(name, {
    menu: { prompt, retries: Math.max(...loops), ...timeoutOf(row) },
    choices,
    noInput,
    noMatch: destination(draft, `${where}, wrong key`, onInvalid, menus),
  });
}

function timeoutOf(row: Row): { timeout?: string } {
  const timeout = secondsOf(row.timeout_time);
  return timeout === undefined ? {} : { timeout };
}

/** The step for a destination of FreePBX. */
function destination(draft: Draft, where: string, dest: string, menus: ReadonlyMap<string, Row[]>): string {
  const [context = '', id = ''] = dest.split(',');
  const ivr = /^ivr-(.+)$/.exec(context)?.[1];
  if (ivr !== undefined && menus.has(ivr)) return draft.stepName(`ivr ${ivr}`);
  if (dest === '' || (context === 'app-blackhole' && id === 'hangup')) return 'end';
  const name = draft.stepName(dest);
  if (draft.step(name)) return name;
  const step = stepFor(draft, context, id);
  if (step) draft.add(name, step);
  else draft.standIn(name, where, `the destination ${dest} has no counterpart`, 'end');
  return name;
}

function stepFor(draft: Draft, context: string, id: string): DraftStep | undefined {
  if (context === 'ext-queues') return { queue: draft.need('queues', `queue-${id}`), onTimeout: 'end' };
  if (context === 'ext-local' && /^vm[busi]/.test(id)) return { voicemail: { box: `box-${id.slice(3)}` }, next: 'end' };
  if (context === 'from-did-direct' || context === 'ext-group')
    return /^\d{2,32}$/.test(id) ? { transfer: { number: id }, onNoAnswer: 'end' } : undefined;
  if (context.startsWith('app-announcement-'))
    return { play: { prompt: draft.need('prompts', `announcement-${context.slice(17)}`) }, next: 'end' };
  return undefined;
}
