import { z } from 'zod';
import { ParleyError } from '../../shared/errors.ts';

/**
 * What browsers send about themselves, narrowed to what a leg needs before mediasoup sees it: everything else is left
 * out, so a strange value cannot travel on to the worker.
 */

/** Length of a certificate's fingerprint in bytes, by hash (RFC 8122, section 5). */
const FINGERPRINT_BYTES = { 'sha-1': 20, 'sha-224': 28, 'sha-256': 32, 'sha-384': 48, 'sha-512': 64 } as const;
const algorithms = ['sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512'] as const;

const fingerprint = z
  .object({
    algorithm: z.enum(algorithms),
    value: z
      .string()
      .regex(/^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){19,63}$/)
      // mediasoup compares with its own spelling, which is upper case.
      .transform((value) => value.toUpperCase()),
  })
  .refine(({ algorithm, value }) => (value.length + 1) / 3 === FINGERPRINT_BYTES[algorithm], 'wrong length');

const dtlsParameters = z.object({
  role: z.enum(['auto', 'client', 'server']).default('auto'),
  fingerprints: z.array(fingerprint).min(1).max(10),
});

const feedback = z.object({ type: z.string().max(50), parameter: z.string().max(50).optional() });
const mimeType = z.string().regex(/^(audio|video)\/[\w.+-]{1,50}$/);
const extensionUri = z.string().min(1).max(200);
const extensionId = z.number().int().min(1).max(255);
const payloadType = z.number().int().min(0).max(127);

const rtpParameters = z.object({
  mid: z.string().min(1).max(32).optional(),
  codecs: z
    .array(
      z.object({
        mimeType: z.string().regex(/^audio\/pcmu$/i),
        payloadType,
        clockRate: z.literal(8_000),
        channels: z.literal(1).optional(),
        rtcpFeedback: z.array(feedback).max(20).default([]),
      }),
    )
    .length(1),
  headerExtensions: z
    .array(z.object({ uri: extensionUri, id: extensionId, encrypt: z.boolean().optional() }))
    .max(30)
    .default([]),
  encodings: z.array(z.object({ ssrc: z.number().int().min(1).max(0xffff_ffff) })).length(1),
  rtcp: z.object({ cname: z.string().max(255).optional(), reducedSize: z.boolean().optional() }).default({}),
});

const rtpCapabilities = z.object({
  codecs: z
    .array(
      z.object({
        kind: z.enum(['audio', 'video']),
        mimeType,
        preferredPayloadType: payloadType.optional(),
        clockRate: z.number().int().min(1).max(192_000),
        channels: z.number().int().min(1).max(8).optional(),
        rtcpFeedback: z.array(feedback).max(20).default([]),
      }),
    )
    .max(50),
  headerExtensions: z
    .array(
      z.object({
        kind: z.enum(['audio', 'video']),
        uri: extensionUri,
        preferredId: extensionId,
        preferredEncrypt: z.boolean().optional(),
        direction: z.enum(['sendrecv', 'sendonly', 'recvonly', 'inactive']).optional(),
      }),
    )
    .max(50)
    .default([]),
});

/** A value read by its shape, without the fields that were absent: mediasoup tells absent from undefined. */
function read<T>(shape: z.ZodType<T>, value: unknown, what: string): T {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const mistakes = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new ParleyError('media.badOrder', { what, mistakes });
}

/** Rejects with `media.badOrder`, like its two sisters. */
export const readDtlsParameters = (value: unknown) => read(dtlsParameters, value, 'dtlsParameters');
/** One stream of PCMU with its SSRC. */
export const readRtpParameters = (value: unknown) => read(rtpParameters, value, 'rtpParameters');
export const readRtpCapabilities = (value: unknown) => read(rtpCapabilities, value, 'rtpCapabilities');
