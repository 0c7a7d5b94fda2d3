import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderAudioStore } from '../../../src/adapters/files/folder-audio-store.ts';
import type { AudioStore } from '../../../src/recordings/recording-store.ts';

describe('audio in a folder', () => {
  let folder: string;
  let store: AudioStore;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parley-audio-'));
    mkdirSync(join(folder, 'root'));
    writeFileSync(join(folder, 'secret.txt'), 'secret');
    writeFileSync(join(folder, 'new.mp3'), '0123456789');
    store = folderAudioStore(join(folder, 'root'));
    await store.put('2026/11/23/rec-1.mp3', join(folder, 'new.mp3'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function read(key: string, range?: { start: number; end: number }): Promise<string | undefined> {
    const found = await store.open(key, range);
    return found && (await text(found.stream));
  }

  it('[R72] keeps, gives back, replaces and removes', async () => {
    expect(await read('2026/11/23/rec-1.mp3')).toBe('0123456789');
    writeFileSync(join(folder, 'new.mp3'), 'other');
    await store.put('2026/11/23/rec-1.mp3', join(folder, 'new.mp3'));
    expect(await read('2026/11/23/rec-1.mp3')).toBe('other');
    expect(readdirSync(join(folder, 'root/2026/11/23'))).toEqual(['rec-1.mp3']);
    await store.remove('2026/11/23/rec-1.mp3');
    await store.remove('2026/11/23/rec-1.mp3');
    expect(await store.open('2026/11/23/rec-1.mp3')).toBeUndefined();
  });

  it('[R72] gives any part of a file, with the size of the whole', async () => {
    const key = '2026/11/23/rec-1.mp3';
    expect((await store.open(key, { start: 2, end: 5 }))?.size).toBe(10);
    expect(await read(key, { start: 2, end: 5 })).toBe('234');
    expect(await read(key, { start: 0, end: 1 })).toBe('0');
    expect(await read(key, { start: 8, end: 99 })).toBe('89');
    expect(await read(key, { start: 4, end: 4 })).toBe('');
    expect(await read(key, { start: 50, end: 60 })).toBe('');
  });

  it('[R72] a put that fails leaves what was there', async () => {
    await expect(store.put('2026/11/23/rec-1.mp3', join(folder, 'gone'))).rejects.toThrow('ENOENT');
    expect(await read('2026/11/23/rec-1.mp3')).toBe('0123456789');
    expect(readdirSync(join(folder, 'root/2026/11/23'))).toEqual(['rec-1.mp3']);
  });

  it.each([
    '../secret.txt',
    '2026/../../secret.txt',
    '/etc/passwd',
    '..',
    '.',
    '',
    '2026//rec-1.mp3',
    '2026\\..\\secret.txt',
    '.hidden/rec.wav',
    'rec-1.mp3\0.wav',
    '2026/11/23',
    `${'a/'.repeat(200)}b`,
  ])('[R73] there is no way out of the folder: %j', async (key) => {
    expect(await store.open(key)).toBeUndefined();
    if (key === '2026/11/23') return;
    await expect((async () => store.put(key, join(folder, 'new.mp3')))()).rejects.toMatchObject({
      code: 'request.invalid',
    });
    await expect((async () => store.remove(key))()).rejects.toMatchObject({ code: 'request.invalid' });
    expect(readFileSync(join(folder, 'secret.txt'), 'utf8')).toBe('secret');
  });

  it('[R73] a link that leads out of the folder is not followed', async () => {
    symlinkSync(join(folder, 'secret.txt'), join(folder, 'root/link.mp3'));
    symlinkSync(folder, join(folder, 'root/out'));
    expect(await store.open('link.mp3')).toBeUndefined();
    expect(await store.open('out/secret.txt')).toBeUndefined();
  });
});
