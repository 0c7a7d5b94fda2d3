import { z } from 'zod';
import type { Compiler } from '../../language/compiler.ts';
import { ExpressionFailure, type Scope } from '../../language/condition.ts';
import type { Path } from '../../language/source.ts';
import { renderTemplate, soleExpression, type Template } from '../../language/template.ts';

/** What a caller asks of a queue, however they come to wait in it: a priority and skills. */

/** A word that an agent has, and that a flow may ask for. */
export const SKILL = /^[A-Za-z0-9_.:-]{1,64}$/;
const PRIORITY_LIMIT = 100;

export const priorityShape = z
  .union([z.number().int().min(-PRIORITY_LIMIT).max(PRIORITY_LIMIT), z.string()])
  .optional()
  .meta({ description: 'Higher is served first; 0 is normal' });

export const skillsShape = z
  .array(z.string().min(1).max(200))
  .max(20)
  .optional()
  .meta({ description: 'Words an agent must have, such as lang:zh' });

export function compilePriority(
  source: number | string | undefined,
  compiler: Compiler,
  path: Path,
): number | Template {
  if (typeof source !== 'string') return source ?? 0;
  const template = compiler.template(source, path);
  const sole = soleExpression(template);
  if (template.parts.length > 0 && sole?.type !== 'int')
    compiler.wrong('expression.type', path, 'A priority is a whole number, or one expression that gives one');
  return template;
}

export function priorityNow(priority: number | Template, scope: Scope): number {
  if (typeof priority === 'number') return priority;
  const value = Number(soleExpression(priority)?.evaluate(scope) ?? 0);
  return Math.max(-PRIORITY_LIMIT, Math.min(PRIORITY_LIMIT, value));
}

export function compileSkills(source: readonly string[] | undefined, compiler: Compiler, path: Path): Template[] {
  return (source ?? []).map((skill, index) => compiler.template(skill, [...path, index]));
}

export function skillNow(template: Template, scope: Scope): string {
  const skill = renderTemplate(template, scope);
  if (!SKILL.test(skill)) throw new ExpressionFailure('A skill is one word of letters, digits and _ . : -');
  return skill;
}
