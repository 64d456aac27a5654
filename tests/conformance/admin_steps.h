// Steps of stories about topics and configurations.
#pragma once

#include <string>
#include <vector>

#include "conformance/story.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/incremental_alter_configs.h"

namespace kmirror::conformance {

// A topic to create, of one partition and replica.
protocol::CreateTopicsRequest create_request(std::string_view name);
// Brokers that are not the controller pass the request on, so any will do.
Awaitable<void> create(Story& story, protocol::CreateTopicsRequest request,
                       std::int16_t version = 7);

// Of the answer only those keys that are asked for, since the others are a release's.
Awaitable<void> describe_configs(Story& story, std::int8_t type, std::string_view name,
                                 std::vector<std::string_view> keys, bool synonyms = false,
                                 std::int16_t version = 4);

struct Change {
  std::string_view key;
  std::int8_t operation = 0;
  std::optional<std::string_view> value;
};
Awaitable<void> alter_configs(Story& story, std::int8_t type, std::string_view name,
                              std::vector<Change> changes, bool validate_only = false);

inline constexpr std::int8_t kTopicResource = 2;
inline constexpr std::int8_t kBrokerResource = 4;

}  // namespace kmirror::conformance
