import { spawn } from 'node:child_process';

/** A program that was run and did not do its work. */
export class ChildFailure extends Error {
  override readonly name = 'ChildFailure';
  /** True when there is no such program. */
  readonly missing: boolean;

  constructor(message: string, missing: boolean, options?: { cause: unknown }) {
    super(message, options);
    this.missing = missing;
  }
}

/**
 * Runs a program to its end with `input` on its standard input and gives what it wrote. Rejects with `ChildFailure` when it is
 * missing, fails, takes longer than `timeoutMs` or writes more than `maxBytes`.
 */
export function runChild(
  program: string,
  args: readonly string[],
  options: { input?: string | Buffer; timeoutMs: number; maxBytes: number },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
    });
    const chunks: Buffer[] = [];
    let bytes = 0;
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > options.maxBytes) child.kill('SIGKILL');
      else chunks.push(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-1_000);
    });
    // A program that ends without reading its input closes the pipe; its exit says what happened.
    child.stdin.on('error', () => undefined);
    child.on('error', (cause: NodeJS.ErrnoException) => {
      reject(new ChildFailure(`${program} cannot be run`, cause.code === 'ENOENT', { cause }));
    });
    child.on('close', (code, signal) => {
      if (code === 0 && bytes <= options.maxBytes) resolve(Buffer.concat(chunks));
      else reject(new ChildFailure(`${program} ended with ${code ?? signal}: ${complaint.trim()}`, false));
    });
    child.stdin.end(options.input ?? '');
  });
}
