import { FLOW_RULES, type FlowError, type FlowRule, type Place } from '../language/errors.ts';
import { CHECK_RULES, type CheckRule } from './check-rules.ts';

/** An error keeps a flow from being published; a warning is told. */
export type Severity = 'error' | 'warning';

/** One thing that is wrong with a file, or looks wrong. */
export interface Finding extends Omit<FlowError, 'rule'> {
  severity: Severity;
  rule: FlowRule | CheckRule;
}

/** What one rule has to say about one place. */
export type Told = (
  rule: CheckRule | FlowRule,
  place: Pick<Place, 'line' | 'column'>,
  text: string,
  hint?: string,
) => void;

/** A mistake that the loader found. */
export function findingOf(error: FlowError): Finding {
  return { ...error, severity: 'error' };
}

/** Gathers what the rules say about the files of a folder. */
export class Findings {
  readonly #all: Finding[] = [];

  add(...findings: Finding[]): void {
    this.#all.push(...findings);
  }

  /** For rules that look at one file. */
  about(file: string): Told {
    return (rule, { line, column }, text, hint) => {
      const severity = rule in CHECK_RULES ? CHECK_RULES[rule as CheckRule].severity : 'error';
      this.#all.push({ file, line, column, severity, rule, text, ...(hint !== undefined && { hint }) });
    };
  }

  /** By file, then in the order of the file, each once. */
  list(): Finding[] {
    const seen = new Set<string>();
    return this.#all
      .filter((finding) => {
        const key = printFinding(finding);
        return !seen.has(key) && seen.add(key);
      })
      .sort((a, b) => byText(a.file, b.file) || a.line - b.line || a.column - b.column || byText(a.rule, b.rule));
  }
}

/** `file:line:column severity rule text (hint)`, as compilers print it. */
export function printFinding({ file, line, column, severity, rule, text, hint }: Finding): string {
  return `${file}:${line}:${column} ${severity} ${rule} ${text}${hint === undefined ? '' : ` (${hint})`}`;
}

/** Every rule there is: those of the language, which are errors all, and those of the checker. */
export function allRules(): { name: string; severity: Severity; text: string }[] {
  const ofLanguage = Object.entries(FLOW_RULES).map(([name, text]) => ({ name, severity: 'error' as const, text }));
  const ofCheck = Object.entries(CHECK_RULES).map(([name, rule]) => ({ name, ...rule }));
  return [...ofLanguage, ...ofCheck];
}

function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
