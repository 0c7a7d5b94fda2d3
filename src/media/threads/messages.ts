import type { Law } from '../codec/g711.ts';
import type { PlaySource } from '../player/source.ts';
import type { MediaFact } from '../protocol/messages.ts';

/** What the main thread and a media thread say to each other. Audio never travels this way: rings are shared memory. */

/** The far end of a leg as negotiated. */
export interface RemoteMedia {
  ip: string;
  port: number;
  rtcpPort: number;
  rtcpMux: boolean;
  law: Law;
  /** The number the far end chose for our law, 0 or 8 unless it renamed them. */
  payloadType: number;
  /** Absent when no telephone-event was agreed. */
  eventPayloadType: number | undefined;
  /** The far end may send to us. */
  sends: boolean;
  /** The far end wants to receive from us; false while it holds the call. */
  receives: boolean;
}

export interface EndpointToOpen {
  endpointId: string;
  kind: 'rtp' | 'webrtc';
  law: Law;
  ssrc: number;
  ip: string;
  /** 0 lets the system choose. */
  rtpPort: number;
  /** Undefined when RTCP shares the RTP port. */
  rtcpPort: number | undefined;
  remote: RemoteMedia | undefined;
}

export interface SpeakerRing {
  endpointId: string;
  memory: SharedArrayBuffer;
}

export interface RecordingToStart {
  recordingId: string;
  callId: string | undefined;
  /** Path below the recordings folder, as the app named it. */
  file: string;
  folder: string;
  left: SpeakerRing;
  right: SpeakerRing[];
  channels: 1 | 2;
}

export type ThreadOrder =
  | { order: 'open'; endpoint: EndpointToOpen }
  | { order: 'setRemote'; endpointId: string; remote: RemoteMedia }
  | { order: 'close'; endpointId: string }
  | { order: 'play'; endpointId: string; playId: string; items: PlaySource[]; loop: boolean }
  | { order: 'stopPlay'; endpointId: string; playId: string | undefined }
  | { order: 'sendDigits'; endpointId: string; digits: string; durationMs: number; gapMs: number }
  | { order: 'setSecure'; endpointId: string; on: boolean }
  /** Who each of these endpoints hears from the next frame on. */
  | { order: 'hear'; tables: { endpointId: string; speakers: SpeakerRing[] }[] }
  | { order: 'record.start'; recording: RecordingToStart }
  | { order: 'record.setRight'; recordingId: string; right: SpeakerRing[] }
  | { order: 'record.pause' | 'record.resume' | 'record.stop'; recordingId: string }
  | { order: 'stats' }
  /** Closes everything, recordings last. */
  | { order: 'end' };

export interface EndpointOpened {
  rtpPort: number;
  memory: SharedArrayBuffer;
}

/** Counts of one thread since it began; `…Ms` of the beat are deviations from the schedule. */
export interface ThreadStats {
  endpoints: number;
  recordings: number;
  packetsIn: number;
  packetsOut: number;
  malformed: Record<string, number>;
  refusedSource: number;
  sendErrors: number;
  beats: number;
  skippedBeats: number;
  beatLateP50Ms: number;
  beatLateP99Ms: number;
}

export type ToThread = { id: number; order: ThreadOrder };

export type FromThread =
  | { kind: 'answer'; id: number; ok: true; result: unknown }
  | { kind: 'answer'; id: number; ok: false; code: string; text: string }
  | { kind: 'fact'; fact: MediaFact };

/** What a thread is told when it starts. */
export interface ThreadSetup {
  index: number;
  /** Zero of the shared clock on the monotonic clock of the machine, in ms. */
  epochMs: number;
}
