// Bodies of requests.
#include "fuzz/message_input.h"
#include "fuzz/target.h"

KMIRROR_FUZZ_TARGET(requests) {
  kmirror::fuzz::read_and_show(kmirror::protocol::MessageRole::kRequest, input);
}
