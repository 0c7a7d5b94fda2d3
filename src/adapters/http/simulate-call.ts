import { type FlowError, printFlowError } from '../../flows/language/errors.ts';
import type { Flow } from '../../flows/language/flow.ts';
import type { Json } from '../../flows/machine/types.ts';
import { USUAL_QUEUE, USUAL_TRANSFER } from '../../flows/run/fakes.ts';
import { inWords, tellable } from '../../flows/run/happenings.ts';
import { pathInWords } from '../../flows/run/path.ts';
import { beginningOf, type Wish } from '../../flows/simulate/beginning.ts';
import type { Command } from '../../flows/simulate/command.ts';
import { draftFrom } from '../../flows/simulate/draft.ts';
import { Simulation } from '../../flows/simulate/simulation.ts';
import { heardNow } from '../../flows/simulate/words.ts';
import { refused, unknownFlow } from '../../flows/versions/publish.ts';
import { publishedFlow } from '../../flows/versions/published.ts';
import type { SimulateBody, SimulatedCall, SimulationEvent } from '../../protocol/flows.ts';
import { ParleyError } from '../../shared/errors.ts';
import type { FlowsFace } from './flow-handlers.ts';

/** What one request may cost: while it is answered, the app answers nobody else. */
const MOST_EVENTS = 5_000;

/** Fakes are read as a test file is, which takes longer than reading JSON. */
const MOST_FAKE_CHARACTERS = 64 * 1024;

type Simulated = Pick<FlowsFace, 'library' | 'live' | 'store'>;

/** Makes up the call of a request. Rejects with a `ParleyError` when there is no flow to run, or the settings are wrong. */
export async function simulateCall(flows: Simulated, name: string, body: SimulateBody): Promise<SimulatedCall> {
  const flow = await flowFor(flows, name, body);
  if (flow.params.size > 0) throw refused(`${name} has parameters, so no call begins in it`);
  if (JSON.stringify(body.fake ?? {}).length > MOST_FAKE_CHARACTERS)
    throw new ParleyError('request.tooLarge', {}, { text: 'The fakes are longer than 64 KiB' });
  const begun = beginningOf(flow.name, wishOf(body));
  if (!begun.ok) throw wrong('request.invalid', 'The request is not valid', begun.errors);
  const { init, fakes } = begun.beginning;
  const simulation = new Simulation(flow, init, fakes, { mostEvents: MOST_EVENTS });
  return answerOf(simulation, play(simulation, body));
}

async function flowFor({ library, live, store }: Simulated, name: string, body: SimulateBody): Promise<Flow> {
  const { source, version } = body;
  const calendars = library.calendars();
  if (source !== undefined) {
    const flows = library.status().flatMap((one) => library.current(one.name) ?? []);
    const draft = draftFrom(source, name, { flows, calendars });
    if (!draft.ok) throw wrong('flow.mistakes', 'The flow has mistakes', draft.errors);
    if (draft.flow.name === name) return draft.flow;
    throw refused(`The text is that of a flow named ${draft.flow.name}, not ${name}`);
  }
  if (version !== undefined && version !== 'draft' && version !== 'live')
    return publishedFlow(store, name, version, calendars);
  const draft = version === 'live' ? undefined : library.current(name);
  const flow = version === 'draft' ? draft : (draft ?? live.current(name));
  if (flow) return flow;
  throw unknownFlow(
    name,
    library.status().map((one) => one.name),
  );
}

function wishOf({ from, to, language, at, seed, fake }: SimulateBody): Wish {
  const caller = { ...(from !== undefined && { from }), ...(language !== undefined && { language }) };
  return {
    ...(Object.keys(caller).length > 0 && { caller }),
    ...(to !== undefined && { called: to }),
    ...(at !== undefined && { at }),
    ...(seed !== undefined && { seed }),
    // Their form is looked at as that of a test file is.
    ...(fake !== undefined && { fake: fake as Wish['fake'] }),
  };
}

/** Lets each event happen at its moment; what made no sense then. */
function play(simulation: Simulation, { events, untilMs }: SimulateBody): SimulatedCall['refused'] {
  const refusals: SimulatedCall['refused'] = [];
  const passTo = (ms: number): void => {
    simulation.do({ do: 'pass', ms: Math.max(0, simulation.startedAt + ms - simulation.call.now) });
  };
  const inOrder = events.map((event, index) => ({ event, index })).sort((a, b) => a.event.atMs - b.event.atMs);
  for (const { event, index } of inOrder) {
    passTo(event.atMs);
    const text = simulation.do(commandOf(event));
    if (text !== undefined) refusals.push({ event: index, text });
  }
  passTo(untilMs ?? 0);
  return refusals;
}

function commandOf(event: SimulationEvent): Command {
  if ('press' in event) return { do: 'press', keys: event.press };
  if ('say' in event) return { do: 'speak', text: event.say };
  if ('hangUp' in event) return { do: 'hangUp' };
  if ('http' in event) {
    const { status, body } = event.http;
    return { do: 'http', answers: [{ status, body: (body ?? null) as Json, afterMs: 0 }] };
  }
  if ('httpFails' in event)
    return { do: 'http', answers: [{ status: 0, body: null, afterMs: 0, failure: `http.${event.httpFails}` }] };
  if ('queue' in event) return { do: 'queue', fake: { outcome: event.queue, afterMs: 0, talkMs: USUAL_QUEUE.talkMs } };
  if ('transfer' in event) {
    const outcome = event.transfer === 'answered' ? 'ended' : event.transfer;
    return { do: 'transfer', fake: { outcome, afterMs: 0, talkMs: USUAL_TRANSFER.talkMs } };
  }
  if ('talkEnds' in event) return { do: 'endTalk' };
  if ('callback' in event) return { do: 'callback', fake: event.callback };
  if ('voicemail' in event) return { do: 'voicemail', fake: event.voicemail };
  const { queue, ...figures } = event.figures;
  const told = Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined));
  return { do: 'queueStatus', queue, figures: told };
}

function answerOf(simulation: Simulation, refusals: SimulatedCall['refused']): SimulatedCall {
  const { call, startedAt, path, vars, secrets, waitsFor, brokenBy } = simulation;
  const { phase, endReason, inside, step, language } = call.state;
  if (brokenBy !== undefined) throw refused(`${brokenBy}, at least not within ${MOST_EVENTS} events`);
  return {
    flow: call.flow.name,
    version: call.flow.version,
    transcript: call.happenings.map((one) => {
      return { ms: one.at - startedAt, what: one.what, text: inWords(tellable(one)) };
    }),
    path: pathInWords(path),
    vars,
    secrets,
    state: {
      phase,
      ...(endReason !== undefined && { ended: endReason }),
      flow: inside,
      step,
      language,
      ms: call.now - startedAt,
    },
    hears: heardNow(simulation),
    waitsFor,
    refused: refusals,
  };
}

/** The first mistakes, with their places. */
function wrong(code: 'request.invalid' | 'flow.mistakes', what: string, errors: readonly FlowError[]): ParleyError {
  const mistakes = errors.map(printFlowError);
  const more = mistakes.length > 3 ? ` and ${mistakes.length - 3} more` : '';
  return new ParleyError(code, { mistakes }, { text: `${what}: ${mistakes.slice(0, 3).join('; ')}${more}` });
}
