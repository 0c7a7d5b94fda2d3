import { checkContents } from '../check/check.ts';
import type { Finding } from '../check/finding.ts';
import type { Imported } from './draft.ts';

/** What the checker says of an imported flow once everything is there that it needs. */
export function checkImported({ yaml, needs, name }: Imported): Finding[] {
  const file = `${name}.yaml`;
  const others = needs.flows.filter((flow) => flow !== name);
  const services = needs.services.map((service) => `  ${service}: { url: "https://${service}.example" }\n`).join('');
  const { findings } = checkContents({
    flows: [{ file, text: yaml }, ...others.map((flow) => ({ file: `${flow}.yaml`, text: emptyFlow(flow) }))],
    calendars: needs.calendars.map((calendar) => ({ file: `${calendar}.yaml`, text: emptyCalendar(calendar) })),
    prompts: needs.prompts.map((prompt) => `${prompt}.wav`),
    queues: needs.queues,
    ...(services !== '' && { services: { file: 'services.yaml', text: `version: 1\nservices:\n${services}` } }),
  });
  return findings.filter((finding) => finding.file === file);
}

function emptyFlow(name: string): string {
  return `flow: ${name}\nversion: 1\nstart: end\nsteps:\n  end: { hangup: {} }\n`;
}

function emptyCalendar(name: string): string {
  return `calendar: ${name}\nversion: 1\ntimeZone: UTC\nweekly: { monday: "09:00-17:00" }\n`;
}
