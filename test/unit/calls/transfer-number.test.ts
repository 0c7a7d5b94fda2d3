import { describe, expect, it } from 'vitest';
import { type FakeCentre, makeFakeCentre, settle } from '../../support/fake-centre.ts';
import { transferFlow } from '../../support/transfer-flow.ts';

const TRUNKS = `trunks:
  local: { from: [127.0.0.0/8] }
  carrier: { to: sip.example.com, dial: ["+49*"], callerId: "+49301000", maxCalls: 2 }
`;
const FLOW = transferFlow('own', 'number: "+49 (30) 99-88", ring: 20s');

const exit = ({ of }: FakeCentre) => of('stepLeft').find(({ step }) => step === 'one')?.exit;

async function dialled(flow = FLOW, trunks = TRUNKS) {
  const centre = makeFakeCentre({ flow, trunks });
  const caller = await centre.call('2000');
  await settle();
  return { centre, caller };
}

async function talking(flow = FLOW) {
  const made = await dialled(flow);
  const { line } = made.centre.dialler;
  line.far.ringing();
  line.far.answered('dialog-out', 'v=0 their answer');
  await settle();
  return { ...made, line };
}

function party({ media }: FakeCentre): string {
  return [...media.endpoints].find((one) => one.startsWith('leg-') && one !== media.carrier) ?? '';
}

describe('[C43] a transfer to a number', () => {
  it('is called by the trunk that may, with its number, while the caller hears ringing', async () => {
    const { centre } = await dialled();
    const { order } = centre.dialler.line;
    expect(order).toMatchObject({ number: '+4930' + '9988', callerId: '+49301000', offer: 'v=0 answer' });
    expect(order.out).toMatchObject({ host: 'sip.example.com' });
    expect(centre.media.plays.get(centre.media.carrier)).toMatchObject({ loop: true, items: [{ type: 'tone' }, {}] });
    expect(centre.of('legStarted').at(-1)).toMatchObject({ role: 'party', kind: 'carrier', number: '+49309988' });
    expect(centre.of('legDialogKnown').at(-1)).toMatchObject({ sipCallId: 'sip-out-1' });
  });

  it('joins the two, records both, and goes on by ended when the party hangs up', async () => {
    const { centre, caller, line } = await talking();
    expect(centre.media.of('endpoint.setRemote')).toMatchObject([{ answer: 'v=0 their answer' }]);
    const here = centre.media.carrier;
    const there = party(centre);
    expect([...centre.media.bridges.values()]).toEqual([{ [here]: [there], [there]: [here] }]);
    expect(centre.media.of('record.setRight').at(-1)?.right ?? centre.media.of('record.start').at(-1)?.right).toEqual([
      there,
    ]);
    expect(centre.of('talkStarted')).toMatchObject([{ legId: there }]);
    expect(centre.of('legDialogKnown').at(-1)).toMatchObject({ dialogId: 'dialog-out' });
    line.far.ended('far', 'far end hung up');
    await settle();
    expect(exit(centre)).toBe('ended');
    expect(centre.of('talkEnded')).toMatchObject([{ endedBy: 'party' }]);
    expect(centre.of('callEnded')).toMatchObject([{ outcome: 'answered', endedBy: 'party' }]);
    expect(caller.done).toBe('hungUp');
    expect(centre.media.isQuiet).toBe(true);
    expect(centre.of('legEnded').filter(({ legId }) => legId === there)).toHaveLength(1);
  });

  it('hangs the party up when the caller hangs up', async () => {
    const { centre, caller, line } = await talking();
    caller.hangsUp();
    await settle();
    expect(line.done).toBe('hungUp');
    expect(centre.of('transferEnded')).toMatchObject([{ outcome: 'left' }]);
    expect(centre.of('callEnded')).toMatchObject([{ outcome: 'answered', endedBy: 'caller' }]);
    expect(centre.facts.slice(-2).map(({ type }) => type)).toEqual(['callEnded', 'recordingClosed']);
    expect(centre.media.isQuiet).toBe(true);
  });

  it('passes keys on, both ways', async () => {
    const { centre, caller } = await talking();
    const there = party(centre);
    centre.media.press(centre.media.carrier, '7');
    caller.listener?.digit('8');
    centre.media.press(there, '#');
    expect(centre.media.of('endpoint.sendDigits')).toMatchObject([
      { endpointId: there, digits: '7' },
      { endpointId: there, digits: '8' },
      { endpointId: centre.media.carrier, digits: '#' },
    ]);
  });

  it('tells the party something before they are joined', async () => {
    const { centre } = await talking(FLOW.replace('ring: 20s', 'ring: 20s, whisper: A caller.'));
    const there = party(centre);
    expect(centre.media.plays.get(there)).toMatchObject({ loop: false });
    expect(centre.media.plays.get(centre.media.carrier)).toMatchObject({ loop: true });
    expect(centre.media.bridges.size).toBe(0);
    centre.media.playToEnd(there);
    await settle();
    expect(centre.media.bridges.size).toBe(1);
    expect(centre.media.plays.size).toBe(0);
  });

  it('leaves by noAnswer when the party hangs up before they are joined', async () => {
    const { centre, line } = await talking(FLOW.replace('ring: 20s', 'ring: 20s, whisper: A caller.'));
    line.far.ended('far', 'far end hung up');
    await settle();
    expect(exit(centre)).toBe('noAnswer');
    expect(centre.of('talkStarted')).toEqual([]);
    expect(centre.media.isQuiet).toBe(true);
  });

  it.each([
    [486, 'busy'],
    [603, 'busy'],
    [480, 'noAnswer'],
    [404, 'failed'],
    [403, 'failed'],
    [302, 'failed'],
  ])('[C45] refused with %i leaves by %s', async (status, expected) => {
    const { centre } = await dialled();
    centre.dialler.line.far.refused(status, 'Sorry');
    await settle();
    expect(exit(centre)).toBe(expected);
    expect(centre.of('legEnded')[0]?.reason).toBe(`${status} Sorry`);
    expect(centre.media.isQuiet).toBe(true);
  });

  it('[C44] takes the INVITE back after the ring time, and hangs up an answer that crosses it', async () => {
    const { centre } = await dialled();
    const { line } = centre.dialler;
    line.far.ringing();
    centre.clock.pass(20_000);
    await settle();
    expect(line.done).toBe('cancelled');
    expect(exit(centre)).toBe('noAnswer');
    line.far.answered('dialog-late', 'v=0');
    await settle();
    expect(line.done).toBe('hungUp');
    expect(centre.of('legDialogKnown').some(({ dialogId }) => dialogId === 'dialog-late')).toBe(false);
    expect(centre.media.isQuiet).toBe(true);
  });

  it('[C44] takes the INVITE back when the caller hangs up while it rings', async () => {
    const { centre, caller } = await dialled();
    centre.dialler.line.far.ringing();
    caller.hangsUp();
    await settle();
    expect(centre.dialler.line.done).toBe('cancelled');
    expect(centre.of('callEnded')).toMatchObject([{ endedBy: 'caller' }]);
    expect(centre.facts.at(-1)?.type).toBe('callEnded');
    expect(centre.media.isQuiet).toBe(true);
  });

  it.each(['endpoint.offerRtp', 'bridge.set'] as const)(
    'leaves by failed when %s cannot be carried out',
    async (order) => {
      const centre = makeFakeCentre({ flow: FLOW, trunks: TRUNKS });
      centre.media.failing.set(order, 'media.noPorts');
      await centre.call('2000');
      await settle();
      centre.dialler.lines.at(-1)?.far.answered('dialog-out', 'v=0');
      await settle();
      expect(exit(centre)).toBe('failed');
      expect(centre.dialler.lines.every(({ done }) => done === 'hungUp')).toBe(true);
      expect(centre.media.isQuiet).toBe(true);
    },
  );

  it('hangs up on a party whose SDP cannot be used', async () => {
    const { centre } = await dialled();
    centre.media.failing.set('endpoint.setRemote', 'sdp.invalid');
    centre.dialler.line.far.answered('dialog-out', 'rubbish');
    await settle();
    expect(centre.dialler.line.done).toBe('hungUp');
    expect(exit(centre)).toBe('failed');
    expect(centre.media.isQuiet).toBe(true);
  });

  it('leaves by failed when the endpoint of the party is lost in the talk', async () => {
    const { centre, line } = await talking();
    centre.media.tell({ fact: 'endpointLost', at: 0, endpointId: party(centre), reason: 'threadDied' });
    await settle();
    expect(line.done).toBe('hungUp');
    expect(exit(centre)).toBe('ended');
    expect(centre.of('talkEnded')).toMatchObject([{ endedBy: 'system' }]);
  });
});

