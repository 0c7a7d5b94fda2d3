/** Cuts a byte stream into lines, within a bound. */
export class LineReader {
  readonly #mostBytes: number;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** The lines that `chunk` completes; undefined when a line is longer than allowed: the stream is of no use then. */
  take(chunk: Buffer): string[] | undefined {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      const part = chunk.subarray(start, end);
      if (this.#bytes + part.length > this.#mostBytes) return undefined;
      const line = Buffer.concat([...this.#parts, part]).toString('utf8');
      if (line.trim() !== '') lines.push(line);
      this.#parts = [];
      this.#bytes = 0;
      start = end + 1;
    }
    const rest = chunk.subarray(start);
    this.#bytes += rest.length;
    if (this.#bytes > this.#mostBytes) return undefined;
    if (rest.length > 0) this.#parts.push(rest);
    return lines;
  }
}
