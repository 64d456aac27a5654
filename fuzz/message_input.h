// The input of targets that read messages: a byte that says which message, by its place among all
// of its role in the order of their names, a byte with its version, counted from the first one,
// then the body. Both bytes count modulo what there is. Pure, but for the checks.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "protocol/messages/registry.h"

namespace kmirror::fuzz {

struct MessageInput {
  const protocol::MessageType* type = nullptr;
  std::int16_t version = 0;
  ConstBytes body;
};

// In the order of their names. `fuzz_list` prints them.
const std::vector<const protocol::MessageType*>& types_of(protocol::MessageRole role);

// None where the two bytes are missing.
std::optional<MessageInput> message_input(protocol::MessageRole role, ConstBytes input);

// Reads the body with no more memory than it is worth.
protocol::WireError decode_within_limit(const MessageInput& input, protocol::AnyMessage& message);

// Reads the body and shows it in every form, as the decoder of the command line does: also what was
// read of one that is malformed.
void read_and_show(protocol::MessageRole role, ConstBytes input);

}  // namespace kmirror::fuzz
