import { z } from 'zod';
import { ExpressionFailure } from '../language/condition.ts';
import type { Sound } from '../language/flow.ts';
import { type Audio, anyStep, audio, duration, target, text } from '../language/shapes.ts';
import { renderTemplate, staticText, type Template } from '../language/template.ts';
import type { Move, StepKind, Stretch } from '../machine/step-kind.ts';
import type { FlowEffect } from '../machine/types.ts';
import { compileNumber, dialled, numberNow } from './dialled.ts';

interface Source {
  transfer: {
    number?: string | undefined;
    agent?: string | undefined;
    ring?: string | undefined;
    callerId?: string | undefined;
    whisper?: Audio | undefined;
  };
  onEnded?: string | undefined;
  onNoAnswer: string;
  onBusy?: string | undefined;
  onFailed?: string | undefined;
  onError?: string | undefined;
}

interface Transferring {
  to: { number: Template } | { agent: Template };
  ringMs: number;
  callerId: Template | undefined;
  whisper: Sound[];
}

type Local = { transferId: string; talking: boolean };

export const transfer: StepKind<Source, Transferring, Local> = {
  verb: 'transfer',
  title: 'Transfer',
  summary: 'Rings another number or one agent, and joins the caller with them.',
  example: `transfer: { number: "+493012345", ring: 20s }
onEnded: goodbye
onNoAnswer: message`,
  shape: z.strictObject({
    transfer: z
      .strictObject({
        number: text.optional().meta({ description: 'A number to call' }),
        agent: text.optional().meta({ description: 'The user name of an agent' }),
        ring: duration.optional().meta({ description: 'How long it rings; 30s without it' }),
        callerId: text.optional().meta({
          description: 'The number that is shown; without it, that of the trunk, else the one that was dialled',
        }),
        whisper: audio.optional().meta({ description: 'What the other side alone hears before they are joined' }),
      })
      .meta({ description: 'A number or an agent, and how it rings' }),
    onEnded: target.optional().meta({ description: 'After the other side has hung up; without it, the call ends' }),
    onNoAnswer: target.meta({ description: 'Nobody answered in time' }),
    onBusy: target.optional().meta({ description: 'Busy; without it, onNoAnswer' }),
    onFailed: target.optional().meta({ description: 'The other side cannot be reached; without it, onNoAnswer' }),
    ...anyStep,
  }),
  keys: [
    ...['transfer', 'onEnded', 'onNoAnswer', 'onBusy', 'onFailed', 'onError'],
    ...['number', 'agent', 'ring', 'callerId', 'whisper'],
  ],
  exits: ['ended', 'noAnswer', 'busy', 'failed'],
  needsCaller: true,
  compile: ({ transfer: source, ...exits }, compiler, path) => {
    const at = [...path, 'transfer'];
    if ((source.number === undefined) === (source.agent === undefined))
      compiler.wrong('value.wrong', at, 'A transfer goes either to a number or to an agent');
    const whisper = source.whisper === undefined ? [] : compiler.audio(source.whisper, [...at, 'whisper']);
    const params: Transferring = {
      to:
        source.number === undefined
          ? { agent: compiler.template(source.agent ?? '', [...at, 'agent']) }
          : { number: compileNumber(source.number, compiler, [...at, 'number']) },
      ringMs: compiler.duration(source.ring ?? '30s', [...at, 'ring'], { minMs: 3_000, maxMs: 180_000 }),
      callerId:
        source.callerId === undefined ? undefined : compileNumber(source.callerId, compiler, [...at, 'callerId']),
      whisper,
    };
    return {
      params,
      exits: {
        ended: exits.onEnded ?? null,
        noAnswer: exits.onNoAnswer,
        busy: exits.onBusy ?? exits.onNoAnswer,
        failed: exits.onFailed ?? exits.onNoAnswer,
      },
      sounds: whisper,
    };
  },
  traits: ({ to, ringMs }) => ({
    audible: true,
    fails: true,
    person: true,
    acts: { ended: 'person' },
    ...dialsOf(to),
    lasts: (exit): Stretch => {
      if (exit === 'ended') return { leastMs: 0, mostMs: Number.POSITIVE_INFINITY };
      return { leastMs: exit === 'noAnswer' ? ringMs : 0, mostMs: ringMs };
    },
  }),
  enter: (params, view) => {
    const scope = view.scope();
    const to = whereTo(params, scope);
    if (to === undefined) return { exit: 'failed', effects: [], typed: '' };
    const transferId = view.id('transfer');
    const callerId = params.callerId === undefined ? undefined : numberNow(params.callerId, scope);
    const whisper = view.items(params.whisper);
    const effect: FlowEffect = {
      type: 'transfer',
      transferId,
      to,
      ringMs: params.ringMs,
      ...(callerId === undefined ? {} : { callerId }),
      ...(whisper.length === 0 ? {} : { whisper }),
    };
    return { stay: { transferId, talking: false }, effects: [effect], typed: '' };
  },
  on: {
    transferAnswered: (_, local, { transferId }) =>
      transferId === local.transferId ? { stay: { ...local, talking: true }, effects: [] } : undefined,
    transferEnded: (_, local, { transferId, outcome }) =>
      transferId === local.transferId ? { exit: outcome, effects: [] } : undefined,
    effectFailed: (_, local, { id, code }): Move<Local> | undefined =>
      id === local.transferId ? { exit: 'error', effects: [], why: code } : undefined,
  },
  inTalk: ({ talking }) => talking,
  leave: (_, { transferId }) => [{ type: 'endTransfer', transferId }],
};

/** The number, when nothing in it has to be worked out. */
function dialsOf(to: Transferring['to']): { dials?: string } {
  const fixed = 'number' in to ? staticText(to.number) : undefined;
  const number = fixed === undefined ? undefined : dialled(fixed);
  return number === undefined ? {} : { dials: number };
}

/** Undefined when what was worked out is no number: nobody can be reached by it. */
function whereTo(
  { to }: Transferring,
  scope: Record<string, unknown>,
): { number: string } | { agent: string } | undefined {
  if ('number' in to) {
    const number = numberNow(to.number, scope);
    return number === undefined ? undefined : { number };
  }
  const agent = renderTemplate(to.agent, scope).trim();
  if (agent === '' || agent.length > 100) throw new ExpressionFailure('The name of an agent is missing');
  return { agent };
}
