import type { Flow, Sound, Step } from '../language/flow.ts';
import { type Template, tidy } from '../language/template.ts';

/** A flow as boxes and the lines between them, before anything is drawn. */
export interface Picture {
  name: string;
  title: string;
  /** Steps in the order of the file, then the flows that are gone to. */
  boxes: Box[];
  lines: Line[];
}

export interface Box {
  kind: 'step' | 'flow';
  /** Of the step, or of the flow. */
  name: string;
  /** Empty for a flow. */
  verb: string;
  /** What the step says first, in the first language of the flow; of one that does something else, what it is about. */
  words: string;
  /** `start`, `on.error`, …: how a call may come here whatever the step before. */
  marks: string[];
  /** Exits that end the call. */
  ends: string[];
}

/** All exits of a step that lead to the same place. */
export interface Line {
  /** Indexes of boxes. */
  from: number;
  to: number;
  kind: 'exit' | 'error' | 'flow';
  /** Names of exits; of a line to a flow, the verb. */
  labels: string[];
}

/** Verbs that are there for what the caller hears. */
const TALKS = ['say', 'play', 'menu', 'collect', 'voicemail'];

export function pictureOf(flow: Flow): Picture {
  const steps = [...flow.steps.values()];
  const called = [...new Set(steps.flatMap(({ traits }) => traits.calls?.flow ?? []))];
  const boxes = [
    ...steps.map((step) => boxOf(step, flow)),
    ...called.map((name): Box => ({ kind: 'flow', name, verb: '', words: '', marks: [], ends: [] })),
  ];
  const stepIndex = new Map(steps.map(({ name }, index) => [name, index]));
  const flowIndex = new Map(called.map((name, index) => [name, steps.length + index]));
  const lines = steps.flatMap((step, from) => linesOf(step, from, stepIndex, flowIndex));
  return { name: flow.name, title: flow.title, boxes, lines };
}

function boxOf(step: Step, flow: Flow): Box {
  return {
    kind: 'step',
    name: step.name,
    verb: step.verb,
    words: TALKS.includes(step.verb) ? wordsOf(step.sounds, flow.languages[0]) : step.about,
    marks: flow.targets.filter(({ to }) => to === step.name).map(({ exit }) => exit),
    ends: Object.keys(step.exits).filter((exit) => step.exits[exit] === null),
  };
}

function linesOf(
  step: Step,
  from: number,
  steps: ReadonlyMap<string, number>,
  flows: ReadonlyMap<string, number>,
): Line[] {
  const lines = new Map<string, Line>();
  const add = (kind: Line['kind'], label: string, to: number | undefined) => {
    if (to === undefined) return;
    const line = lines.get(`${kind} ${to}`);
    if (line) line.labels.push(label);
    else lines.set(`${kind} ${to}`, { from, to, kind, labels: [label] });
  };
  for (const [exit, to] of Object.entries(step.exits)) if (to !== null) add('exit', exit, steps.get(to));
  if (step.onError !== undefined) add('error', 'error', steps.get(step.onError));
  if (step.traits.calls) add('flow', step.verb, flows.get(step.traits.calls.flow));
  return [...lines.values()];
}

/** What is heard first. */
function wordsOf(sounds: readonly Sound[], language: string): string {
  for (const sound of sounds) {
    switch (sound.kind) {
      case 'text': {
        const template = sound.texts[language] ?? Object.values(sound.texts)[0];
        if (template) return written(template);
        break;
      }
      case 'prompt':
        return `♪ ${sound.prompt}`;
      case 'hours':
        return `hours of ${sound.calendar}`;
      case 'silence':
      case 'tone':
        break;
    }
  }
  return '';
}

function written({ parts }: Template): string {
  return tidy(parts.map((part) => (typeof part === 'string' ? part : `{{ ${part.source} }}`)).join(''));
}
