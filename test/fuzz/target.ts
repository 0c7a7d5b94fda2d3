/** One thing that reads what strangers send: `run` throws on the first input that breaks a promise, naming seed and iteration. */
export interface FuzzTarget {
  name: string;
  run(seed: number, iterations: number): void | Promise<void>;
}
