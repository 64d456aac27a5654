#include "base/random.h"

#include "base/check.h"

namespace kmirror {

namespace {

// The finalizer of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators).
std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

}  // namespace

Random Random::split(std::string_view label) const {
  std::uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a
  for (unsigned char c : label) hash = (hash ^ c) * 0x100000001b3u;
  return Random(mix(seed_ ^ hash));
}

std::uint64_t Random::next() {
  state_ += 0x9e3779b97f4a7c15u;
  return mix(state_);
}

std::uint64_t Random::below(std::uint64_t bound) {
  KM_CHECK(bound > 0, "a range without members has no random member");
  // The bias of the plain remainder is below bound / 2^64, which no use here can notice.
  return next() % bound;
}

double Random::unit() {
  return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

}  // namespace kmirror
