import { clockOf, inWords, tellable, transcriptOf } from '../run/happenings.ts';
import { pathInWords } from '../run/path.ts';
import { HELP, parseLine, type Question } from './parse.ts';
import type { Simulation } from './simulation.ts';
import { heardNow, waitingInWords } from './words.ts';

export interface SessionOptions {
  json: boolean;
  /** Whether a person sits there, who wants to know after each line how things stand. */
  interactive: boolean;
  write(line: string): void;
}

/** One simulated call in lines: those that come in are carried out, what happens goes out as it happens. */
export class Session {
  readonly #simulation: Simulation;
  readonly #options: SessionOptions;
  #told = 0;

  constructor(simulation: Simulation, options: SessionOptions) {
    this.#simulation = simulation;
    this.#options = options;
  }

  /** What happened before the first line. */
  begin(): void {
    const { flow, state } = this.#simulation.call;
    const { flow: name, caller, called, language, seed, startedAt } = state;
    const at = new Date(startedAt).toISOString();
    if (this.#options.json)
      this.#json({ what: 'began', flow: name, version: flow.version, caller, called, language, seed, at });
    else
      this.#options.write(
        `${name} ${flow.version.slice(0, 8)}: ${caller.number || 'a withheld number'} calls ${called} at ${at}, seed ${seed}`,
      );
    this.#tell();
    this.#tellNow();
  }

  /** Whether what comes in at this moment is secret. */
  get isSecret(): boolean {
    return this.#simulation.waitsFor.some((waiting) => waiting.for === 'keys' && waiting.secret);
  }

  /** Carries out one line; false when it says to stop. */
  line(text: string): boolean {
    const parsed = parseLine(text);
    if ('nothing' in parsed) return true;
    if ('ask' in parsed) return this.#answer(parsed.ask);
    const mistake = 'mistake' in parsed ? parsed.mistake : this.#simulation.do(parsed);
    this.#tell();
    if (mistake !== undefined) this.#refuse(mistake);
    this.#tellNow();
    return true;
  }

  /** Lets the call run on with a silent caller, and says what came of it: the exit status. */
  finish(): number {
    const isOver = this.#simulation.runOut();
    this.#tell();
    if (!isOver) this.#refuse(this.#simulation.brokenBy ?? 'The call did not come to its end within a day');
    return Math.max(this.conclude(), isOver ? 0 : 1);
  }

  /** The exit status: 1 when the call ended by a mistake of the flow, or was to be given up. */
  conclude(): number {
    const { call, path, vars, brokenBy } = this.#simulation;
    const { endReason, language } = call.state;
    const lastedMs = call.now - this.#simulation.startedAt;
    if (this.#options.json)
      this.#json({ what: 'result', ended: endReason ?? null, path: pathInWords(path), vars, language, lastedMs });
    const isWrong = endReason === 'error' || endReason === 'stepLimit' || brokenBy !== undefined;
    return isWrong ? 1 : 0;
  }

  #answer(question: Question): boolean {
    const { call, path, vars, secrets, startedAt } = this.#simulation;
    const { write, json } = this.#options;
    switch (question) {
      case 'quit':
        return false;
      case 'help':
        if (json) this.#json({ what: 'help', text: HELP });
        else write(HELP);
        return true;
      case 'path':
        if (json) this.#json({ what: 'path', path: pathInWords(path) });
        else for (const item of pathInWords(path)) write(`  ${item}`);
        return true;
      case 'vars': {
        if (json) this.#json({ what: 'vars', vars, secrets });
        else if (Object.keys(vars).length + secrets.length === 0) write('  there are none');
        else {
          for (const [name, value] of Object.entries(vars)) write(`  ${name}: ${JSON.stringify(value)}`);
          for (const name of secrets) write(`  ${name}: secret`);
        }
        return true;
      }
      case 'transcript':
        if (json) this.#json({ what: 'transcript', lines: transcriptOf(call.happenings, startedAt) });
        else for (const line of transcriptOf(call.happenings, startedAt)) write(`  ${line}`);
        return true;
    }
  }

  /** What has happened since it was told last. */
  #tell(): void {
    const { call, startedAt } = this.#simulation;
    for (; this.#told < call.happenings.length; this.#told += 1) {
      const one = call.happenings[this.#told];
      if (!one) continue;
      const { at, ...rest } = tellable(one);
      if (this.#options.json) this.#json({ ms: at - startedAt, ...rest });
      else this.#options.write(`${clockOf(at - startedAt)}  ${inWords(one)}`);
    }
  }

  #tellNow(): void {
    const { call, waitsFor, startedAt } = this.#simulation;
    if (call.isOver) return;
    const ms = call.now - startedAt;
    const heard = heardNow(this.#simulation);
    if (this.#options.json) this.#json({ ms, what: 'now', heard, waitsFor });
    else if (this.#options.interactive)
      this.#options.write(`${clockOf(ms)}  … hears ${heard}; ${waitsFor.map(waitingInWords).join('; ')}`);
  }

  #refuse(text: string): void {
    if (this.#options.json) this.#json({ what: 'refused', text });
    else this.#options.write(`! ${text}`);
  }

  #json(line: unknown): void {
    this.#options.write(JSON.stringify(line));
  }
}
