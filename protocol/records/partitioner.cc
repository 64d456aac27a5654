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
  while (data.size() >= 4) {
    std::uint32_t word = load_little_endian(data.data()) * kMultiplier;
    word ^= word >> kShift;
    hash = hash * kMultiplier ^ word * kMultiplier;
    data = data.subspan(4);
  }
  if (!data.empty()) {
    for (std::size_t i = data.size(); i-- > 0;) hash ^= std::uint32_t{data[i]} << (8 * i);
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
