import { describe, expect, it } from 'vitest';
import { beginningsOf } from '../../../../src/flows/explore/beginnings.ts';
import { situationOf } from '../../../../src/flows/explore/case.ts';
import { modelOf } from '../../../../src/flows/explore/choices.ts';
import { explore } from '../../../../src/flows/explore/explore.ts';
import { resultOf } from '../../../../src/flows/explore/findings.ts';
import { type Node, walk, wayTo } from '../../../../src/flows/explore/walk.ts';
import type { Flow } from '../../../../src/flows/language/flow.ts';
import type { Happening } from '../../../../src/flows/run/happenings.ts';
import { seeded } from '../../../fuzz/mutate.ts';
import { randomFlow } from '../../../support/random-flow.ts';

const FLOWS = 25;
const OPTIONS = { depth: 40, maxStates: 250 };

function randomFlows(): Flow[] {
  return Array.from({ length: FLOWS }, (_, index) => randomFlow(seeded(1_000 + index)));
}

/** All flows with what was walked of them, once for all tests. */
const walked: [Flow, Node[]][] = randomFlows().map((flow) => {
  const model = modelOf(flow, [], 1);
  return [flow, walk(flow, beginningsOf(flow, model.compared, 1).slice(0, 3), model, OPTIONS).nodes];
});

/** What the visits of a call come to: every one that was begun is over once the call is. */
function openVisits(happenings: readonly Happening[]): string[] {
  const open: string[] = [];
  for (const one of happenings) {
    if (one.what === 'entered') open.push(`${one.flow}/${one.step}`);
    if (one.what !== 'left') continue;
    const at = open.lastIndexOf(`${one.flow}/${one.step}`);
    expect(at).toBeGreaterThanOrEqual(0);
    open.splice(at, 1);
  }
  return open;
}

describe('random flows, walked', () => {
  it('[F13][F19] a call that runs waits for something that comes by itself; one that is over has left every step, and says so once', () => {
    let over = 0;
    let running = 0;
    for (const [, nodes] of walked) {
      for (const node of nodes) {
        const ends = node.happenings.filter(({ what }) => what === 'ended').length;
        if (node.endReason === undefined) {
          running += 1;
          expect([ends, node.waits]).toEqual([0, true]);
          continue;
        }
        over += 1;
        expect([ends, node.happenings.at(-1)?.what]).toEqual([1, 'ended']);
        expect(openVisits(node.happenings)).toEqual([]);
      }
    }
    expect(over).toBeGreaterThan(50);
    expect(running).toBeGreaterThan(500);
  }, 120_000);

  it('[SI26][T2] each way that was walked is a test whose call goes the same way, happening by happening', () => {
    let compared = 0;
    for (const [flow, nodes] of walked) {
      for (const node of nodes.filter((_, index) => index % 9 === 0)) {
        const way = wayTo(node);
        const { happenings } = resultOf({ name: 'one', ...situationOf(flow, node.init, way) }, flow);
        expect(happenings.slice(0, node.happenings.length), JSON.stringify(way)).toEqual(node.happenings);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(80);
  }, 120_000);

  it('[SI25][SI26] no call breaks the engine, and whatever is found is proved', () => {
    let findings = 0;
    for (const [flow] of walked) {
      const explored = explore(flow, { ...OPTIONS, seed: 3, secondsToPerson: 5 });
      expect(explored.unproved).toEqual([]);
      expect(explored.findings.filter(({ kind }) => kind === 'crash')).toEqual([]);
      findings += explored.findings.length;
    }
    expect(findings).toBeGreaterThan(10);
  }, 120_000);
});
