#include "fuzz/message_input.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/check.h"
#include "fuzz/dumped.h"
#include "fuzz/memory_limit.h"
#include "protocol/dump/message_dump.h"
#include "protocol/wire/printer.h"

namespace kmirror::fuzz {
namespace {

using protocol::AnyMessage;
using protocol::MessageRole;
using protocol::MessageType;
using protocol::WireError;

// A struct in memory is larger than its bytes on the wire, and arrays grow by doubling.
constexpr std::size_t kMemoryPerByte = 64;
constexpr std::size_t kMemoryBeyond = 64 * 1024;

std::vector<const MessageType*> sorted_types(MessageRole role) {
  std::vector<const MessageType*> types;
  for (const MessageType& type : protocol::message_types()) {
    if (type.role == role) types.push_back(&type);
  }
  std::ranges::sort(types, {}, &MessageType::name);
  return types;
}

}  // namespace

const std::vector<const MessageType*>& types_of(MessageRole role) {
  static const std::vector<const MessageType*> types[] = {sorted_types(MessageRole::kRequest),
                                                          sorted_types(MessageRole::kResponse),
                                                          sorted_types(MessageRole::kData)};
  return types[static_cast<std::size_t>(role)];
}

std::optional<MessageInput> message_input(MessageRole role, ConstBytes input) {
  if (input.size() < 2) return std::nullopt;
  const auto& types = types_of(role);
  const MessageType* const type = types[input[0] % types.size()];
  const protocol::VersionRange versions = type->api.known();
  const int version = versions.min + input[1] % (versions.max - versions.min + 1);
  return MessageInput{
      .type = type, .version = static_cast<std::int16_t>(version), .body = input.subspan(2)};
}

WireError decode_within_limit(const MessageInput& input, AnyMessage& message) {
  WireError error;
  {
    const MemoryLimit limit(kMemoryPerByte * input.body.size() + kMemoryBeyond);
    error = message.decode(input.body, input.version);
  }
  KM_CHECK(error.offset <= input.body.size(), "an error lies within the body");
  return error;
}

void read_and_show(MessageRole role, ConstBytes input) {
  const auto chosen = message_input(role, input);
  if (!chosen) return;
  AnyMessage message(*chosen->type);
  const WireError error = decode_within_limit(*chosen, message);
  Dumped dumped;
  const bool is_sound = dump_body(*chosen->type, chosen->version, chosen->body, dumped.output());
  KM_CHECK(is_sound != static_cast<bool>(error), "the dump reports what is malformed");
  dumped.check_lines();
  if (error) return;
  const std::string line = print(message.layout(), message.get(), chosen->version);
  KM_CHECK(line.find('\n') == std::string::npos, "a message is printed as one line");
}

}  // namespace kmirror::fuzz
