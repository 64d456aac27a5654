// The APIs that the embedded brokers implement. Constants, no thread rules.
#pragma once

#include <cstdint>
#include <span>

#include "broker/call.h"
#include "protocol/messages/registry.h"

namespace kmirror::broker {

struct ApiEntry {
  const protocol::MessageType* request;
  const protocol::MessageType* response;
  // One of the two is null: a handler that answers at once, and one that may wait.
  void (*run)(CallContext& call, const void* request, void* response);
  net::Awaitable<void> (*run_waiting)(CallContext& call, const void* request, void* response);
};

// In the order of their keys.
std::span<const ApiEntry> api_entries();

// Null where there is none.
const ApiEntry* find_api(std::int16_t key);

}  // namespace kmirror::broker
