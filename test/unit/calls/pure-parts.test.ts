import { expect, test } from 'vitest';
import { digitIn, readInvite } from '../../../src/adapters/drachtio/read-invite.ts';
import { type CallStory, flowEnding, outcomeOf } from '../../../src/calls/call-outcome.ts';
import { waitingMusic } from '../../../src/calls/music.ts';
import { talkTable } from '../../../src/calls/talk-table.ts';
import { announcement } from '../../../src/queues/announcements.ts';
import { loudness } from '../../support/tones.ts';

const story = (more: Partial<CallStory>): CallStory => ({
  answered: true,
  waited: false,
  talked: false,
  leftMessage: false,
  brokenOff: false,
  ...more,
});

test('[C40] the outcome is what the caller got in the end', () => {
  expect(outcomeOf(story({ talked: true, brokenOff: true }))).toBe('answered');
  expect(outcomeOf(story({ leftMessage: true, waited: true }))).toBe('voicemail');
  expect(outcomeOf(story({ brokenOff: true }))).toBe('failed');
  expect(outcomeOf(story({ brokenOff: true, answered: false }))).toBe('rejected');
  expect(outcomeOf(story({ flowEnd: 'error' }))).toBe('failed');
  expect(outcomeOf(story({ waited: true, flowEnd: 'completed' }))).toBe('abandoned');
  expect(outcomeOf(story({ answered: false }))).toBe('abandoned');
  expect(outcomeOf(story({ flowEnd: 'callerLeft' }))).toBe('selfService');
});

test('[C41] a flow that ends by itself was ended by the agent who hung up, or by us', () => {
  expect(flowEnding('completed', story({ talked: true, talkEndedBy: 'agent' })).by).toBe('agent');
  expect(flowEnding('completed', story({})).by).toBe('system');
  expect(flowEnding('error', story({ talked: true, talkEndedBy: 'agent' })).by).toBe('system');
});

test('[C30] [C31] [C32] [C35] the tables of talk, mute, hold and a lost line', () => {
  const base = { caller: 'c', agent: 'a', muted: false, onHold: false };
  expect(talkTable(base)).toEqual({ hears: { c: ['a'], a: ['c'] }, music: false, right: ['a'] });
  expect(talkTable({ ...base, muted: true })).toEqual({ hears: { c: [], a: ['c'] }, music: false, right: [] });
  expect(talkTable({ ...base, onHold: true })).toEqual({ hears: { c: [], a: [] }, music: true, right: [] });
  expect(talkTable({ ...base, muted: true, onHold: true })).toEqual({
    hears: { c: [], a: [] },
    music: true,
    right: [],
  });
  expect(talkTable({ ...base, agent: undefined })).toEqual({ hears: { c: [] }, music: true, right: [] });
});

test('[Q22] the music is the same each time, quiet, never silent and without a seam', () => {
  const music = waitingMusic();
  expect(music).toEqual(waitingMusic());
  expect(music.length % 160).toBe(0);
  expect(music.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0)).toBeLessThan(6_000);
  for (let second = 0; second < music.length / 8_000; second += 1) {
    expect(loudness(music.subarray(second * 8_000, (second + 1) * 8_000)), `second ${second}`).toBeGreaterThan(200);
  }
  let steepest = 0;
  for (let i = 1; i < music.length; i += 1)
    steepest = Math.max(steepest, Math.abs((music[i] ?? 0) - (music[i - 1] ?? 0)));
  expect(Math.abs((music[0] ?? 0) - (music.at(-1) ?? 0))).toBeLessThanOrEqual(steepest);
});

test('[Q20] [Q21] places are told in both languages, in English where we have no words', () => {
  const told = (place: number, language: string) => announcement(place, language, [])[0];
  expect(told(1, 'en')).toEqual({ type: 'text', text: 'You are next in line.', language: 'en' });
  expect(told(2, 'en-GB')).toEqual({ type: 'text', text: 'You are number 2 in line.', language: 'en-GB' });
  expect(told(2, 'zh')).toEqual({ type: 'text', text: '您目前排在第2位，请稍候。', language: 'zh' });
  expect(told(3, 'de')).toEqual({ type: 'text', text: 'You are number 3 in line.', language: 'en' });
  expect(announcement(undefined, 'en', [{ type: 'silence', durationMs: 20 }])).toHaveLength(1);
});

function invite(headers: Record<string, string>, uri = 'sip:1000@host', body = 'v=0') {
  const get = (name: string) => Object.entries(headers).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  return readInvite({ method: 'INVITE', uri, body, source_address: '192.0.2.1', get });
}

test('[C19] who calls whom is read from the headers that carriers use', () => {
  const plain = invite({ From: '"Alice B." <sip:+4930-123@example.com>;tag=1', 'Call-ID': 'x' });
  expect(plain).toMatchObject({
    callerNumber: '+4930123',
    callerName: 'Alice B.',
    calledNumber: '1000',
    sipCallId: 'x',
  });
  const asserted = { From: '<sip:x@y>', 'P-Asserted-Identity': '"Bo" <tel:+49301>' };
  expect(invite(asserted)).toMatchObject({ callerNumber: '+49301', callerName: 'Bo' });
  const hidden = invite({ ...asserted, Privacy: 'id' });
  expect(hidden).toMatchObject({ callerNumber: 'anonymous' });
  expect(hidden).not.toHaveProperty('callerName');
  expect(invite({ From: '"Anonymous" <sip:anonymous@anonymous.invalid>' }).callerNumber).toBe('anonymous');
  expect(invite({ From: 'sip:%2B49301@h' }, 'sip:%231000%2A@h').calledNumber).toBe('#1000*');
  expect(invite({}, 'sip:host').calledNumber).toBe('');
  expect(invite({}, 'tel:+1-201;phone-context=x').calledNumber).toBe('+1201');
});

test('[C5] the session description is found alone and among other parts', () => {
  expect(invite({ 'Content-Type': 'application/sdp' }).offer).toBe('v=0');
  expect(invite({ 'Content-Type': 'text/plain' }).offer).toBe('');
  const parts =
    '--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\ns=-\r\n--b--';
  expect(invite({ 'Content-Type': 'multipart/mixed;boundary=b' }, 'sip:1@h', parts).offer).toBe('v=0\r\ns=-\r\n');
});

test('[C17] keys are read from both forms of INFO, and nothing from anything else', () => {
  expect(digitIn('Signal=5\r\nDuration=160\r\n')).toBe('5');
  expect(digitIn('Signal= #\r\nDuration=160')).toBe('#');
  expect(digitIn('*')).toBe('*');
  expect(digitIn('a\r\n')).toBe('A');
  for (const other of ['', 'Signal=55', 'hello', 'Duration=160', 'Signal='])
    expect(digitIn(other), other).toBeUndefined();
});
