import type { CallRecord } from '../../protocol/http.ts';
import { audioUrl } from '../client/api.ts';
import { clockTime } from '../client/format.ts';
import { useTexts } from '../ui/use-texts.ts';

type Recording = CallRecord['recordings'][number];

const TYPES = { opus: 'audio/ogg; codecs=opus', mp3: 'audio/mpeg', wav: 'audio/wav' } as const;

/** Plays a recording in the first format that the browser knows, smallest first, and offers each for download. */
export function RecordingPlayer({ recording }: { recording: Recording }) {
  const { t } = useTexts();
  const { recordingId, kind, state, durationMs, gaps, failure } = recording;
  const formats = (['opus', 'mp3', 'wav'] as const).filter((format) => recording.formats.includes(format));
  return (
    <div className="recording">
      <p>
        <strong>{t.recordingKind[kind]}</strong> {durationMs !== undefined && <span>{clockTime(durationMs)}</span>}{' '}
        {state !== 'stored' && (
          <span className={`badge ${state === 'failed' ? 'bad' : 'warning'}`} title={failure}>
            {t.recordingState[state]}
          </span>
        )}
      </p>
      {formats.length > 0 && (
        // biome-ignore lint/a11y/useMediaCaption: a recorded telephone call has no captions
        <audio controls preload="metadata" aria-label={t.recordingKind[kind]}>
          {formats.map((format) => (
            <source key={format} src={audioUrl(recordingId, format)} type={TYPES[format]} />
          ))}
        </audio>
      )}
      <p className="muted">
        {kind === 'call' && t.channels}
        {formats.map((format) => (
          <a className="download" key={format} href={audioUrl(recordingId, format)} download>
            {t.download(format.toUpperCase())}
          </a>
        ))}
      </p>
      {gaps.map((gap) => (
        <p className="muted" key={`${gap.channel}${gap.fromMs}`}>
          {t.gap(clockTime(gap.fromMs), clockTime(gap.toMs), gap.reason)}
        </p>
      ))}
      {failure !== undefined && <p className="muted">{failure}</p>}
    </div>
  );
}
