// DescribeTopicPartitions, version 0: topics and their partitions, page by page (KIP-966). Replicas
// are eligible leaders only while they are in sync, so that the lists of the others are empty.
#include "protocol/messages/describe_topic_partitions.h"

#include <algorithm>
#include <set>

#include "broker/api/admin.h"
#include "broker/api/handlers.h"
#include "broker/api/partition_lookup.h"
#include "broker/topic_name.h"

namespace kmirror::broker {

using protocol::DescribeTopicPartitionsRequest;
using protocol::DescribeTopicPartitionsResponse;
using protocol::ErrorCode;

namespace {

constexpr std::int32_t kPageMax = 2000;  // max.request.partition.size.limit

DescribeTopicPartitionsResponse::Partition describe(CallContext& call, std::int32_t index,
                                                    const Partition& partition) {
  auto answer =
      describe_partition<DescribeTopicPartitionsResponse::Partition>(call, index, partition);
  answer.eligible_leader_replicas.emplace();
  answer.last_known_elr.emplace();
  return answer;
}

// The names in question, in order, from the page's beginning on.
std::set<std::string> names_from(CallContext& call, const DescribeTopicPartitionsRequest& request) {
  std::set<std::string> names;
  for (const auto& topic : request.topics) names.emplace(topic.name);
  if (names.empty()) {
    for (const auto& [name, topic] : call.cluster.topics()) names.insert(name);
  }
  if (request.cursor)
    names.erase(names.begin(), names.lower_bound(std::string(request.cursor->topic_name)));
  return names;
}

}  // namespace

void describe_topic_partitions(CallContext& call, const DescribeTopicPartitionsRequest& request,
                               DescribeTopicPartitionsResponse& response) {
  const auto limit =
      static_cast<std::size_t>(std::clamp(request.response_partition_limit, 1, kPageMax));
  std::size_t told = 0;
  for (const std::string& name : names_from(call, request)) {
    const std::string_view kept = call.keep(name);
    const Topic* const topic = call.cluster.find_topic(name);
    std::size_t index = 0;
    if (request.cursor && request.cursor->topic_name == name) {
      index = static_cast<std::size_t>(std::max(request.cursor->partition_index, 0));
    }
    if (told == limit) {
      response.next_cursor.emplace();
      response.next_cursor->topic_name = kept;
      return;
    }
    auto& answer = response.topics.emplace_back();
    answer.name = kept;
    if (topic == nullptr) {
      answer.error_code = is_valid_topic_name(name) ? ErrorCode::kUnknownTopicOrPartition
                                                    : ErrorCode::kInvalidTopicException;
      continue;
    }
    answer.topic_id = topic->id;
    answer.topic_authorized_operations = kTopicOperations;
    for (; index < topic->partitions.size() && told < limit; ++index, ++told) {
      answer.partitions.push_back(
          describe(call, static_cast<std::int32_t>(index), *topic->partitions[index]));
    }
    if (index < topic->partitions.size()) {
      response.next_cursor.emplace();
      response.next_cursor->topic_name = kept;
      response.next_cursor->partition_index = static_cast<std::int32_t>(index);
      return;
    }
  }
}

}  // namespace kmirror::broker
