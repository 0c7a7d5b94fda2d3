#pragma once

/*
 * mediasoup's worker uses the hash tables of ankerl::unordered_dense, which Debian does not package. It uses only what
 * the standard containers have as well, so the standard ones take the name.
 */

#include <cstddef>
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <unordered_set>

namespace ankerl::unordered_dense
{
	template<typename T>
	struct hash
	{
		uint64_t operator()(const T& value) const noexcept
		{
			return static_cast<uint64_t>(std::hash<T>{}(value));
		}
	};

	template<typename Key, typename Value, typename Hash = hash<Key>, typename Equal = std::equal_to<Key>>
	using map = std::unordered_map<Key, Value, Hash, Equal>;

	template<typename Key, typename Hash = hash<Key>, typename Equal = std::equal_to<Key>>
	using set = std::unordered_set<Key, Hash, Equal>;
} // namespace ankerl::unordered_dense
