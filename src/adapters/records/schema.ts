import type { Generated } from 'kysely';

/**
 * The tables of the records, one shape for SQLite and PostgreSQL. Times are UTC ms; truth values are 0 or 1; a column that
 * holds JSON is never filtered on.
 */
export interface RecordsSchema {
  call_facts: CallFactRow;
  calls: CallRow;
  recordings: RecordingRow;
  recording_files: RecordingFileRow;
  recording_jobs: RecordingJobRow;
  users: UserRow;
  sessions: SessionRow;
  audit: AuditRow;
  flow_bundles: FlowBundleRow;
  flow_versions: FlowVersionRow;
  flow_aliases: FlowAliasRow;
  flow_canaries: FlowCanaryRow;
  flow_revision: FlowRevisionRow;
  flow_call_counts: FlowCallCountRow;
  flow_step_counts: FlowStepCountRow;
  callbacks: CallbackRow;
}

/** The journal: append only, the truth of which everything else about a call is a view. */
interface CallFactRow {
  seq: Generated<number>;
  fact_key: string;
  call_id: string;
  at: number;
  type: string;
  /** JSON of the whole fact. */
  fact: string;
}

/** The line of a call in lists, kept up to date with its facts. */
interface CallRow {
  call_id: string;
  started_at: number;
  ended_at: number | null;
  caller_number: string;
  called_number: string;
  flow: string | null;
  queue: string | null;
  agent_id: string | null;
  waited_ms: number | null;
  talked_ms: number | null;
  outcome: string | null;
  ended_by: string | null;
  end_reason: string | null;
  has_recording: number;
  /** Whether the call has been added to the counts of its day. */
  is_counted: Generated<number>;
}

interface RecordingRow {
  recording_id: string;
  call_id: string;
  kind: 'call' | 'voicemail';
  /** Key of the WAV in the recordings folder. */
  file: string;
  state: 'running' | 'closed' | 'transcoding' | 'stored' | 'failed';
  started_at: number;
  closed_at: number | null;
  duration_ms: number | null;
  failure: string | null;
}

/** One row a finished file: the WAV and what was made of it. */
interface RecordingFileRow {
  recording_id: string;
  format: 'wav' | 'opus' | 'mp3';
  key: string;
  sha256: string;
  bytes: number;
}

interface RecordingJobRow {
  recording_id: string;
  state: 'waiting' | 'running' | 'done' | 'failed';
  attempts: number;
  run_at: number;
  /** A runner that does not come back by then has lost the job. */
  leased_until: number | null;
  last_error: string | null;
}

interface UserRow {
  user_id: string;
  name: string;
  /** The name as it is compared: one form of each letter, lower case. */
  name_key: string;
  display_name: string;
  role: 'agent' | 'supervisor' | 'admin';
  /** Argon2id, with its parameters and salt. */
  password_hash: string;
  /** JSON list of words. */
  skills: string;
  created_at: number;
  changed_at: number;
}

interface SessionRow {
  /** SHA-256 of the token, in hex. */
  token_hash: string;
  user_id: string;
  started_at: number;
  expires_at: number;
}

interface AuditRow {
  seq: Generated<number>;
  at: number;
  actor: string;
  action: string;
  target: string | null;
  /** JSON. */
  detail: string | null;
}

/** The texts of a published version, by what they hash to. */
interface FlowBundleRow {
  version: string;
  /** JSON of `FlowBundle`. */
  bundle: string;
}

interface FlowVersionRow {
  flow: string;
  number: number;
  version: string;
  parent: number | null;
  author: string;
  message: string;
  published_at: number;
  /** JSON of `FlowChange[]`. */
  changes: string;
}

interface FlowAliasRow {
  flow: string;
  alias: 'live';
  number: number;
  changed_at: number;
}

interface FlowCanaryRow {
  flow: string;
  percent: number;
  /** Null: the draft. */
  number: number | null;
  started_at: number;
}

/** One row, counted up with every change of what callers get. Whoever changes anything takes its lock first. */
interface FlowRevisionRow {
  id: number;
  revision: number;
}

/** Ended calls by day (days since 1970, UTC), flow, version, the way to the version, and outcome. */
interface FlowCallCountRow {
  flow: string;
  day: number;
  version: string;
  alias: 'live' | 'canary' | 'draft';
  outcome: string;
  calls: number;
  reached: number;
  reached_ms: number;
  last_at: number;
}

/** Visits of steps by day, the step's flow, the flow and version the call began in, and exit. */
interface FlowStepCountRow {
  flow: string;
  day: number;
  root: string;
  version: string;
  step: string;
  verb: string;
  exit: string;
  visits: number;
  spent_ms: number;
  last_at: number;
}

/** A caller who wants to be called back; open until `ended_at` is set. */
interface CallbackRow {
  callback_id: string;
  queue: string;
  number: string;
  caller_name: string | null;
  called_number: string;
  /** The call in which it was booked. */
  booked_in: string;
  priority: number;
  language: string;
  may_record: number;
  /** JSON of skills and the way through the flow. */
  details: string;
  since: number;
  booked_at: number;
  attempts: number;
  /** Not to be dialled before. */
  due_at: number;
  last_result: string | null;
  outcome: string | null;
  ended_at: number | null;
}
