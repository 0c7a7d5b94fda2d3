import { expect, test } from 'vitest';
import { BeatPlan, SLOTS } from '../../../src/media/clock/beat.ts';
import { meanOpinionScore } from '../../../src/media/quality/mos.ts';
import { VoiceActivity } from '../../../src/media/quality/voice-activity.ts';
import { Gaps } from '../../../src/media/recorder/gaps.ts';
import { sine, toLaw } from '../../support/tones.ts';

test('[M23] slots lie evenly in the frame and keep their times however late they are served', () => {
  const plan = new BeatPlan(1_000);
  for (let slot = 0; slot < SLOTS; slot++) plan.use(slot, true, 1_000);
  const due: number[] = [];
  for (let i = 0; i < 12; i++) {
    const next = plan.next();
    if (!next) break;
    due.push(next.dueMs);
    plan.take(next.slot, next.dueMs + (i % 3) * 7);
  }
  expect(due).toEqual(Array.from({ length: 12 }, (_, i) => 1_000 + i * 10));
});

test('[M23] a short stall is made up for, after a long one frames are left out', () => {
  const plan = new BeatPlan(0);
  plan.use(0, true, 0);
  for (let frame = 0; frame <= 10; frame++) expect(plan.take(0, 219)).toEqual({ skipped: 0, dueMs: frame * 20 });
  expect(plan.next()).toEqual({ slot: 0, dueMs: 220 });
  expect(plan.take(0, 450)).toEqual({ skipped: 11, dueMs: 440 });
  expect(plan.next()).toEqual({ slot: 0, dueMs: 460 });
});

test('[M23] a slot that was out of use comes back on the same grid, without frames of the past', () => {
  const plan = new BeatPlan(0);
  expect(plan.next()).toBeUndefined();
  plan.use(1, true, 0);
  plan.use(1, false, 50);
  plan.use(1, true, 1_001);
  expect(plan.next()).toEqual({ slot: 1, dueMs: 1_010 });
});

test('[M62] speech is told after 60 ms, silence after 600', () => {
  const voice = new VoiceActivity();
  const loud = toLaw(sine(300, 20, { amplitude: 4_000 }), 'PCMU');
  const quiet = toLaw(sine(300, 20, { amplitude: 60 }), 'PCMU');
  const changes: string[] = [];
  for (let ms = 0; ms < 2_000; ms += 20) {
    const data = ms >= 400 && ms < 800 ? loud : quiet;
    if (voice.take(data, 0, 160, 'PCMU', ms)) changes.push(`${voice.isTalking} ${ms}`);
  }
  expect(changes).toEqual(['true 440', 'false 1380']);
});

test('[M62] a click is no speech', () => {
  const voice = new VoiceActivity();
  const loud = toLaw(sine(300, 20, { amplitude: 4_000 }), 'PCMU');
  expect(voice.take(loud, 0, 160, 'PCMU', 1_000)).toBe(false);
  expect(voice.take(loud, 0, 160, 'PCMU', 1_500)).toBe(false);
});

test('[M60] the score falls with loss and delay and stays in its bounds', () => {
  expect(meanOpinionScore(50, 0)).toBeGreaterThan(4.3);
  expect(meanOpinionScore(50, 0.02)).toBeLessThan(meanOpinionScore(50, 0.01));
  expect(meanOpinionScore(400, 0)).toBeLessThan(meanOpinionScore(100, 0));
  expect(meanOpinionScore(2_000, 1)).toBe(1);
});

test('[M52] gaps join what touches, keep their reasons, and are told once for both channels', () => {
  const gaps = new Gaps();
  for (let ms = 0; ms < 100; ms += 10) {
    const lost = ms >= 20 && ms < 50 ? ('lost' as const) : undefined;
    const paused = ms >= 70 ? ('paused' as const) : undefined;
    gaps.mark('left', ms, ms + 10, lost ?? paused);
    gaps.mark('right', ms, ms + 10, paused);
  }
  expect(gaps.list()).toEqual([
    { channel: 'left', fromMs: 20, toMs: 50, reason: 'lost' },
    { channel: 'both', fromMs: 70, toMs: 100, reason: 'paused' },
  ]);
});
