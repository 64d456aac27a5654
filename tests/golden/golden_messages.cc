#include "golden_messages.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "golden_files.h"

namespace kmirror::golden {

Buffer GoldenMessage::frame() const {
  Buffer whole = header;
  whole.insert(whole.end(), body.begin(), body.end());
  return whole;
}

std::vector<GoldenMessage> golden_messages_of(const protocol::MessageType& type) {
  std::vector<GoldenMessage> all;
  for (const nlohmann::json& line : wire_lines(type.name)) {
    const auto version = line["version"].get<std::int16_t>();
    if (!type.api.known().contains(version)) continue;
    all.push_back({version, line["variant"], from_hex(line["header"].get<std::string>()),
                   from_hex(line["body"].get<std::string>()), line["json"]});
  }
  return all;
}

void for_each_golden_message(const MessageVisitor& visit) {
  for (const protocol::MessageType& type : protocol::message_types()) {
    for (const GoldenMessage& golden : golden_messages_of(type)) {
      SCOPED_TRACE(fmt::format("{} v{} {}", type.name, golden.version, golden.variant));
      visit(type, golden);
    }
  }
}

}  // namespace kmirror::golden
