import { useEffect, useId, useRef, useSyncExternalStore } from 'react';
import type { AudioDevice, AudioSession, AudioSnapshot } from '../client/audio-session.ts';
import type { Texts } from '../i18n/texts.ts';
import { useAction } from './use-action.ts';
import { useTexts } from './use-texts.ts';

/** One sentence about the page's audio, and whether it is good, on its way, or bad. */
export function audioStatus(t: Texts, audio: AudioSnapshot): { text: string; mood: 'good' | 'busy' | 'bad' } {
  if (audio.microphone !== 'granted') {
    const mood = audio.microphone === 'asking' || audio.microphone === 'unasked' ? 'busy' : 'bad';
    return { text: t.audio[audio.microphone], mood };
  }
  const state = audio.leg?.state ?? 'idle';
  if (state === 'connected' && audio.leg?.hasMicrophone === false) return { text: t.audio.unplugged, mood: 'bad' };
  const mood = state === 'connected' ? 'good' : state === 'failed' || state === 'closed' ? 'bad' : 'busy';
  return { text: t.audio[state], mood };
}

/** Checks and chooses the microphone and the headset. */
export function AudioPanel({ audio }: { audio: AudioSession }) {
  const { t } = useTexts();
  const snapshot = useSyncExternalStore(audio.subscribe, audio.getSnapshot);
  const tone = useAction();
  const devices = useAction();
  const { text, mood } = audioStatus(t, snapshot);
  return (
    <section className="card audio" aria-label={t.audioTitle}>
      <h2>{t.audioTitle}</h2>
      <p className={`audio-status ${mood}`} role="status">
        {text}
      </p>
      {snapshot.leg?.needsClick && (
        <button type="button" className="primary" onClick={() => void audio.resume()}>
          {t.clickToHear}
        </button>
      )}
      {snapshot.microphone === 'granted' ? (
        <>
          <DevicePicker
            label={t.microphone}
            devices={snapshot.microphones}
            chosen={snapshot.microphoneId}
            choose={(id) => devices.run(() => audio.chooseMicrophone(id))}
          />
          <Level audio={audio} label={t.level} />
          {snapshot.speakers.length > 0 && (
            <DevicePicker
              label={t.speaker}
              devices={snapshot.speakers}
              chosen={snapshot.speakerId}
              choose={(id) => devices.run(() => audio.chooseSpeaker(id))}
            />
          )}
          <button type="button" disabled={tone.busy} onClick={() => tone.run(() => audio.playTestTone())}>
            {t.testTone}
          </button>
        </>
      ) : (
        <button type="button" disabled={snapshot.microphone === 'asking'} onClick={() => void audio.start()}>
          {snapshot.microphone === 'unasked' ? t.setUpAudio : t.tryAgain}
        </button>
      )}
    </section>
  );
}

interface PickerProps {
  label: string;
  devices: AudioDevice[];
  chosen: string | undefined;
  choose(id: string): void;
}

function DevicePicker({ label, devices, chosen, choose }: PickerProps) {
  const { t } = useTexts();
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={chosen ?? devices[0]?.id ?? ''} onChange={(event) => choose(event.target.value)}>
        {devices.map((device, index) => (
          <option key={device.id} value={device.id}>
            {device.label || t.deviceNumber(index + 1)}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Moves with the voice; drawn outside React, for it changes many times a second. */
function Level({ audio, label }: { audio: AudioSession; label: string }) {
  const meter = useRef<HTMLMeterElement>(null);
  useEffect(() => {
    let frame = 0;
    const draw = (): void => {
      if (meter.current) meter.current.value = audio.level();
      frame = requestAnimationFrame(draw);
    };
    draw();
    return () => cancelAnimationFrame(frame);
  }, [audio]);
  return <meter ref={meter} min={0} max={1} low={0.15} optimum={0.6} aria-label={label} />;
}
