import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { appendFile, mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { FactSpill, KeyedFact } from '../../reports/fact-store.ts';

/**
 * Facts in a file, one JSON object a line. Dropped facts stay in the file until all are dropped: a program that dies in
 * between stores some of them twice, which their keys make harmless. A line cut short by a crash is passed over.
 */
export function openFactSpill(file: string): FactSpill {
  return new FileSpill(file);
}

class FileSpill implements FactSpill {
  readonly #file: string;
  #size = 0;
  /** Byte at which the oldest fact begins, and where each of those last read ends. */
  #from = 0;
  #ends: number[] = [];
  /** What has to be written first, to close a line that a crash left open. */
  #before = '';

  constructor(file: string) {
    this.#file = file;
    if (!existsSync(file)) return;
    const text = readFileSync(file, 'utf8');
    this.#size = text.split('\n').filter((line) => readFact(line)).length;
    this.#before = text === '' || text.endsWith('\n') ? '' : '\n';
  }

  get size(): number {
    return this.#size;
  }

  async add(facts: readonly KeyedFact[]): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true });
    const handle = await open(this.#file, 'a', 0o600);
    try {
      await handle.appendFile(this.#before + facts.map((fact) => `${JSON.stringify(fact)}\n`).join(''));
      await handle.datasync();
      this.#before = '';
      this.#size += facts.length;
    } catch (error) {
      this.#before = '\n';
      throw error;
    } finally {
      await handle.close();
    }
  }

  async oldest(limit: number): Promise<KeyedFact[]> {
    const facts: KeyedFact[] = [];
    this.#ends = [];
    const stream = createReadStream(this.#file, { start: this.#from, encoding: 'utf8' });
    let position = this.#from;
    for await (const line of createInterface({ input: stream })) {
      position += Buffer.byteLength(line) + 1;
      const fact = readFact(line);
      if (!fact) continue;
      facts.push(fact);
      this.#ends.push(position);
      if (facts.length === limit) break;
    }
    stream.destroy();
    return facts;
  }

  async drop(count: number): Promise<void> {
    this.#from = this.#ends[count - 1] ?? this.#from;
    this.#ends = [];
    this.#size -= count;
    if (this.#size > 0) return;
    await rm(this.#file, { force: true });
    this.#from = 0;
    this.#before = '';
  }

  async refuse(fact: KeyedFact, why: string): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true });
    await appendFile(`${this.#file}.refused`, `${JSON.stringify({ ...fact, why })}\n`, { mode: 0o600, flush: true });
  }
}

function readFact(line: string): KeyedFact | undefined {
  try {
    const read = JSON.parse(line) as KeyedFact;
    return typeof read.key === 'string' && typeof read.fact.callId === 'string' ? read : undefined;
  } catch {
    // Cut short: the program died while it wrote this line, so nobody was told that it is safe.
    return undefined;
  }
}
