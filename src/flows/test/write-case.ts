import { Document, isMap, isSeq, parseDocument, type YAMLMap } from 'yaml';
import { ParleyError } from '../../shared/errors.ts';
import type { TestCaseSource } from './shape.ts';

/** Text of a test file with one more case: of `before`, whose comments stay, or of a new file. Throws for another flow's file. */
export function withCase(before: string | undefined, flow: string, one: TestCaseSource, comment: string): string {
  const document = before === undefined ? new Document({ flow, cases: [] }) : parseDocument(before);
  if (document.errors.length > 0 || !isMap(document.contents) || document.get('flow') !== flow)
    throw refused(`The file is no test file of the flow ${flow}`);
  const cases = document.get('cases');
  if (!isSeq(cases)) throw refused('The file has no list of cases');
  const node = document.createNode({ ...one, name: freeName(one.name, cases.toJSON() as unknown) }) as YAMLMap;
  node.commentBefore = comment
    .split('\n')
    .map((line) => ` ${line}`)
    .join('\n');
  compact(node);
  cases.add(node);
  cases.flow = false;
  return document.toString({ lineWidth: 120, flowCollectionPadding: true });
}

/** People read a script one move a line. */
function compact(node: YAMLMap): void {
  for (const { key, value } of node.items) {
    const name = String(key);
    if (name === 'script' && isSeq(value)) {
      for (const move of value.items) if (isMap(move)) move.flow = true;
    } else if (name === 'then' && isMap(value)) {
      for (const { value: inner } of value.items) if (isSeq(inner)) inner.flow = true;
    } else if (isMap(value)) value.flow = true;
  }
}

function freeName(wanted: string, cases: unknown): string {
  const taken = new Set(Array.isArray(cases) ? cases.map((one: { name?: unknown }) => one?.name) : []);
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? wanted : `${wanted} (${count})`;
    if (!taken.has(name)) return name;
  }
}

function refused(text: string): ParleyError {
  return new ParleyError('flow.refused', {}, { text });
}
