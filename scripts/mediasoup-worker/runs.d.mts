export function workerRuns(file: string): boolean;