describe('[C42] nobody is called but whom a trunk permits', () => {
  it.each([
    ['a number that no trunk names', '"+43123"'],
    ['rubbish', '"{{ caller.name }}"'],
    ['an order to the carrier', '"*21*0900123#"'],
  ])('%s', async (_what, number) => {
    const { centre } = await dialled(FLOW.replace('"+49 (30) 99-88"', number));
    expect(exit(centre)).toBe('failed');
    expect(centre.dialler.lines).toEqual([]);
    expect(centre.media.isQuiet).toBe(true);
  });

  it('no more at once than the trunk takes; a line that is free again is used', async () => {
    const { centre, caller } = await dialled();
    await centre.call('2000');
    await settle();
    await centre.call('2000');
    await settle();
    expect(centre.dialler.lines).toHaveLength(2);
    expect(centre.of('transferEnded')).toMatchObject([{ outcome: 'failed' }]);
    caller.hangsUp();
    await settle();
    await centre.call('2000');
    await settle();
    expect(centre.dialler.lines).toHaveLength(3);
  });

  it('no more than ten by one call, however its flow goes round', async () => {
    const round = FLOW.replace('onBusy: busy', 'onBusy: one');
    const { centre } = await dialled(round);
    for (let count = 0; count < 12; count += 1) {
      centre.dialler.line.far.refused(486, 'Busy Here');
      await settle();
    }
    expect(centre.dialler.lines).toHaveLength(10);
    expect(centre.of('stepLeft').at(-3)).toMatchObject({ step: 'one', exit: 'failed' });
  });
});
