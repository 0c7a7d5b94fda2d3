/**
 * A number from 0 up to 1, drawn from a call's seed and the place of the draw: the same call draws the same at the same place,
 * and many calls draw evenly. FNV-1a over the place, then the finaliser of MurmurHash3, both 32 bit.
 */
export function chanceOf(seed: number, place: string): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let index = 0; index < place.length; index += 1) {
    hash = Math.imul(hash ^ place.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** A call draws from its id: the same call takes the same ways, many calls take each as often as they should. */
export function seedOf(callId: string): number {
  return Math.floor(chanceOf(0, callId) * 2 ** 32);
}
