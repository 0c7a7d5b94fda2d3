import type { Flow, Step } from '../../language/flow.ts';
import type { Findings } from '../finding.ts';
import type { Insides } from '../inside.ts';
import type { Standing } from '../standing.ts';
import { onTheWay } from '../trail.ts';
import { type Passage, Walk } from '../walk.ts';

/** A flow that calls begin in. */
export interface Entry {
  flow: Flow;
  /** The number records every call from the answer on; whether callers agree is then no matter of the flow. */
  recordsAll?: boolean;
}

/**
 * The rules that hang on what has happened in a call before: `answer.early`, `answer.late`, `answer.never`, `consent.missing` and
 * `end.silent`. Each way that a call can take from an entry is walked.
 */
export function checkCalls(entries: readonly Entry[], insides: Insides, findings: Findings): void {
  for (const { flow, recordsAll = false } of entries) {
    const asksConsent = [flow, ...Object.values(flow.flows)].some((one) => [...one.steps.values()].some(asks));
    const walk = new Walk(insides, {
      enters: (passage) => {
        checkAnswered(passage, findings);
        checkConsent(passage, asksConsent, findings);
      },
      ends: (passage, way, standing) => checkEnd(passage, way.place, standing, findings),
    });
    const { answersByStep } = flow;
    const recorded = recordsAll ? 'whole' : 'talks';
    walk.from(flow, { answered: !answersByStep, consented: recordsAll, heard: false, recorded });
  }
}

function asks({ traits }: Step): boolean {
  return traits.consents === true;
}

function checkAnswered(passage: Passage, findings: Findings): void {
  const { flow, step, standing } = passage;
  const tell = findings.about(flow.file);
  if (!standing.answered && step.traits.audible) {
    const sentence = `The call is not answered yet at "${step.name}": ${onTheWay(passage)}`;
    tell('answer.early', step.keyPlace, sentence, 'put a step "answer: {}" before it');
  }
  if (standing.answered && step.traits.unanswered) {
    const sentence = `The call is answered already at "${step.name}": ${onTheWay(passage)}`;
    tell(
      'answer.late',
      step.keyPlace,
      sentence,
      'only a flow with "answer: byStep" rings or turns away, before its answer',
    );
  }
}

function checkConsent(passage: Passage, asksConsent: boolean, findings: Findings): void {
  const { flow, step, standing } = passage;
  if (standing.consented || !standing.answered) return;
  const tell = findings.about(flow.file);
  const hint = 'play a text with "consent: true" on every way before it';
  if (step.traits.records === 'start') {
    const sentence = `The recording begins, and the caller may not have been told: ${onTheWay(passage)}`;
    tell('consent.missing', step.keyPlace, sentence, hint);
  }
  const isTalk = Object.values(step.traits.acts ?? {}).includes('person');
  if (isTalk && asksConsent && standing.recorded === 'talks') {
    const sentence = `The talk is recorded, and the caller may not have been told: ${onTheWay(passage)}`;
    tell('consent.talk', step.keyPlace, sentence, `${hint}, or "record: stop"`);
  }
}

function checkEnd(
  passage: Passage,
  place: Parameters<ReturnType<Findings['about']>>[1],
  { answered, heard }: Standing,
  findings: Findings,
): void {
  const { flow, step } = passage;
  const tell = findings.about(flow.file);
  if (step.traits.unanswered) return;
  if (!answered) {
    const sentence = `The call ends before it was answered: ${onTheWay(passage)}`;
    tell('answer.never', place, sentence, 'answer it, or turn it away with "reject: busy"');
  } else if (!heard) {
    const sentence = `The call ends, and the caller has heard nothing: ${onTheWay(passage)}`;
    tell('end.silent', place, sentence, 'say something first, or turn the call away before the answer');
  }
}
