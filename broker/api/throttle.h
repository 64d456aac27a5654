// Quotas, as a control of tests: the answer tells the client to wait, and the connection rests
// (KIP-219). Left out: brokers before 2.0 hold the answer back instead.
#pragma once

#include <chrono>

#include "broker/call.h"
#include "broker/node.h"

namespace kmirror::broker {

inline void throttle(CallContext& call, std::int32_t& throttle_time_ms) {
  const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(call.node.throttle);
  call.throttle_time_ms = throttle_time_ms = static_cast<std::int32_t>(wait.count());
}

}  // namespace kmirror::broker
