/** What a browser sends to set up its leg, as Chromium 156 with mediasoup-client does; made anew for each use. */
export const browserSays = {
  dtlsParameters: (): Record<string, unknown> => ({
    role: 'client',
    fingerprints: [{ algorithm: 'sha-256', value: Array.from({ length: 32 }, (_, i) => `${i % 10}A`).join(':') }],
  }),

  rtpParameters: (ssrc = 123_456_789): Record<string, unknown> => ({
    mid: '0',
    codecs: [
      {
        mimeType: 'audio/PCMU',
        payloadType: 0,
        clockRate: 8_000,
        channels: 1,
        parameters: {},
        rtcpFeedback: [{ type: 'transport-cc', parameter: '' }],
      },
    ],
    headerExtensions: [{ uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 4, encrypt: false, parameters: {} }],
    encodings: [{ ssrc, dtx: false }],
    rtcp: { cname: 'pSJqQm0XcKPdVg9n', reducedSize: true },
    msid: '- 4cd4c4e9',
  }),

  rtpCapabilities: (): Record<string, unknown> => ({
    codecs: [
      {
        mimeType: 'audio/PCMU',
        kind: 'audio',
        preferredPayloadType: 0,
        clockRate: 8_000,
        channels: 1,
        parameters: {},
        rtcpFeedback: [{ type: 'transport-cc', parameter: '' }],
      },
    ],
    headerExtensions: [
      {
        uri: 'urn:ietf:params:rtp-hdrext:sdes:mid',
        kind: 'audio',
        preferredId: 1,
        preferredEncrypt: false,
        direction: 'sendrecv',
      },
    ],
  }),
};
