// CreatePartitions, versions 0 to 3: adds partitions to topics, or only tells whether it would.
#include "protocol/messages/create_partitions.h"

#include <algorithm>

#include "broker/api/admin.h"
#include "broker/api/handlers.h"

namespace kmirror::broker {

using protocol::CreatePartitionsRequest;
using protocol::CreatePartitionsResponse;
using protocol::ErrorCode;

namespace {

AdminError check_count(const Topic& topic, const CreatePartitionsRequest::Topic& wanted) {
  if (std::cmp_equal(wanted.count, topic.partitions.size())) {
    return {ErrorCode::kInvalidPartitions, "The topic already has so many partitions."};
  }
  if (std::cmp_less(wanted.count, topic.partitions.size())) {
    return {ErrorCode::kInvalidPartitions, "The topic has more partitions than that."};
  }
  const auto added = static_cast<std::size_t>(wanted.count) - topic.partitions.size();
  if (wanted.assignments && wanted.assignments->size() != added) {
    return {ErrorCode::kInvalidReplicaAssignment, "There is not one assignment a new partition."};
  }
  if (added > kPartitionsMax) {
    return {ErrorCode::kPolicyViolation, "That is a very large number of partitions."};
  }
  return {};
}

AdminError create(CallContext& call, const CreatePartitionsRequest::Topic& wanted,
                  bool validate_only) {
  Topic* const topic = call.cluster.find_topic(wanted.name);
  if (topic == nullptr) {
    return {ErrorCode::kUnknownTopicOrPartition, "This server does not host this topic-partition."};
  }
  if (AdminError error = check_count(*topic, wanted)) return error;
  const auto there = static_cast<std::int32_t>(topic->partitions.size());
  const std::size_t replicas = topic->partitions[0]->replicas().size();
  std::vector<std::vector<std::int32_t>> assignment;
  if (wanted.assignments) {
    for (const auto& one : *wanted.assignments) {
      if (AdminError error = check_replicas(call, one.broker_ids, replicas)) return error;
      assignment.push_back(one.broker_ids);
    }
  } else {
    assignment =
        call.cluster.assign(wanted.count - there, static_cast<std::int16_t>(replicas), there);
  }
  if (!validate_only) call.cluster.add_partitions(*topic, std::move(assignment));
  return {};
}

}  // namespace

void create_partitions(CallContext& call, const CreatePartitionsRequest& request,
                       CreatePartitionsResponse& response) {
  const auto times = [&](std::string_view name) {
    return std::ranges::count(request.topics, name, &CreatePartitionsRequest::Topic::name);
  };
  const auto answered = [&](std::string_view name) {
    return std::ranges::count(response.results, name, &CreatePartitionsResponse::Topic::name) > 0;
  };
  for (const auto& wanted : request.topics) {
    if (answered(wanted.name)) continue;
    AdminError error;
    if (!may_change_topics(call)) {
      error.code = ErrorCode::kNotController;
    } else if (times(wanted.name) > 1) {
      error = {ErrorCode::kInvalidRequest, "The topic is named more than once."};
    } else {
      error = create(call, wanted, request.validate_only);
    }
    auto& answer = response.results.emplace_back();
    answer.name = wanted.name;
    answer.error_code = error.code;
    if (!error.text.empty()) answer.error_message = call.keep(std::move(error.text));
  }
}

}  // namespace kmirror::broker
