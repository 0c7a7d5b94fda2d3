import type { Compiler } from '../language/compiler.ts';
import type { Scope } from '../language/condition.ts';
import type { Path } from '../language/source.ts';
import { renderTemplate, staticText, type Template } from '../language/template.ts';

const NUMBER = /^\+?[0-9*#]{2,32}$/;

/** A number to call; what people write for their eyes may stand in it. */
export function compileNumber(text: string, compiler: Compiler, path: Path): Template {
  const template = compiler.template(text, path);
  const fixed = staticText(template);
  if (fixed !== undefined && fixed !== '' && dialled(fixed) === undefined)
    compiler.wrong('value.wrong', path, 'This is no number to call', 'such as "+493012345", in quotes');
  return template;
}

/** The number at this moment, without spaces and brackets; undefined when there is nothing that can be called. */
export function numberNow(template: Template, scope: Scope): string | undefined {
  return dialled(renderTemplate(template, scope));
}

/** The number as it is called, without what people write for their eyes; undefined when it is none. */
export function dialled(text: string): string | undefined {
  const number = text.replace(/[\s().\-/]/g, '');
  return NUMBER.test(number) ? number : undefined;
}
