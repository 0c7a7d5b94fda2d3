import type { Place } from '../../language/errors.ts';
import type { Flow } from '../../language/flow.ts';
import { didYouMean } from '../../language/near.ts';
import type { Findings, Told } from '../finding.ts';

/** A number of ours with the flow that answers it, and the places where it says so. */
export interface NumberEntry {
  number: string;
  flow: string;
  language?: string;
  /** The whole call is recorded, from the answer on. */
  recordsAll: boolean;
  file: string;
  places: { flow: Place; language: Place; record: Place };
}

/** Whether each number has a flow that can answer it. `flows` are those that can be loaded, `broken` the names of the others. */
export function checkNumbers(
  numbers: readonly NumberEntry[],
  flows: ReadonlyMap<string, Flow>,
  broken: ReadonlySet<string>,
  findings: Findings,
): void {
  for (const { number, flow: name, language, recordsAll, file, places } of numbers) {
    const tell = findings.about(file);
    if (recordsAll) {
      const hint = 'leave "record" out, and let the flow order "record: start" after its consent';
      tell('consent.number', places.record, `${number} records before its callers can be told`, hint);
    }
    const flow = flows.get(name);
    if (!flow) {
      if (!broken.has(name))
        tell('reference.missing', places.flow, `There is no flow "${name}"`, didYouMean(name, flows.keys()));
      continue;
    }
    if (flow.params.size > 0) {
      const sentence = `"${name}" has parameters: only a flow can call it, and no number`;
      tell('flow.parameters', places.flow, sentence);
    }
    if (language !== undefined && !flow.languages.includes(language)) {
      tell(
        'text.language',
        places.language,
        `"${name}" does not speak ${language}`,
        didYouMean(language, flow.languages),
      );
    }
  }
}

/** `number.undialled`: a transfer to a number that is known beforehand, and that no trunk calls. */
export function checkDialled({ steps }: Flow, mayDial: (number: string) => boolean, tell: Told): void {
  for (const { keyPlace, traits } of steps.values()) {
    if (traits.dials === undefined || mayDial(traits.dials)) continue;
    tell('number.undialled', keyPlace, `No trunk calls ${traits.dials}`, 'add it to "dial" of a trunk in trunks.yaml');
  }
}
