import { Readable } from 'node:stream';
import type { CallRecord, SessionUser } from '../../../src/protocol/http.ts';
import type { AudioStore, RecordingCatalogue } from '../../../src/recordings/recording-store.ts';
import type { CallRecords } from '../../../src/reports/call-records.ts';
import type { Accounts, Sessions } from '../../../src/users/accounts.ts';

export const USERS: SessionUser[] = [
  { id: 'user-amy', name: 'amy', displayName: 'Amy Adams', role: 'agent', skills: [] },
  { id: 'user-sam', name: 'sam', displayName: 'Sam Smith', role: 'supervisor', skills: [] },
  { id: 'user-admin', name: 'admin', displayName: 'Administrator', role: 'admin', skills: [] },
];
export const PASSWORD = 'correct horse';

export function fakeAccounts(): Pick<Accounts, 'verify'> {
  return { verify: async (name, password) => (password === PASSWORD ? USERS.find((u) => u.name === name) : undefined) };
}

/** Sessions in memory; `expireAll` is the passing of time. */
export class FakeSessions implements Sessions {
  readonly #users = new Map<string, string>();
  /** What all users can do. */
  skills: string[] = [];
  #made = 0;

  async start(userId: string): Promise<{ token: string; expiresAt: number }> {
    this.#made += 1;
    const token = `session-token-${String(this.#made).padStart(10, '0')}`;
    this.#users.set(token, userId);
    return { token, expiresAt: Date.now() + 3_600_000 };
  }

  async find(token: string): Promise<SessionUser | undefined> {
    const userId = this.#users.get(token);
    const found = USERS.find((user) => user.id === userId);
    return found && { ...found, skills: this.skills };
  }

  async end(token: string): Promise<void> {
    this.#users.delete(token);
  }

  expireAll(): void {
    this.#users.clear();
  }
}

export function fakeCallRecords(records: CallRecord[]): Pick<CallRecords, 'list' | 'get'> {
  return {
    list: async ({ before, limit }) =>
      records
        .filter((record) => before === undefined || record.startedAt < before)
        .toSorted((a, b) => b.startedAt - a.startedAt)
        .slice(0, limit),
    get: async (callId) => records.find((record) => record.callId === callId),
  };
}

/** Audio by key; the catalogue knows one recording a key, named by what stands before the ending. */
export function fakeAudio(files: Record<string, { contentType: string; bytes: Buffer }>): {
  recordings: RecordingCatalogue;
  audio: Pick<AudioStore, 'open'>;
} {
  const endings = { opus: 'ogg', mp3: 'mp3', wav: 'wav' };
  return {
    recordings: {
      audio: async (recordingId, format) => {
        const key = `${recordingId}.${endings[format]}`;
        const file = files[key];
        return file && { key, contentType: file.contentType, callId: 'call-1' };
      },
    },
    audio: {
      open: async (key, range) => {
        const bytes = files[key]?.bytes;
        if (!bytes) return undefined;
        const part = range ? bytes.subarray(range.start, range.end) : bytes;
        return { size: bytes.length, stream: Readable.from([part]) };
      },
    },
  };
}

/** A call with everything a record can hold. */
export function sampleRecord(overrides: Partial<CallRecord> = {}): CallRecord {
  const startedAt = overrides.startedAt ?? Date.UTC(2026, 10, 23, 14, 5, 0);
  return {
    callId: 'call-1',
    startedAt,
    endedAt: startedAt + 95_000,
    callerNumber: '+49301234567',
    calledNumber: '1000',
    flow: 'welcome',
    flowVersion: '3f9ac1d2',
    queue: 'support',
    agentName: 'Amy Adams',
    waitedMs: 12_000,
    talkedMs: 63_000,
    outcome: 'answered',
    endedBy: 'caller',
    endReason: 'caller hung up',
    hasRecording: true,
    legs: [
      {
        legId: 'leg-1',
        kind: 'carrier',
        role: 'caller',
        sipCallId: 'a84b4c76e66710@pc33',
        address: '203.0.113.7:5060',
        startedAt,
        answeredAt: startedAt + 200,
        endedAt: startedAt + 95_000,
        endReason: 'caller hung up',
        quality: { mos: 4.3, lossRate: 0.002, jitterMs: 3.1 },
      },
      {
        legId: 'leg-2',
        kind: 'browser',
        role: 'agent',
        agentName: 'Amy Adams',
        startedAt: startedAt + 32_000,
        answeredAt: startedAt + 32_000,
        endedAt: startedAt + 95_000,
      },
    ],
    steps: [
      { step: 'greeting', verb: 'say', at: startedAt + 200, leftAt: startedAt + 6_000, exit: 'done' },
      { step: 'main', verb: 'menu', at: startedAt + 6_000, leftAt: startedAt + 10_000, exit: '1', digits: '1' },
      { step: 'pin', verb: 'collect', at: startedAt + 10_000, leftAt: startedAt + 15_000, exit: 'done', secure: true },
      { step: 'support', verb: 'queue', at: startedAt + 15_000, leftAt: startedAt + 32_000, exit: 'answered' },
    ],
    offers: [
      {
        offerId: 'offer-1',
        agentName: 'Bo Brown',
        queue: 'support',
        at: startedAt + 16_000,
        endedAt: startedAt + 26_000,
        outcome: 'rangOut',
        reason: 'longest idle: 412 s',
      },
      {
        offerId: 'offer-2',
        agentName: 'Amy Adams',
        queue: 'support',
        at: startedAt + 26_000,
        endedAt: startedAt + 32_000,
        outcome: 'answered',
        reason: 'longest idle: 93 s',
      },
    ],
    recordings: [
      {
        recordingId: 'rec-1',
        kind: 'call',
        state: 'stored',
        durationMs: 63_000,
        sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
        startedAt: startedAt + 32_000,
        gaps: [],
        formats: ['opus', 'mp3', 'wav'],
      },
    ],
    events: [
      { at: startedAt + 40_000, what: 'held' },
      { at: startedAt + 47_000, what: 'resumed', detail: { forMs: 7_000 } },
    ],
    ...overrides,
  };
}
