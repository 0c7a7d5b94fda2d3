import type { z } from 'zod';
import type { FlowRule, Mistakes } from './errors.ts';
import { didYouMean } from './near.ts';
import { type Path, valueAt, type YamlSource } from './source.ts';

type Issue = z.core.$ZodIssue;

/** Unknown keys told for one map; more are not a slip of the pen. */
const MAX_KEYS = 20;

/** Tells each issue of a schema at its place in the file. `base` is the path of the value that was checked. */
export function tellIssues(
  issues: readonly Issue[],
  base: Path,
  source: YamlSource,
  mistakes: Mistakes,
  known: readonly string[] = [],
): void {
  for (const issue of issues) tellIssue(issue, base, source, mistakes, known);
}

function tellIssue(issue: Issue, base: Path, source: YamlSource, mistakes: Mistakes, known: readonly string[]): void {
  const path = [...base, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  switch (issue.code) {
    case 'unrecognized_keys':
      for (const key of issue.keys.slice(0, MAX_KEYS)) {
        const place = source.keyPlace([...path, key]);
        mistakes.add('key.unknown', place, `The key ${quote(key)} is not known here`, didYouMean(key, known));
      }
      return;
    case 'invalid_union': {
      const branch = likeliest(issue.errors);
      if (branch) tellIssues(branch, path, source, mistakes, known);
      else mistakes.add('type.wrong', source.place(path), `${subject(path)} has a form that is not known here`);
      return;
    }
    case 'invalid_key':
      mistakes.add('name.wrong', source.keyPlace(path), `${quote(path.at(-1))} is not ${expectation(issue.issues)}`);
      return;
    case 'invalid_type': {
      const missing = valueAt(source.value, path) === undefined;
      const place = missing ? source.keyPlace(path.slice(0, -1)) : source.place(path);
      const rule: FlowRule = missing ? 'key.missing' : 'type.wrong';
      const sentence = missing ? `${subject(path)} is missing` : `${subject(path)} has to be ${kind(issue.expected)}`;
      mistakes.add(rule, place, sentence);
      return;
    }
    case 'invalid_value': {
      const values = issue.values.map((value) => String(value));
      const written = valueAt(source.value, path);
      if (written === undefined) {
        mistakes.add('key.missing', source.keyPlace(path.slice(0, -1)), `${subject(path)} is missing`);
        return;
      }
      const hint = typeof written === 'string' ? didYouMean(written, values) : undefined;
      mistakes.add('value.wrong', source.place(path), `${subject(path)} is one of: ${values.join(', ')}`, hint);
      return;
    }
    default:
      mistakes.add('value.wrong', source.place(path), `${subject(path)}: ${words(issue)}`);
  }
}

/** Of the branches of a union the one that the writer seems to have meant: the one that got furthest. */
function likeliest(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const score = (issues: readonly Issue[]) =>
    issues.reduce((sum, issue) => {
      const wrongKind = issue.path.length === 0 && issue.code === 'invalid_type' ? 100 : 0;
      return sum + wrongKind + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1);
    }, 0);
  const [best] = [...branches].sort((a, b) => score(a) - score(b));
  return best !== undefined && score(best) < 100 ? best : undefined;
}

function words(issue: Issue): string {
  switch (issue.code) {
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array' ? 'must not be empty' : `at least ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'string' ? `at most ${issue.maximum} characters` : `at most ${issue.maximum}`;
    case 'invalid_format':
      return `expected ${expectation([issue])}`;
    default:
      return issue.message;
  }
}

function expectation(issues: readonly Issue[]): string {
  const [first] = issues;
  return first === undefined || first.message.startsWith('Invalid') ? 'of the expected form' : first.message;
}

function kind(expected: string): string {
  const names: Record<string, string> = {
    string: 'a text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    object: 'a map of keys',
    record: 'a map of keys',
    array: 'a list',
  };
  return names[expected] ?? expected;
}

function subject(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'The file';
  return typeof last === 'number' ? `Item ${last + 1}` : quote(last);
}

function quote(part: string | number | undefined): string {
  return `"${String(part ?? '').slice(0, 60)}"`;
}
