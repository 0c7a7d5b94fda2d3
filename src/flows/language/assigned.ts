import type { FlowValue } from '../machine/types.ts';
import type { Compiler } from './compiler.ts';
import type { ExpressionType, Scope } from './condition.ts';
import { typeOf } from './flow.ts';
import type { Path } from './source.ts';
import { renderTemplate, soleExpression, type Template } from './template.ts';

/** A name and what goes into it: a value as it stands in the file, or a text that is worked out. */
export type Assigned = { name: string; type: ExpressionType; path: Path } & (
  | { value: FlowValue }
  | { template: Template }
);

/** The type of a value that is written in a file: a text that is nothing but one expression has that expression's type. */
function typeOfWritten(value: FlowValue, template: Template | undefined): ExpressionType {
  const sole = template === undefined ? undefined : soleExpression(template);
  return sole?.type ?? (template === undefined ? typeOf(value) : 'string');
}

/** Reads a value for `name`; with `wanted`, which type it must have. A mistake is told and gives nothing. */
export function compileAssigned(
  name: string,
  value: FlowValue,
  compiler: Compiler,
  path: Path,
  wanted?: ExpressionType,
): Assigned[] {
  const template = typeof value === 'string' ? compiler.template(value, path) : undefined;
  // A text whose expressions are wrong has been told already; its type would only be an echo.
  if (template?.parts.length === 0 && value !== '') return [];
  const given = typeOfWritten(value, template);
  if (wanted !== undefined && !fits(given, wanted)) {
    compiler.wrong('variable.type', path, `${name} is ${wanted}, and this is ${given}`, TYPE_HINT);
  }
  const head = { name, type: given, path };
  return [template === undefined ? { ...head, value } : { ...head, template }];
}

const TYPE_HINT = 'a variable keeps the type it was declared with';

/** Whether a value of one type may go into a name of another. */
export function fits(given: ExpressionType, wanted: ExpressionType): boolean {
  return given === wanted || (given === 'int' && wanted === 'double');
}

/** The value at this moment. Throws `ExpressionFailure`. */
export function assignedValue(one: Assigned, scope: Scope): FlowValue {
  if ('value' in one) return one.value;
  const sole = soleExpression(one.template);
  return sole ? sole.evaluate(scope) : renderTemplate(one.template, scope);
}
