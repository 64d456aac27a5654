// The partition Java's producers put a keyed record in, unchanged since 0.8.2. Source: Kafka's
// Utils.murmur2, Utils.toPositive and BuiltInPartitioner.partitionForKey.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace kmirror::protocol {

// MurmurHash2 of 32 bits, as Kafka computes it: its own seed, the result signed.
std::int32_t murmur2(ConstBytes data);

// Masks the sign away; not the absolute value.
constexpr std::int32_t to_positive(std::int32_t value) {
  return value & 0x7FFFFFFF;
}

// `partitions` is the count of all partitions of the topic, at least 1. An empty key is a key.
std::int32_t partition_for_key(ConstBytes key, std::int32_t partitions);

}  // namespace kmirror::protocol
