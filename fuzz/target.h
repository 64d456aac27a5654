// A fuzz target: a function that is fed bytes, takes any, and aborts where something is wrong with
// this program. Each *_fuzz.cc defines one. Linked alone with libfuzzer.cc it is a libFuzzer
// program; linked with all others and replay.cc it is run on files. One thread.
#pragma once

#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace kmirror::fuzz {

struct Target {
  std::string_view name;
  void (*run)(ConstBytes input);
};

// All that are linked in.
inline std::vector<Target>& targets() {
  static std::vector<Target> all;
  return all;
}

struct Registration {
  explicit Registration(const Target& target) { targets().push_back(target); }
};

}  // namespace kmirror::fuzz

// KMIRROR_FUZZ_TARGET(requests) { ... input ... }
#define KMIRROR_FUZZ_TARGET(name)                                                    \
  static void fuzz_##name(::kmirror::ConstBytes input);                              \
  static const ::kmirror::fuzz::Registration register_##name({#name, &fuzz_##name}); \
  static void fuzz_##name(::kmirror::ConstBytes input)
