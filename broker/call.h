// One request that a broker works on. The handlers of broker/api/ get it with the request and the
// answer that they fill. Owned by the connection's loop, which outlives the handler.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "net/runtime.h"
#include "net/wakeup.h"

namespace kmirror::broker {

class Cluster;
class Node;

// What becomes of the request.
enum class Outcome : std::uint8_t {
  kAnswer,
  kSilence,  // no answer, ever; the connection goes on
  kClose,    // the connection is closed instead of an answer
};

struct CallContext {
  Cluster& cluster;
  Node& node;  // that was asked
  std::int16_t version = 0;
  std::string client_id;

  Outcome outcome = Outcome::kAnswer;
  // Goes into the answer of APIs that have the field; the connection then rests for so long
  // (KIP-219).
  std::int32_t throttle_time_ms = 0;

  // Memory that the answer refers to, until it is sent.
  std::string_view keep(std::string text) { return texts.emplace_back(std::move(text)); }
  void keep(std::shared_ptr<const void> memory) { held.push_back(std::move(memory)); }

  std::deque<std::string> texts;
  std::vector<std::shared_ptr<const void>> held;
};

}  // namespace kmirror::broker
