/** The Content-Type of an App's body: what it said, SDP when the body plainly is that, else undefined. */
export function contentTypeFor(given: string | undefined, body: Buffer): string | undefined {
  if (given !== undefined) return given;
  return body.length > 3 && body.toString('latin1', 0, 3) === 'v=0' ? 'application/sdp' : undefined;
}
