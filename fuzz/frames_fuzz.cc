// Requests as a connection carries them, each behind its length: whoever they are of, as
// `kmirror decode` prints them.
#include "fuzz/dumped.h"
#include "fuzz/target.h"
#include "protocol/dump/message_dump.h"

namespace kmirror::fuzz {
namespace {

KMIRROR_FUZZ_TARGET(frames) {
  Dumped dumped;
  dump_request_frames(input, dumped.output());
  dumped.check_lines();
}

}  // namespace
}  // namespace kmirror::fuzz
