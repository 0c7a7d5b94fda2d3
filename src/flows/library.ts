import { EventEmitter } from 'node:events';
import type { Clock } from '../shared/time.ts';
import type { Calendar } from './calendars/calendar.ts';
import { checkPaths } from './check/check.ts';
import type { Finding } from './check/finding.ts';
import { readFolder } from './check/folder.ts';
import type { FlowFolder } from './folder.ts';
import { type FlowAlias, type HeldFlow, HeldFlows } from './held-flows.ts';
import type { FlowError } from './language/errors.ts';
import type { Flow } from './language/flow.ts';

export interface FlowLibraryEvents {
  /** A new version is what new calls get from now on. */
  loaded: [flow: Flow];
  /** A file has mistakes; its last good version, if any, stays in use. */
  broken: [file: string, errors: FlowError[]];
  /** A file was loaded, and the checker has something to say about it. */
  doubtful: [file: string, findings: Finding[]];
  /** A flow's file is gone; calls in progress go on. */
  removed: [name: string];
  /** The calendars of the folder are other ones now. */
  calendars: [];
  /** The folder could not be read, or a flow could not be made ready; what is in use stays. */
  failed: [error: unknown];
}

/** What a number can be told about a flow. */
export interface FlowStatus {
  name: string;
  file: string;
  version: string;
  title: string;
  /** Mistakes of the file as it is now; empty when the version in use is the one in the file. */
  errors: FlowError[];
}

interface Deps {
  folder: FlowFolder;
  clock: Clock;
  /** Queues that exist, asked at each load. Absent: the queues of the folder. */
  queues?: () => ReadonlySet<string>;
  /** Done before a version is put to use, such as rendering its texts. When it rejects, the version is used all the same. */
  prepare?: (flow: Flow) => Promise<unknown>;
}

/** Editors write a file in several strokes; a change is read when it has been quiet for so long. */
const QUIET_MS = 150;

/**
 * The flows of a folder, always in their last good version. A changed file is loaded as it changes; one with mistakes is
 * reported and its predecessor stays. A version that a call holds stays available, whatever happens to its file.
 */
export class FlowLibrary extends EventEmitter<FlowLibraryEvents> {
  readonly #deps: Deps;
  /** The version in use, by file. */
  readonly #current = new Map<string, Flow>();
  readonly #errors = new Map<string, FlowError[]>();
  #doubts: ReadonlyMap<string, Finding[]> = new Map();
  readonly #calendars = new Map<string, Calendar>();
  readonly #held = new HeldFlows();
  #reading: Promise<void> = Promise.resolve();
  #cancelQuiet: () => void = () => undefined;
  #stopWatching: () => void = () => undefined;
  #closed = false;

  constructor(deps: Deps) {
    super();
    this.#deps = deps;
  }

  /** Reads the folder and watches it from now on. Resolves when every good flow is ready; mistakes are events. */
  async open(): Promise<void> {
    this.#stopWatching = this.#deps.folder.watch(() => {
      this.#cancelQuiet();
      this.#cancelQuiet = this.#deps.clock.after(QUIET_MS, () => void this.reload());
    });
    await this.reload();
  }

  /** Reads the folder again. Never rejects. */
  reload(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#read()).catch((error: unknown) => this.#report(error));
    return this.#reading;
  }

  close(): void {
    this.#closed = true;
    this.#cancelQuiet();
    this.#stopWatching();
  }

  /** The version of a flow that new calls get. */
  current(name: string): Flow | undefined {
    return [...this.#current.values()].find((flow) => flow.name === name);
  }

  /** The version in use, held for a call until it is released. No call begins in a flow that has parameters. */
  hold(name: string, alias: FlowAlias = 'draft'): HeldFlow | undefined {
    const flow = this.current(name);
    return flow && this.#held.hold(flow, alias);
  }

  /** A version in use or held by a call. */
  version(hash: string): Flow | undefined {
    return [...this.#current.values()].find((flow) => flow.version === hash) ?? this.#held.version(hash);
  }

  /** The calendars of the folder, each in its last good form, by name. */
  calendars(): ReadonlyMap<string, Calendar> {
    return new Map([...this.#calendars.values()].map((calendar) => [calendar.name, calendar]));
  }

  status(): FlowStatus[] {
    return [...this.#current].map(([file, { name, version, title }]) => {
      return { name, file, version, title, errors: this.#errors.get(file) ?? [] };
    });
  }

  async #read(): Promise<void> {
    if (this.#closed) return;
    const contents = await this.#deps.folder.read();
    const read = readFolder(contents, { queues: this.#deps.queues?.(), lastGood: this.#calendars });
    const calendarsBefore = JSON.stringify([...this.#calendars]);
    for (const { file, value, errors } of read.calendars) {
      if (value) this.#calendars.set(file, value);
      this.#tell(file, errors);
    }
    for (const { file, value, errors } of read.flows) {
      this.#tell(file, errors);
      if (value) await this.#use(file, value);
    }
    const there = new Set(read.flows.map(({ file }) => file));
    for (const [file, flow] of this.#current) {
      if (there.has(file)) continue;
      this.#current.delete(file);
      this.#errors.delete(file);
      this.emit('removed', flow.name);
    }
    const calendarFiles = new Set(read.calendars.map(({ file }) => file));
    for (const file of this.#calendars.keys()) if (!calendarFiles.has(file)) this.#calendars.delete(file);
    if (JSON.stringify([...this.#calendars]) !== calendarsBefore) this.emit('calendars');
    this.#doubt(checkPaths(read, { prompts: contents.prompts }));
  }

  /** What looks wrong is told when it is new; it keeps no flow from being used. */
  #doubt(findings: readonly Finding[]): void {
    const byFile = Map.groupBy(findings, ({ file }) => file);
    for (const [file, found] of byFile) {
      if (JSON.stringify(this.#doubts.get(file)) !== JSON.stringify(found)) this.emit('doubtful', file, found);
    }
    this.#doubts = byFile;
  }

  async #use(file: string, flow: Flow): Promise<void> {
    const before = this.#current.get(file);
    if (before?.version === flow.version && calendarsOf(before) === calendarsOf(flow)) return;
    try {
      await this.#deps.prepare?.(flow);
    } catch (error) {
      this.#report(error);
    }
    if (this.#closed) return;
    this.#current.set(file, flow);
    this.emit('loaded', flow);
  }

  #tell(file: string, errors: FlowError[]): void {
    const before = this.#errors.get(file) ?? [];
    if (errors.length === 0) this.#errors.delete(file);
    else this.#errors.set(file, errors);
    if (errors.length > 0 && JSON.stringify(errors) !== JSON.stringify(before)) this.emit('broken', file, errors);
  }

  #report(error: unknown): void {
    this.emit('failed', error);
  }
}

/** The calendars of a flow and of all inside of it; a changed one is a reason to bind them anew. */
function calendarsOf(flow: Flow): string {
  return JSON.stringify([flow, ...Object.values(flow.flows)].map(({ calendars }) => calendars));
}
