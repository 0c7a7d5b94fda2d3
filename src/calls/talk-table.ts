/** How two people who talk stand to each other. `agent` is absent while their line is lost. */
export interface TalkState {
  caller: string;
  agent: string | undefined;
  muted: boolean;
  onHold: boolean;
}

/** What the media program has to do for it: who hears whom, whether music plays, and whom the right channel records. */
export interface TalkTable {
  hears: Record<string, string[]>;
  /** On hold, and while the agent's line is lost: callers never hear silence. */
  music: boolean;
  /** What the caller does not hear is not recorded either. */
  right: string[];
}

export function talkTable({ caller, agent, muted, onHold }: TalkState): TalkTable {
  if (agent === undefined) return { hears: { [caller]: [] }, music: true, right: [] };
  const isHeard = !muted && !onHold;
  return {
    hears: { [caller]: isHeard ? [agent] : [], [agent]: onHold ? [] : [caller] },
    music: onHold,
    right: isHeard ? [agent] : [],
  };
}
