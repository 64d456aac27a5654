// AlterConfigs, versions 0 to 2, and IncrementalAlterConfigs, versions 0 and 1: change the
// configuration of topics, as a whole and key by key (KIP-339), or only tell whether they would.
// Left out: brokers, whose configuration stays as it is.
#include "protocol/messages/alter_configs.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "broker/api/admin.h"
#include "broker/api/handlers.h"
#include "protocol/messages/incremental_alter_configs.h"

namespace kmirror::broker {

using protocol::AlterConfigsRequest;
using protocol::AlterConfigsResponse;
using protocol::ErrorCode;
using protocol::IncrementalAlterConfigsRequest;
using protocol::IncrementalAlterConfigsResponse;

namespace {

enum class Operation : std::int8_t { kSet = 0, kDelete = 1, kAppend = 2, kSubtract = 3 };

bool needs_value(const protocol::ConfigEntry&) {
  return true;
}

bool needs_value(const IncrementalAlterConfigsRequest::Config& config) {
  return config.config_operation != static_cast<std::int8_t>(Operation::kDelete);
}

// What is wrong with a resource whatever becomes of it (Kafka's ConfigAdminManager.preprocess).
template <class Resource>
AdminError check_form(const std::vector<Resource>& all, const Resource& resource) {
  const auto times = std::ranges::count_if(all, [&](const Resource& other) {
    return other.resource_type == resource.resource_type &&
           other.resource_name == resource.resource_name;
  });
  if (times > 1) return {ErrorCode::kInvalidRequest, "Each resource must appear at most once."};
  std::set<std::string_view> seen;
  for (const auto& config : resource.configs) {
    if (!seen.insert(config.name).second) {
      return {ErrorCode::kInvalidRequest, "Error due to duplicate config keys"};
    }
    if (!config.value && needs_value(config)) {
      return {ErrorCode::kInvalidRequest, "Null value not supported for a key."};
    }
  }
  if (resource.resource_type != kTopicResource) {
    return {ErrorCode::kInvalidRequest, "Only topics have a configuration that is changed here."};
  }
  return {};
}

// Adds elements to a list that it does not have, or takes them away.
AdminError change_list(CallContext& call, const IncrementalAlterConfigsRequest::Config& change,
                       const TopicConfig& config, TopicConfig::Overrides& overrides) {
  const auto key = find_topic_key(call.cluster.release(), change.name);
  if (!key || key->type != ConfigType::kList) {
    return {ErrorCode::kInvalidConfig,
            fmt::format("Can't change key {} because its type is not LIST.", change.name)};
  }
  std::vector<std::string> elements;
  for (const TopicConfig::Entry& entry : config.entries()) {
    if (entry.key.name == change.name) elements = split_list(entry.value);
  }
  const bool appends = change.config_operation == static_cast<std::int8_t>(Operation::kAppend);
  for (const std::string& element : split_list(*change.value)) {
    const bool is_there = std::ranges::count(elements, element) > 0;
    if (appends && !is_there) elements.push_back(element);
    if (!appends) std::erase(elements, element);
  }
  overrides[std::string(change.name)] = join_list(elements);
  return {};
}

AdminError apply(CallContext& call, const IncrementalAlterConfigsRequest::Config& change,
                 const TopicConfig& config, TopicConfig::Overrides& overrides) {
  switch (static_cast<Operation>(change.config_operation)) {
    case Operation::kSet:
      overrides[std::string(change.name)] = *change.value;
      return {};
    case Operation::kDelete:
      overrides.erase(std::string(change.name));
      return {};
    case Operation::kAppend:
    case Operation::kSubtract:
      return change_list(call, change, config, overrides);
  }
  return {ErrorCode::kUnknownServerError, "Unknown operation."};
}

AdminError change(CallContext& call, std::string_view name, TopicConfig::Overrides overrides,
                  bool validate_only) {
  if (auto problem = find_config_problem(call.cluster.release(), overrides)) {
    return {ErrorCode::kInvalidConfig, *std::move(problem)};
  }
  if (!validate_only) {
    call.cluster.set_config(*call.cluster.find_topic(name), std::move(overrides));
  }
  return {};
}

AdminError run(CallContext& call, const AlterConfigsRequest& request,
               const AlterConfigsRequest::Resource& resource) {
  if (AdminError error = check_form(request.resources, resource)) return error;
  if (AdminError error = check_topic(call, resource.resource_name)) return error;
  TopicConfig::Overrides overrides;
  for (const auto& config : resource.configs) overrides[std::string(config.name)] = *config.value;
  return change(call, resource.resource_name, std::move(overrides), request.validate_only);
}

AdminError run(CallContext& call, const IncrementalAlterConfigsRequest& request,
               const IncrementalAlterConfigsRequest::Resource& resource) {
  if (AdminError error = check_form(request.resources, resource)) return error;
  if (AdminError error = check_topic(call, resource.resource_name)) return error;
  const TopicConfig& config = call.cluster.find_topic(resource.resource_name)->config;
  TopicConfig::Overrides overrides = config.overrides();
  for (const auto& one : resource.configs) {
    if (AdminError error = apply(call, one, config, overrides)) return error;
  }
  return change(call, resource.resource_name, std::move(overrides), request.validate_only);
}

template <class Request, class Response>
void answer(CallContext& call, const Request& request, Response& response) {
  for (const auto& resource : request.resources) {
    AdminError error = run(call, request, resource);
    auto& result = response.responses.emplace_back();
    result.resource_type = resource.resource_type;
    result.resource_name = resource.resource_name;
    result.error_code = error.code;
    result.error_message.reset();
    if (error) result.error_message = call.keep(std::move(error.text));
  }
}

}  // namespace

void alter_configs(CallContext& call, const AlterConfigsRequest& request,
                   AlterConfigsResponse& response) {
  answer(call, request, response);
}

void incremental_alter_configs(CallContext& call, const IncrementalAlterConfigsRequest& request,
                               IncrementalAlterConfigsResponse& response) {
  answer(call, request, response);
}

}  // namespace kmirror::broker
