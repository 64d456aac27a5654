#include <fmt/core.h>

#include "net/admin.h"
#include "net/retry.h"
#include "protocol/messages/describe_configs.h"

namespace kmirror::net {

namespace {

using protocol::ErrorCode;

// ConfigResource.Type and DescribeConfigsResponse.ConfigSource of Kafka.
constexpr std::int8_t kTopicResource = 2;
constexpr std::int8_t kBrokerResource = 4;
constexpr std::int8_t kTopicSource = 1;

Awaitable<Result<TopicConfigs>> try_describe(Connection& connection, std::int8_t type,
                                             const std::string& name, const Retry& retry) {
  protocol::DescribeConfigsRequest request;
  request.resources.push_back(
      {.resource_type = type, .resource_name = name, .configuration_keys = std::nullopt});
  const auto reply = co_await connection.call(request, retry.options());
  if (!reply) co_return reply.error();
  TopicConfigs configs;
  for (const auto& answer : reply.value().message.results) {
    if (answer.error_code != ErrorCode::kNone) {
      co_return broker_failure(
          fmt::format("{}: cannot read the configuration of {} `{}`", connection.peer(),
                      type == kTopicResource ? "topic" : "broker", name),
          answer.error_code, answer.error_message);
    }
    for (const auto& config : answer.configs) {
      const bool is_default =
          reply.value().version == 0 ? config.is_default : config.config_source != kTopicSource;
      configs[std::string(config.name)] = {std::string(config.value.value_or("")), is_default};
    }
  }
  co_return configs;
}

}  // namespace

Awaitable<Result<TopicConfigs>> describe_topic_configs(Cluster& cluster, std::string topic) {
  Retry retry(cluster);
  for (;;) {
    const auto connection = co_await cluster.any();
    Result<TopicConfigs> configs =
        connection ? TopicConfigs() : Result<TopicConfigs>(connection.error());
    if (connection)
      configs = co_await try_describe(*connection.value(), kTopicResource, topic, retry);
    if (configs) co_return configs;
    if (configs.error().code == ErrorCode::kUnknownTopicOrPartition) co_return configs;
    const bool again = co_await retry.after(configs.error());
    if (!again) co_return configs;
  }
}

Awaitable<Result<TopicConfigs>> describe_broker_configs(Cluster& cluster, std::int32_t broker) {
  Retry retry(cluster);
  const auto connection = co_await cluster.control(broker);
  if (!connection) co_return connection.error();
  Result<TopicConfigs> configs =
      co_await try_describe(*connection.value(), kBrokerResource, std::to_string(broker), retry);
  co_return configs;
}

}  // namespace kmirror::net
