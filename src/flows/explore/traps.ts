import type { Node } from './walk.ts';

/** States from which only hanging up leads to an end. Where something was not walked, there may be a way out. */
export function hopeless(nodes: readonly Node[]): Node[] {
  return withoutEnd(nodes, ({ act }) => act !== 'hangUp');
}

/** States from which no time and no outcome leads to an end when the caller does nothing. */
export function endless(nodes: readonly Node[]): Node[] {
  return withoutEnd(nodes, ({ act }) => act === 'wait' || act === 'decide');
}

/** The nodes from which no end can be reached by the edges that count; in the order of the walk. */
function withoutEnd(nodes: readonly Node[], counts: (edge: Node['edges'][number]) => boolean): Node[] {
  const sources = new Map<Node, Node[]>();
  const open: Node[] = [];
  for (const node of nodes) {
    if (node.endReason !== undefined) open.push(node);
    for (const edge of node.edges) {
      if (!counts(edge)) continue;
      if (edge.to === undefined) open.push(node);
      else {
        const before = sources.get(edge.to);
        if (before) before.push(node);
        else sources.set(edge.to, [node]);
      }
    }
  }
  const gets = new Set(open);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const before of sources.get(node) ?? []) {
      if (gets.has(before)) continue;
      gets.add(before);
      open.push(before);
    }
  }
  return nodes.filter((node) => !gets.has(node));
}
