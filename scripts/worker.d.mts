export function ensureWorker(options?: {
  log?: (text: string) => void;
  env?: Record<string, string | undefined>;
}): Promise<string | undefined>;
