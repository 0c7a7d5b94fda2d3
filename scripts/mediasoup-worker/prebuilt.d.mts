export function downloadWorker(
  mediasoup: string,
  folder: string,
  log: (text: string) => void,
  env: Record<string, string | undefined>,
): Promise<string | undefined>;
export function fileFromTar(tar: Buffer, name: string): Buffer;
