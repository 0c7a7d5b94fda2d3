export function cachedWorker(mediasoup: string, env: Record<string, string | undefined>): string;
export function makeScratch(target: string): string;
export function lockBuild(target: string, log: (text: string) => void): Promise<() => void>;
