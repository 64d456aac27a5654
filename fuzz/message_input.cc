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

constexpr std::size_t kSelectors = 256;

// By the first byte of the input; null where no message is meant.
std::vector<const MessageType*> choices(MessageRole role) {
  std::vector<const MessageType*> of_role;
  for (const MessageType& type : protocol::message_types()) {
    if (type.role == role) of_role.push_back(&type);
  }
  std::vector<const MessageType*> chosen(kSelectors);
  if (role == MessageRole::kData) {
    std::ranges::sort(of_role, {}, &MessageType::name);
    std::ranges::copy(of_role, chosen.begin());
  } else {
    for (const MessageType* type : of_role) chosen[static_cast<std::size_t>(type->api.key)] = type;
  }
  return chosen;
}

const MessageType* choose(MessageRole role, std::uint8_t selector) {
  static const std::vector<const MessageType*> chosen[] = {
      choices(MessageRole::kRequest), choices(MessageRole::kResponse), choices(MessageRole::kData)};
  return chosen[static_cast<std::size_t>(role)][selector];
}

// A struct in memory is larger than its bytes on the wire, and arrays grow by doubling.
constexpr std::size_t kMemoryPerByte = 64;
constexpr std::size_t kMemoryBeyond = 64 * 1024;

}  // namespace

std::optional<MessageInput> message_input(MessageRole role, ConstBytes input) {
  if (input.size() < 2) return std::nullopt;
  const MessageType* const type = choose(role, input[0]);
  const auto version = static_cast<std::int16_t>(input[1]);
  if (type == nullptr || !type->api.known().contains(version)) return std::nullopt;
  return MessageInput{.type = type, .version = version, .body = input.subspan(2)};
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
