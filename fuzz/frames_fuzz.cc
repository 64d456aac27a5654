// Frames as a connection carries them, each behind its length, as `kmirror decode` prints them. The
// first byte tells requests from responses; of these one API and version is meant, by the next two
// bytes, as in message_input.h.
#include "fuzz/dumped.h"
#include "fuzz/memory_limit.h"
#include "fuzz/message_input.h"
#include "fuzz/target.h"
#include "protocol/dump/message_dump.h"

namespace kmirror::fuzz {
namespace {

// The defaults of a struct's fields can be much longer as JSON than the struct's bytes.
constexpr std::size_t kMemoryBytes = 1 << 20;
constexpr std::size_t kMemoryPerByte = 1024;

void dump(ConstBytes input, const protocol::DumpOutput& output) {
  if (input[0] % 2 == 0) {
    dump_request_frames(input.subspan(1), output);
    return;
  }
  const auto chosen = message_input(protocol::MessageRole::kResponse, input.subspan(1));
  if (chosen) dump_response_frames(*chosen->type, chosen->version, chosen->body, output);
}

void dump_within_limit(ConstBytes input) {
  const MemoryLimit limit(kMemoryBytes + kMemoryPerByte * input.size());
  dump(input, {.write = [](std::string_view) { return true; }, .report = [](std::string_view) {}});
}

KMIRROR_FUZZ_TARGET(frames) {
  if (input.empty()) return;
  dump_within_limit(input);
  Dumped dumped;
  dump(input, dumped.output());
  dumped.check_lines();
}

}  // namespace
}  // namespace kmirror::fuzz
