/** Steps one call may enter, and how many more for what handles the error after that. */
export const STEP_LIMIT = 2_000;
export const STEP_LIMIT_GRACE = 50;
/** Failures one call may meet; an error handler that fails itself is stopped by this. */
export const FAILURE_LIMIT = 20;
/** Flows that may wait for one another. */
export const FRAME_LIMIT = 16;
/** Visits that a state remembers. */
export const PATH_LIMIT = 200;

/** The timer of a call's longest duration; the ids of steps have a number at their end. */
export const MAX_DURATION_TIMER = 'maxDuration';
