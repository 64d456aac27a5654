// Frames as a connection carries them, each behind its length, as `kmirror decode` prints them. The
// first byte tells requests from responses; of these one API and version is meant, by the next two
// bytes, as in message_input.h.
#include "fuzz/dumped.h"
#include "fuzz/message_input.h"
#include "fuzz/target.h"
#include "protocol/dump/message_dump.h"

namespace kmirror::fuzz {
namespace {

void dump(ConstBytes input, const protocol::DumpOutput& output) {
  if (input[0] % 2 == 0) {
    dump_request_frames(input.subspan(1), output);
    return;
  }
  const auto chosen = message_input(protocol::MessageRole::kResponse, input.subspan(1));
  if (chosen) dump_response_frames(*chosen->type, chosen->version, chosen->body, output);
}

KMIRROR_FUZZ_TARGET(frames) {
  if (input.empty()) return;
  Dumped dumped;
  dump(input, dumped.output());
  dumped.check_lines();
}

}  // namespace
}  // namespace kmirror::fuzz
