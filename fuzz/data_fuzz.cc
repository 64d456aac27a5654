// What requests and records carry with a version of its own: subscriptions, offsets of groups.
#include "fuzz/message_input.h"
#include "fuzz/target.h"

KMIRROR_FUZZ_TARGET(data) {
  kmirror::fuzz::read_and_show(kmirror::protocol::MessageRole::kData, input);
}
