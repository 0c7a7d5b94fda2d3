import { z } from 'zod';
import { anyStep, target, text } from '../language/shapes.ts';
import { cutText, renderTemplate, type Template } from '../language/template.ts';
import { AT_ONCE, type StepKind } from '../machine/step-kind.ts';

interface Source {
  tag: Record<string, string>;
  next: string;
  onError?: string | undefined;
}

/** The longest value of a tag; longer ones are cut. */
const MAX_VALUE = 200;

export const tagName = z.string().regex(/^[a-zA-Z][a-zA-Z0-9_.-]{0,63}$/, 'a letter, then letters, digits, _ . and -');

export const tag: StepKind<Source, [string, Template][], null> = {
  verb: 'tag',
  title: 'Tag',
  summary: 'Labels the call, for lists and reports.',
  example: `tag: { reason: billing, customer: "{{ customer }}" }
next: choose`,
  shape: z.strictObject({
    tag: z.record(tagName, text).meta({ description: 'Labels with their values; a later value replaces an earlier' }),
    next: target,
    ...anyStep,
  }),
  keys: ['tag', 'next', 'onError'],
  exits: ['next'],
  needsCaller: false,
  compile: (source, compiler, path) => {
    const names = Object.keys(source.tag);
    if (names.length === 0) compiler.wrong('value.wrong', [...path, 'tag'], 'At least one label is given');
    const params = names.map((name): [string, Template] => [
      name,
      compiler.template(source.tag[name] ?? '', [...path, 'tag', name]),
    ]);
    return { params, exits: { next: source.next }, sounds: [] };
  },
  traits: () => ({ lasts: () => AT_ONCE }),
  enter: (params, view) => {
    const scope = view.scope();
    const tags = Object.fromEntries(
      params.map(([name, template]) => [name, cutText(renderTemplate(template, scope), MAX_VALUE)]),
    );
    return { exit: 'next', effects: [{ type: 'tagged', at: view.state.at, step: view.step, tags }] };
  },
  on: {},
};
