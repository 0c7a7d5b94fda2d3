/** A range in a source file. Lines and columns count from 1, columns in UTF-16 units; offsets from 0, `end` is exclusive. */
export interface Place {
  line: number;
  column: number;
  offset: number;
  end: number;
}

/** Every rule the loader and the folder check know, with the sentence that explains it. The reference page is printed from it. */
export const FLOW_RULES = {
  'yaml.syntax': 'The file is YAML that can be read',
  'yaml.size': 'A file has at most 512 KiB',
  'yaml.depth': 'Values nest at most 32 deep',
  'yaml.aliases': 'Anchors are used with measure, so that a small file cannot become a huge one',
  'yaml.tag': 'Plain YAML only: no tags',
  'yaml.documents': 'One document a file',
  'key.unknown': 'Only known keys',
  'key.missing': 'Required keys are there',
  'key.duplicate': 'No key twice',
  'type.wrong': 'Values are of the right type',
  'value.wrong': 'Values are in their range',
  'digits.quoted': 'Digits are quoted: 012 would be read as the number 12',
  'name.wrong': 'Names have the form of a name',
  'step.verb': 'A step has exactly one verb',
  'target.unknown': 'A step that is named exists',
  'text.language': 'Every language of the flow has its text',
  'template.wrong': 'Expressions in texts are closed',
  'expression.syntax': 'Expressions can be read',
  'expression.type': 'Expressions fit together',
  'expression.refused': 'Only functions that end soon',
  'variable.unknown': 'Variables are declared before they are used',
  'variable.type': 'A variable keeps its type',
  'variable.secret': 'Secret digits are read by no expression',
  'calendar.time': 'Opening times make sense',
  'reference.missing': 'What is named exists',
  'flow.circle': 'Flows do not call one another in a circle',
  'flow.parameters': 'A flow that is called gets each of its parameters',
  'flow.results': 'A flow gives back the results it declares',
  'test.time': 'Times of tests can be read',
  'test.flow': 'A test names a flow that is there',
  'flow.duplicate': 'A flow has a name of its own',
  'file.unreadable': 'Files can be read',
} as const;

export type FlowRule = keyof typeof FLOW_RULES;

/** One mistake in a file: where, which rule, one plain sentence, and what to do about it. */
export interface FlowError {
  file: string;
  line: number;
  column: number;
  rule: FlowRule;
  text: string;
  hint?: string;
}

/** `file:line:column rule text (hint)`, the form that editors and people know from compilers. */
export function printFlowError(error: FlowError): string {
  const hint = error.hint === undefined ? '' : ` (${error.hint})`;
  return `${error.file}:${error.line}:${error.column} ${error.rule} ${error.text}${hint}`;
}

/** Gathers the mistakes of one file, so that all of them are told at once. */
export class Mistakes {
  readonly file: string;
  readonly #errors: FlowError[] = [];

  constructor(file: string) {
    this.file = file;
  }

  add(rule: FlowRule, place: Pick<Place, 'line' | 'column'>, text: string, hint?: string): void {
    this.#errors.push({
      file: this.file,
      line: place.line,
      column: place.column,
      rule,
      text,
      ...(hint === undefined ? {} : { hint }),
    });
  }

  get any(): boolean {
    return this.#errors.length > 0;
  }

  /** In the order of the file, each once, at most 100. */
  list(): FlowError[] {
    const seen = new Set<string>();
    return this.#errors
      .filter((error) => {
        const key = printFlowError(error);
        return !seen.has(key) && seen.add(key);
      })
      .sort((a, b) => a.line - b.line || a.column - b.column)
      .slice(0, 100);
  }
}
