// DescribeConfigs, versions 0 to 4: the configuration of topics, and of brokers those keys that are
// the topics' defaults or that people look for. Left out: texts of documentation, brokers' loggers,
// groups and client metrics, which have no configuration here.
#include "protocol/messages/describe_configs.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "broker/api/admin.h"
#include "broker/api/handlers.h"

namespace kmirror::broker {

using protocol::DescribeConfigsRequest;
using protocol::DescribeConfigsResponse;
using protocol::ErrorCode;
using Source = TopicConfig::Source;

namespace {

bool is_wanted(const DescribeConfigsRequest::Resource& resource, std::string_view key) {
  const auto& keys = resource.configuration_keys;
  return !keys || keys->empty() || std::ranges::count(*keys, key) > 0;
}

DescribeConfigsResponse::Config& tell(CallContext& call, DescribeConfigsResponse::Result& result,
                                      std::string_view name, std::string_view value,
                                      ConfigType type, Source source) {
  auto& told = result.configs.emplace_back();
  told.name = name;
  told.value = value;
  told.config_type = static_cast<std::int8_t>(type);
  told.config_source = static_cast<std::int8_t>(source);
  told.is_default = call.version == 0 && source == Source::kDefault;
  told.documentation.reset();
  return told;
}

void describe_topic(CallContext& call, const DescribeConfigsRequest::Resource& resource,
                    bool with_synonyms, DescribeConfigsResponse::Result& result) {
  for (const auto& entry : call.cluster.find_topic(resource.resource_name)->config.entries()) {
    if (!is_wanted(resource, entry.key.name)) continue;
    auto& told =
        tell(call, result, entry.key.name, call.keep(entry.value), entry.key.type, entry.source);
    if (!with_synonyms) continue;
    for (const auto& synonym : entry.synonyms) {
      auto& also = told.synonyms.emplace_back();
      also.name = call.keep(synonym.name);
      also.value = call.keep(synonym.value);
      also.source = static_cast<std::int8_t>(synonym.source);
    }
  }
}

void describe_broker(CallContext& call, const DescribeConfigsRequest::Resource& resource,
                     DescribeConfigsResponse::Result& result) {
  const ClusterSettings& settings = call.cluster.settings();
  const auto add = [&](std::string_view name, std::string value, ConfigType type, Source source) {
    if (!is_wanted(resource, name)) return;
    tell(call, result, name, call.keep(std::move(value)), type, source).read_only = true;
  };
  using enum ConfigType;
  const auto own = Source::kStaticBroker;
  const auto add_number = [&](std::string_view name, int value) {
    add(name, std::to_string(value), kInt, value == 1 ? Source::kDefault : own);
  };
  add("broker.id", std::to_string(call.node.id()), kInt, own);
  add("node.id", std::to_string(call.node.id()), kInt, own);
  if (!call.node.rack().empty()) add("broker.rack", call.node.rack(), kString, own);
  add("listeners", fmt::format("PLAINTEXT://{}:{}", call.node.host(), call.node.port()), kString,
      own);
  add("auto.create.topics.enable", settings.auto_create_topics ? "true" : "false", kBoolean,
      settings.auto_create_topics ? Source::kDefault : own);
  add_number("num.partitions", settings.default_partitions);
  add_number("default.replication.factor", settings.default_replication_factor);
  const TopicConfig defaults(settings.release, settings.topic_defaults, {});
  for (const auto& entry : defaults.entries()) {
    if (entry.synonyms.empty()) continue;
    const auto& synonym = entry.synonyms.front();
    add(call.keep(synonym.name), synonym.value, entry.key.type, synonym.source);
  }
}

// An empty name asks for what all brokers are told, which is nothing here.
AdminError check_broker(CallContext& call, std::string_view name) {
  if (name.empty() || name == std::to_string(call.node.id())) return {};
  return {ErrorCode::kInvalidRequest,
          fmt::format("Unexpected broker id, expected {} but received {}", call.node.id(), name)};
}

}  // namespace

void describe_configs(CallContext& call, const DescribeConfigsRequest& request,
                      DescribeConfigsResponse& response) {
  for (const auto& resource : request.resources) {
    auto& result = response.results.emplace_back();
    result.resource_type = resource.resource_type;
    result.resource_name = resource.resource_name;
    result.error_message.reset();
    AdminError error{ErrorCode::kInvalidRequest, "Unsupported resource type."};
    if (resource.resource_type == kTopicResource) {
      error = check_topic(call, resource.resource_name);
      if (!error) describe_topic(call, resource, request.include_synonyms, result);
    } else if (resource.resource_type == kBrokerResource) {
      error = check_broker(call, resource.resource_name);
      if (!error && !resource.resource_name.empty()) describe_broker(call, resource, result);
    }
    result.error_code = error.code;
    if (error) result.error_message = call.keep(std::move(error.text));
  }
}

}  // namespace kmirror::broker
