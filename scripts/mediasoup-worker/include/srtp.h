#pragma once

/*
 * The part of libsrtp 3 that mediasoup's worker calls, on top of libsrtp 2.
 *
 * Version 3 has policies behind a handle with setters, and encrypts from one buffer into another. Version 2 has one open
 * struct as the policy, and works in place. Everything not named here is the same in both.
 */

// Version 3 uses this name for the handle, version 2 for the struct.
#define srtp_policy_t srtp2_policy_struct
#include <srtp2/srtp.h>
#undef srtp_policy_t

#include <cstddef>
#include <cstdint>
#include <cstring>

// Answers that only version 3 knows; the values are out of version 2's range.
constexpr srtp_err_status_t srtp_err_status_buffer_small{ static_cast<srtp_err_status_t>(1001) };
constexpr srtp_err_status_t srtp_err_status_cryptex_err{ static_cast<srtp_err_status_t>(1002) };

namespace parley
{
	struct SrtpPolicy
	{
		srtp2_policy_struct settings{};
		// Key and salt one after the other, as version 2 wants them; `settings.key` points here.
		unsigned char keyAndSalt[SRTP_MAX_KEY_LEN]{};
	};

	/* The index of SRTCP stands in the packet, beside the tag (RFC 3711, section 3.4). */
	constexpr size_t SrtcpIndexBytes{ 4 };

	using InPlace = srtp_err_status_t (*)(srtp_t, void*, int*);

	/* Copies the packet to where the answer is wanted (the two may be the same place) and lets version 2 work there. */
	inline srtp_err_status_t Transform(
	  InPlace transform, srtp_t session, const uint8_t* from, size_t bytes, uint8_t* to, size_t* toBytes)
	{
		if (to != from)
		{
			std::memmove(to, from, bytes);
		}

		int length = static_cast<int>(bytes);
		const srtp_err_status_t status = transform(session, to, &length);

		*toBytes = static_cast<size_t>(length);

		return status;
	}
} // namespace parley

using srtp_policy_t = parley::SrtpPolicy*;

inline srtp_err_status_t srtp_policy_create(srtp_policy_t* policy)
{
	*policy = new parley::SrtpPolicy;

	return srtp_err_status_ok;
}

inline void srtp_policy_destroy(srtp_policy_t policy)
{
	delete policy;
}

inline srtp_err_status_t srtp_policy_set_ssrc(srtp_policy_t policy, srtp_ssrc_t ssrc)
{
	policy->settings.ssrc = ssrc;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_profile(srtp_policy_t policy, srtp_profile_t profile)
{
	const auto status = srtp_crypto_policy_set_from_profile_for_rtp(&policy->settings.rtp, profile);

	if (status != srtp_err_status_ok)
	{
		return status;
	}

	return srtp_crypto_policy_set_from_profile_for_rtcp(&policy->settings.rtcp, profile);
}

/* Key identifiers (MKI) are not used by DTLS-SRTP as WebRTC has it, and are refused. */
inline srtp_err_status_t srtp_policy_add_key(
  srtp_policy_t policy,
  const uint8_t* key,
  size_t keyBytes,
  const uint8_t* salt,
  size_t saltBytes,
  const uint8_t* /*mki*/,
  size_t mkiBytes)
{
	if (mkiBytes != 0 || keyBytes + saltBytes > sizeof(policy->keyAndSalt))
	{
		return srtp_err_status_bad_param;
	}

	std::memcpy(policy->keyAndSalt, key, keyBytes);
	std::memcpy(policy->keyAndSalt + keyBytes, salt, saltBytes);
	policy->settings.key = policy->keyAndSalt;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_allow_repeat_tx(srtp_policy_t policy, bool allow)
{
	policy->settings.allow_repeat_tx = allow ? 1 : 0;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_window_size(srtp_policy_t policy, size_t packets)
{
	policy->settings.window_size = static_cast<unsigned long>(packets);

	return srtp_err_status_ok;
}

/* The session keeps its own copy of the key, so the policy may be destroyed after this. */
inline srtp_err_status_t srtp_create(srtp_t* session, srtp_policy_t policy)
{
	return srtp_create(session, &policy->settings);
}

inline srtp_err_status_t srtp_stream_remove(srtp_t session, uint32_t ssrc)
{
	return srtp_remove_stream(session, ssrc);
}

inline srtp_err_status_t srtp_protect(
  srtp_t session, const uint8_t* rtp, size_t bytes, uint8_t* srtp, size_t* srtpBytes, size_t /*mkiIndex*/)
{
	if (*srtpBytes < bytes + SRTP_MAX_TRAILER_LEN)
	{
		return srtp_err_status_buffer_small;
	}

	return parley::Transform(&srtp_protect, session, rtp, bytes, srtp, srtpBytes);
}

inline srtp_err_status_t srtp_protect_rtcp(
  srtp_t session, const uint8_t* rtcp, size_t bytes, uint8_t* srtcp, size_t* srtcpBytes, size_t /*mkiIndex*/)
{
	if (*srtcpBytes < bytes + SRTP_MAX_TRAILER_LEN + parley::SrtcpIndexBytes)
	{
		return srtp_err_status_buffer_small;
	}

	return parley::Transform(&srtp_protect_rtcp, session, rtcp, bytes, srtcp, srtcpBytes);
}

inline srtp_err_status_t srtp_unprotect(
  srtp_t session, const uint8_t* srtp, size_t bytes, uint8_t* rtp, size_t* rtpBytes)
{
	return parley::Transform(&srtp_unprotect, session, srtp, bytes, rtp, rtpBytes);
}

inline srtp_err_status_t srtp_unprotect_rtcp(
  srtp_t session, const uint8_t* srtcp, size_t bytes, uint8_t* rtcp, size_t* rtcpBytes)
{
	return parley::Transform(&srtp_unprotect_rtcp, session, srtcp, bytes, rtcp, rtcpBytes);
}
