// The input of targets that read messages: a byte that says which message, a byte with its version,
// then the body. Of requests and responses the first byte is the API key, of data its place among
// all data in the order of their names. Pure, but for the checks.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "protocol/messages/registry.h"

namespace kmirror::fuzz {

struct MessageInput {
  const protocol::MessageType* type = nullptr;
  std::int16_t version = 0;
  ConstBytes body;
};

// None where there is no such message or version.
std::optional<MessageInput> message_input(protocol::MessageRole role, ConstBytes input);

// Reads the body with no more memory than it is worth.
protocol::WireError decode_within_limit(const MessageInput& input, protocol::AnyMessage& message);

// Reads the body and shows it in every form, as the decoder of the command line does: also what was
// read of one that is malformed.
void read_and_show(protocol::MessageRole role, ConstBytes input);

}  // namespace kmirror::fuzz
