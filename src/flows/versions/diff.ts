import { isDeepStrictEqual } from 'node:util';

/** One value that is another now. `before` is absent when it was added, `after` when it was taken away. */
export interface FieldChange {
  /** Its path in the step or head: `choices.9`, `menu.prompt[0].text`. */
  path: string;
  before?: unknown;
  after?: unknown;
}

/** What became of one step. `verbs` are its verb before and after; of an added or removed step there is one. */
export type StepChange =
  | { step: string; change: 'added' | 'removed' }
  | { step: string; change: 'changed'; fields: FieldChange[] };

/** What became of one flow: of its head, and of its steps. */
export interface FlowChange {
  flow: string;
  change: 'added' | 'removed' | 'changed';
  head: FieldChange[];
  steps: StepChange[];
}

/** Values this long are told by their first letters in a printed difference. */
const PRINTED = 80;

/**
 * What has changed from one set of flows to another, by flow and step. The flows are plain values as they stand in their files;
 * those that are the same are left out.
 */
export function diffFlows(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): FlowChange[] {
  const names = [...new Set([...after.keys(), ...before.keys()])];
  return names.flatMap((flow): FlowChange[] => {
    const change = !before.has(flow) ? 'added' : after.has(flow) ? 'changed' : 'removed';
    const [was, is] = [mapOf(before.get(flow)), mapOf(after.get(flow))];
    const steps = diffSteps(mapOf(was['steps']), mapOf(is['steps']));
    const head = change === 'changed' ? diffFields(headOf(was), headOf(is)) : [];
    return change === 'changed' && head.length === 0 && steps.length === 0 ? [] : [{ flow, change, head, steps }];
  });
}

/** A difference for people, one line a change; none when there is none. */
export function printChanges(changes: readonly FlowChange[]): string[] {
  return changes.flatMap(({ flow, change, head, steps }) => [
    `${SIGNS[change]} flow ${flow}`,
    ...head.map((field) => `    ${printField(field)}`),
    ...steps.flatMap((step) => [
      `  ${SIGNS[step.change]} step ${step.step}`,
      ...(step.change === 'changed' ? step.fields.map((field) => `      ${printField(field)}`) : []),
    ]),
  ]);
}

const SIGNS = { added: '+', removed: '-', changed: '~' } as const;

function printField({ path, before, after }: FieldChange): string {
  if (before === undefined) return `${path}: ${printValue(after)} (new)`;
  if (after === undefined) return `${path}: ${printValue(before)} (gone)`;
  return `${path}: ${printValue(before)} → ${printValue(after)}`;
}

function printValue(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length > PRINTED ? `${text.slice(0, PRINTED)}…` : text;
}

function diffSteps(before: Record<string, unknown>, after: Record<string, unknown>): StepChange[] {
  const names = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return names.flatMap((step): StepChange[] => {
    if (!Object.hasOwn(before, step)) return [{ step, change: 'added' }];
    if (!Object.hasOwn(after, step)) return [{ step, change: 'removed' }];
    const fields = diffFields(before[step], after[step]);
    return fields.length === 0 ? [] : [{ step, change: 'changed', fields }];
  });
}

/** The smallest parts that differ. Lists of different lengths are told whole: which of their items moved is a guess. */
function diffFields(before: unknown, after: unknown, path = ''): FieldChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isMap(before) && isMap(after)) {
    const keys = [...new Set([...Object.keys(after), ...Object.keys(before)])];
    return keys.flatMap((key) => diffFields(own(before, key), own(after, key), path === '' ? key : `${path}.${key}`));
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return after.flatMap((item, index) => diffFields(before[index], item, `${path}[${index}]`));
  }
  return [{ path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
}

function headOf({ steps: _, ...head }: Record<string, unknown>): Record<string, unknown> {
  return head;
}

function mapOf(value: unknown): Record<string, unknown> {
  return isMap(value) ? value : {};
}

function own(map: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
