#include "conformance/admin_steps.h"

#include "protocol/messages/describe_configs.h"

namespace kmirror::conformance {

protocol::CreateTopicsRequest create_request(std::string_view name) {
  protocol::CreateTopicsRequest request;
  request.topics.push_back({.name = name, .num_partitions = 1, .replication_factor = 1});
  return request;
}

Awaitable<void> create(Story& story, protocol::CreateTopicsRequest request, std::int16_t version) {
  co_await story.call(To{}, request, version);
}

Awaitable<void> describe_configs(Story& story, std::int8_t type, std::string_view name,
                                 std::vector<std::string_view> keys, bool synonyms,
                                 std::int16_t version) {
  protocol::DescribeConfigsRequest request;
  request.include_synonyms = synonyms;
  auto& asked = request.resources.emplace_back();
  asked.resource_type = type;
  asked.resource_name = name;
  asked.configuration_keys = std::move(keys);
  co_await story.call(To{}, request, version);
}

Awaitable<void> alter_configs(Story& story, std::int8_t type, std::string_view name,
                              std::vector<Change> changes, bool validate_only) {
  protocol::IncrementalAlterConfigsRequest request;
  request.validate_only = validate_only;
  auto& altered = request.resources.emplace_back();
  altered.resource_type = type;
  altered.resource_name = name;
  for (const Change& change : changes) {
    altered.configs.push_back(
        {.name = change.key, .config_operation = change.operation, .value = change.value});
  }
  co_await story.call(To{}, request, 1);
}

}  // namespace kmirror::conformance
