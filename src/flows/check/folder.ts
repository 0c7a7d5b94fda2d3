import { type Calendar, loadCalendar } from '../calendars/calendar.ts';
import type { FlowFolder, FolderContents, FolderFile } from '../folder.ts';
import { type FlowError, Mistakes } from '../language/errors.ts';
import { bindCalendars, type Flow } from '../language/flow.ts';
import { loadFlow } from '../language/load.ts';
import { promptCandidates } from '../prompt-names.ts';
import { loadServices, type Service } from '../services/services.ts';
import { bindFlows } from './bind.ts';
import { missingReferences } from './references.ts';

/** One file of a folder after reading: what it gave, or its mistakes. */
export interface ReadFile<T> {
  file: string;
  value?: T;
  errors: FlowError[];
}

export interface ReadFolder {
  /** Flows with their calendars bound; a flow with a missing reference has errors and no value. */
  flows: ReadFile<Flow>[];
  calendars: ReadFile<Calendar>[];
  services?: ReadFile<ReadonlyMap<string, Service>>;
  errors: FlowError[];
}

export interface ReadOptions {
  /** Queues that exist; undefined: the queues of the folder, and without those nothing is said about queues. */
  queues?: ReadonlySet<string> | undefined;
  /** Calendars that stand in for a file that is broken at the moment, by file name. */
  lastGood?: ReadonlyMap<string, Calendar>;
}

/** Reads and checks everything in a folder. */
export function readFolder(contents: FolderContents, options: ReadOptions = {}): ReadFolder {
  const calendars = contents.calendars.map((one) => readFile(one, calendarOf));
  const bound = new Map<string, Calendar>();
  for (const { file, value } of calendars) {
    const calendar = value ?? options.lastGood?.get(file);
    if (calendar) bound.set(calendar.name, calendar);
  }
  const services = contents.services && readFile(contents.services, servicesOf);
  const known = {
    calendars: new Set(bound.keys()),
    prompts: new Set(contents.prompts.flatMap(promptCandidates)),
    services: new Set(services?.value?.keys()),
    queues: options.queues ?? (contents.queues === undefined ? undefined : new Set(contents.queues)),
  };
  const owners = new Map<string, string>();
  const single = contents.flows.map((one): ReadFile<Flow> => {
    const read = readFile(one, flowOf);
    const { value, file } = read;
    if (!value) return read;
    const errors = missingReferences(value, known);
    const owner = owners.get(value.name);
    if (owner !== undefined) errors.push(sameName(file, value.name, owner));
    else owners.set(value.name, file);
    return errors.length > 0 ? { file, errors } : { file, value: bindCalendars(value, bound), errors };
  });
  const together = bindFlows(new Map(single.flatMap(({ value }) => (value ? [[value.name, value] as const] : []))));
  const flows = single.map((read): ReadFile<Flow> => {
    const made = read.value && together.get(read.value.name);
    if (!made) return read;
    return made.ok ? { ...read, value: made.flow } : { file: read.file, errors: made.errors };
  });
  const all = [...calendars, ...(services ? [services] : []), ...flows];
  return { flows, calendars, ...(services && { services }), errors: all.flatMap(({ errors }) => errors) };
}

/** Everything that is wrong in a folder of flows, in the order of its files. Rejects when the folder cannot be read. */
export async function checkFolder(folder: FlowFolder, options: ReadOptions = {}): Promise<FlowError[]> {
  return readFolder(await folder.read(), options).errors;
}

function readFile<T>(
  { file, text }: FolderFile,
  load: (text: string, file: string) => Omit<ReadFile<T>, 'file'>,
): ReadFile<T> {
  if (text !== undefined) return { file, ...load(text, file) };
  const mistakes = new Mistakes(file);
  mistakes.add('file.unreadable', { line: 1, column: 1 }, 'The file cannot be read');
  return { file, errors: mistakes.list() };
}

function flowOf(text: string, file: string): Omit<ReadFile<Flow>, 'file'> {
  const loaded = loadFlow(text, file);
  return loaded.ok ? { value: loaded.flow, errors: [] } : { errors: loaded.errors };
}

function calendarOf(text: string, file: string): Omit<ReadFile<Calendar>, 'file'> {
  const loaded = loadCalendar(text, file);
  return loaded.ok ? { value: loaded.calendar, errors: [] } : { errors: loaded.errors };
}

function servicesOf(text: string, file: string): Omit<ReadFile<ReadonlyMap<string, Service>>, 'file'> {
  const loaded = loadServices(text, file);
  return loaded.ok ? { value: loaded.services, errors: [] } : { errors: loaded.errors };
}

function sameName(file: string, name: string, owner: string): FlowError {
  return { file, line: 1, column: 1, rule: 'flow.duplicate', text: `The flow ${name} is in ${owner} already` };
}
