import { spawn } from 'node:child_process';
import { say } from './say.mjs';

/**
 * Runs a command to its end and resolves with its exit status. With `quietAs`, its output is held back, a line is
 * said every ten seconds so that nobody thinks it hangs, and the output is shown only if the command fails.
 */
export function runChild(command, args, { quietAs, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: quietAs ? ['ignore', 'pipe', 'pipe'] : 'inherit', ...options });
    const held = [];
    child.stdout?.on('data', (chunk) => held.push(chunk));
    child.stderr?.on('data', (chunk) => held.push(chunk));
    const startedAt = Date.now();
    const heartbeat =
      quietAs && setInterval(() => say(`${quietAs} … ${Math.round((Date.now() - startedAt) / 1000)} s`), 10_000);
    child.once('error', (error) => {
      clearInterval(heartbeat);
      reject(error);
    });
    child.once('close', (code, signal) => {
      clearInterval(heartbeat);
      if (code !== 0 && held.length > 0) process.stderr.write(Buffer.concat(held));
      resolve(code ?? (signal ? 128 : 1));
    });
  });
}

/** Runs a program that lives as long as this one: signals are passed on, and its exit status becomes ours. */
export function becomeChild(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'inherit', ...options });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)));
  });
}
