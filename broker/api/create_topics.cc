// CreateTopics, versions 0 to 7: creates topics, with replicas that the client or the cluster
// chooses, or only tells whether it would. Left out: quotas, policies, internal topics.
#include "protocol/messages/create_topics.h"

#include <algorithm>
#include <map>

#include "broker/api/admin.h"
#include "broker/api/handlers.h"
#include "broker/topic_name.h"

namespace kmirror::broker {

using protocol::CreateTopicsRequest;
using protocol::CreateTopicsResponse;
using protocol::ErrorCode;

namespace {

constexpr std::int32_t kDefault = -1;

std::string without_dots(std::string_view name) {
  std::string text(name);
  std::ranges::replace(text, '.', '_');
  return text;
}

// Metrics have no dots in names, so that names must differ in more than that.
bool collides(CallContext& call, std::string_view name) {
  if (name.find_first_of("._") == std::string_view::npos) return false;
  return std::ranges::any_of(call.cluster.topics(), [&](const auto& entry) {
    return without_dots(entry.first) == without_dots(name);
  });
}

AdminError check_name(CallContext& call, std::string_view name) {
  if (call.cluster.find_topic(name) != nullptr) {
    return {ErrorCode::kTopicAlreadyExists, "The topic already exists."};
  }
  if (!is_valid_topic_name(name)) {
    return {ErrorCode::kInvalidTopicException, "The topic's name is not valid."};
  }
  if (collides(call, name)) {
    return {ErrorCode::kInvalidTopicException, "The topic's name collides with another one's."};
  }
  return {};
}

AdminError read_config(CallContext& call, const CreateTopicsRequest::Topic& wanted,
                       NewTopic& topic) {
  for (const auto& config : wanted.configs) {
    if (!config.value) return {ErrorCode::kInvalidConfig, "A configuration's value is null."};
    topic.config[std::string(config.name)] = *config.value;
  }
  if (auto problem = find_config_problem(call.cluster.release(), topic.config)) {
    return {ErrorCode::kInvalidConfig, *std::move(problem)};
  }
  return {};
}

AdminError read_assignment(CallContext& call, const CreateTopicsRequest::Topic& wanted,
                           NewTopic& topic) {
  if (wanted.replication_factor != kDefault || wanted.num_partitions != kDefault) {
    return {ErrorCode::kInvalidRequest, "With an assignment there are no numbers beside it."};
  }
  std::map<std::int32_t, std::vector<std::int32_t>> by_index;
  std::optional<std::size_t> replicas;
  for (const auto& assignment : wanted.assignments) {
    if (by_index.contains(assignment.partition_index)) {
      return {ErrorCode::kInvalidReplicaAssignment, "A partition is assigned twice."};
    }
    if (AdminError error = check_replicas(call, assignment.broker_ids, replicas)) return error;
    replicas = assignment.broker_ids.size();
    by_index[assignment.partition_index] = assignment.broker_ids;
  }
  for (const auto& [index, nodes] : by_index) {
    if (std::cmp_not_equal(index, topic.assignment.size())) {
      return {ErrorCode::kInvalidReplicaAssignment, "Partitions are not counted from 0."};
    }
    topic.assignment.push_back(nodes);
  }
  topic.partitions = static_cast<std::int32_t>(topic.assignment.size());
  topic.replication_factor = static_cast<std::int16_t>(*replicas);
  return {};
}

AdminError read_numbers(CallContext& call, const CreateTopicsRequest::Topic& wanted,
                        NewTopic& topic) {
  const ClusterSettings& settings = call.cluster.settings();
  topic.partitions = wanted.num_partitions;
  topic.replication_factor = wanted.replication_factor;
  // The defaults came with KIP-464.
  if (call.cluster.release() >= Release{2, 4}) {
    if (topic.partitions == kDefault) topic.partitions = settings.default_partitions;
    if (topic.replication_factor == kDefault) {
      topic.replication_factor = settings.default_replication_factor;
    }
  }
  if (topic.replication_factor <= 0) {
    return {ErrorCode::kInvalidReplicationFactor, "The replication factor is not positive."};
  }
  if (topic.partitions <= 0) {
    return {ErrorCode::kInvalidPartitions, "The number of partitions is not positive."};
  }
  if (std::cmp_greater(topic.replication_factor, call.cluster.nodes().size())) {
    return {ErrorCode::kInvalidReplicationFactor, "There are not so many brokers."};
  }
  return {};
}

AdminError read(CallContext& call, const CreateTopicsRequest::Topic& wanted, NewTopic& topic) {
  if (AdminError error = check_name(call, wanted.name)) return error;
  if (AdminError error = read_config(call, wanted, topic)) return error;
  const bool chosen = !wanted.assignments.empty();
  AdminError error =
      chosen ? read_assignment(call, wanted, topic) : read_numbers(call, wanted, topic);
  if (error) return error;
  if (topic.partitions > kPartitionsMax) {
    return {ErrorCode::kPolicyViolation, "That is a very large number of partitions."};
  }
  return {};
}

void describe(CallContext& call, const NewTopic& topic, const TopicConfig& config,
              CreateTopicsResponse::Topic& answer) {
  answer.num_partitions = topic.partitions;
  answer.replication_factor = topic.replication_factor;
  for (const TopicConfig::Entry& entry : config.entries()) {
    auto& told = answer.configs->emplace_back();
    told.name = entry.key.name;
    told.value = call.keep(entry.value);
    told.config_source = static_cast<std::int8_t>(entry.source);
  }
}

void create(CallContext& call, const CreateTopicsRequest::Topic& wanted, bool validate_only,
            CreateTopicsResponse::Topic& answer) {
  NewTopic topic;
  if (AdminError error = read(call, wanted, topic)) {
    answer.error_code = error.code;
    answer.error_message = call.keep(std::move(error.text));
    return;
  }
  if (validate_only) {
    const ClusterSettings& settings = call.cluster.settings();
    answer.topic_id = call.cluster.make_topic_id();
    describe(call, topic, {settings.release, settings.topic_defaults, topic.config}, answer);
    return;
  }
  const Topic& created = call.cluster.create_topic(std::string(wanted.name), topic);
  answer.topic_id = created.id;
  describe(call, topic, created.config, answer);
}

}  // namespace

void create_topics(CallContext& call, const CreateTopicsRequest& request,
                   CreateTopicsResponse& response) {
  std::map<std::string_view, int> times;
  for (const auto& wanted : request.topics) ++times[wanted.name];
  for (const auto& wanted : request.topics) {
    if (times[wanted.name] > 1) continue;
    auto& answer = response.topics.emplace_back();
    answer.name = wanted.name;
    answer.error_message.reset();
    if (may_change_topics(call)) {
      create(call, wanted, request.validate_only, answer);
    } else {
      answer.error_code = ErrorCode::kNotController;
    }
  }
  for (const auto& [name, count] : times) {
    if (count == 1) continue;
    auto& answer = response.topics.emplace_back();
    answer.name = name;
    answer.error_code = ErrorCode::kInvalidRequest;
    answer.error_message = "The topic is named more than once.";
  }
}

}  // namespace kmirror::broker
