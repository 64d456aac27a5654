// What OffsetCommit, TxnOffsetCommit and OffsetDelete have in common: they tell of each partition
// what became of it, and of those that do not exist first.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/cluster.h"
#include "broker/groups.h"
#include "protocol/error_code.h"

namespace kmirror::broker {

template <class Topic>
void add_result(std::vector<Topic>& topics, std::string_view name, std::int32_t partition,
                protocol::ErrorCode error) {
  auto topic = std::ranges::find(topics, name, &Topic::name);
  if (topic == topics.end()) {
    topics.emplace_back().name = name;
    topic = topics.end() - 1;
  }
  topic->partitions.push_back({.partition_index = partition, .error_code = error});
}

// Whether there is any partition that exists.
template <class Request, class Response>
bool answer_unknown(CallContext& call, const Request& request, Response& response) {
  bool any_exists = false;
  for (const auto& topic : request.topics) {
    for (const auto& partition : topic.partitions) {
      const bool exists = !!call.cluster.find_partition(topic.name, partition.partition_index);
      any_exists |= exists;
      if (exists) continue;
      add_result(response.topics, topic.name, partition.partition_index,
                 protocol::ErrorCode::kUnknownTopicOrPartition);
    }
  }
  return any_exists;
}

// Calls `handle`, which returns an error, for each partition that exists.
template <class Request, class Response, class Handle>
void answer_known(CallContext& call, const Request& request, Response& response, Handle handle) {
  for (const auto& topic : request.topics) {
    for (const auto& partition : topic.partitions) {
      if (!call.cluster.find_partition(topic.name, partition.partition_index)) continue;
      add_result(response.topics, topic.name, partition.partition_index,
                 handle(topic.name, partition));
    }
  }
}

// Commits what exists, unless all of it is refused.
template <class Request, class Response>
void commit_known(CallContext& call, const Request& request, protocol::ErrorCode refusal,
                  std::optional<std::int64_t> producer_id, Response& response) {
  Groups::Entry* const entry = call.cluster.groups().find(request.group_id);
  answer_known(call, request, response, [&](std::string_view topic, const auto& partition) {
    if (refusal != protocol::ErrorCode::kNone) return refusal;
    CommittedOffset offset{partition.committed_offset, partition.committed_leader_epoch,
                           std::string(partition.committed_metadata.value_or(""))};
    return entry->offsets.commit(topic, partition.partition_index, std::move(offset), producer_id);
  });
}

}  // namespace kmirror::broker
