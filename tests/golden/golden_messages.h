// Messages as Kafka's Java classes write them: the lines of wire-*.jsonl for the versions that we
// know, each with its type. For tests of one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "protocol/messages/registry.h"

namespace kmirror::golden {

// What WireGolden.java puts into every header.
inline constexpr std::int32_t kCorrelationId = 7;
inline constexpr std::string_view kClientId = "golden";

struct GoldenMessage {
  std::int16_t version;
  std::string variant;  // "default", "full" or "null"
  Buffer header;        // empty for data
  Buffer body;
  nlohmann::json json;

  // Header and body.
  Buffer frame() const;
};

// Those of one type, of the oldest client first.
std::vector<GoldenMessage> golden_messages_of(const protocol::MessageType& type);

using MessageVisitor = std::function<void(const protocol::MessageType&, const GoldenMessage&)>;

// Calls `visit` for all of them, with a trace.
void for_each_golden_message(const MessageVisitor& visit);

// Sanitizers make a test of damage some fifty times slower. A damaged byte takes every other value
// without them, and with them fifteen: original + kChangeStep, original + 2 * kChangeStep...
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr int kChangeStep = 17;
#else
inline constexpr int kChangeStep = 1;
#endif

}  // namespace kmirror::golden
