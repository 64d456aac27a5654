#include "protocol/records/partitioner.h"

#include "base/check.h"

namespace kmirror::protocol {

namespace {

constexpr std::uint32_t kSeed = 0x9747B28C;
constexpr std::uint32_t kMultiplier = 0x5BD1E995;
constexpr int kShift = 24;

std::uint32_t load_little_endian(const std::uint8_t* from) {
  return byte_swap(load_be<std::uint32_t>(from));
}

}  // namespace

std::int32_t murmur2(ConstBytes data) {
  std::uint32_t hash = kSeed ^ static_cast<std::uint32_t>(data.size());
  const std::uint8_t* at = data.data();
  const std::uint8_t* const words_end = at + data.size() / 4 * 4;
  for (; at != words_end; at += 4) {
    std::uint32_t word = load_little_endian(at) * kMultiplier;
    word ^= word >> kShift;
    hash = hash * kMultiplier ^ word * kMultiplier;
  }
  switch (data.size() % 4) {
    case 3:
      hash ^= std::uint32_t{at[2]} << 16;
      [[fallthrough]];
    case 2:
      hash ^= std::uint32_t{at[1]} << 8;
      [[fallthrough]];
    case 1:
      hash ^= at[0];
      hash *= kMultiplier;
  }
  hash ^= hash >> 13;
  hash *= kMultiplier;
  hash ^= hash >> 15;
  return static_cast<std::int32_t>(hash);
}

std::int32_t partition_for_key(ConstBytes key, std::int32_t partitions) {
  KM_CHECK(partitions >= 1, "a topic has partitions");
  return to_positive(murmur2(key)) % partitions;
}

}  // namespace kmirror::protocol
