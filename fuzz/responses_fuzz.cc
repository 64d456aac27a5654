// Bodies of responses.
#include "fuzz/message_input.h"
#include "fuzz/target.h"

KMIRROR_FUZZ_TARGET(responses) {
  kmirror::fuzz::read_and_show(kmirror::protocol::MessageRole::kResponse, input);
}
