#include <fmt/core.h>

#include <set>

#include "net/admin.h"
#include "net/retry.h"
#include "protocol/messages/list_offsets.h"

namespace kmirror::net {

namespace {

using protocol::ErrorCode;

constexpr std::int16_t kFirstWithIsolation = 2;

struct OffsetSearch {
  Cluster& cluster;
  OffsetSpec spec;
  bool read_committed;
  Retry retry;
  std::set<TopicPartition> missing;
  ListedOffsets found;
  std::optional<Failure> failure;  // the first of this round; a final one takes its place
};

using TopicsOfLeader = std::map<std::string, std::vector<std::int32_t>>;

void note(OffsetSearch& search, Failure failure) {
  const bool is_final =
      failure.kind == FailureKind::kBroker && !protocol::is_retriable(failure.code);
  if (!search.failure || is_final) search.failure = std::move(failure);
}

std::map<std::int32_t, TopicsOfLeader> group_by_leader(OffsetSearch& search) {
  std::map<std::int32_t, TopicsOfLeader> leaders;
  const Metadata& metadata = search.cluster.metadata();
  for (const TopicPartition& where : search.missing) {
    const std::int32_t leader = metadata.leader_of(where.topic, where.partition);
    if (leader >= 0) {
      leaders[leader][where.topic].push_back(where.partition);
      continue;
    }
    const bool known = metadata.find(where.topic, where.partition) != nullptr;
    note(search,
         broker_failure(
             fmt::format("{} partition {}", search.cluster.settings().name, to_string(where)),
             known ? ErrorCode::kLeaderNotAvailable : ErrorCode::kUnknownTopicOrPartition));
  }
  return leaders;
}

void take_answers(OffsetSearch& search, const protocol::ListOffsetsResponse& response,
                  const std::string& peer) {
  for (const auto& topic : response.topics) {
    for (const auto& partition : topic.partitions) {
      TopicPartition where{std::string(topic.name), partition.partition_index};
      if (!search.missing.contains(where)) continue;
      if (partition.error_code != ErrorCode::kNone) {
        note(search, broker_failure(fmt::format("{}: ListOffsets of {}", peer, to_string(where)),
                                    partition.error_code));
        continue;
      }
      ListedOffset listed{.offset = partition.offset, .leader_epoch = partition.leader_epoch};
      if (!partition.old_style_offsets.empty()) listed.offset = partition.old_style_offsets[0];
      search.missing.erase(where);
      search.found[std::move(where)] = listed;
    }
  }
}

Awaitable<void> ask_leader(OffsetSearch& search, std::int32_t leader, TopicsOfLeader topics) {
  const auto connection = co_await search.cluster.control(leader);
  if (!connection) {
    note(search, connection.error());
    co_return;
  }
  protocol::ListOffsetsRequest request;
  request.replica_id = -1;
  const std::int16_t version = connection.value()->version_for(request.kApi);
  request.isolation_level = search.read_committed && version >= kFirstWithIsolation ? 1 : 0;
  request.timeout_ms = search.retry.broker_timeout_ms();
  for (const auto& [name, partitions] : topics) {
    auto& topic = request.topics.emplace_back();
    topic.name = name;
    for (const std::int32_t partition : partitions) {
      topic.partitions.push_back(
          {.partition_index = partition, .timestamp = static_cast<std::int64_t>(search.spec)});
    }
  }
  const auto reply = co_await connection.value()->call(request, search.retry.options());
  if (reply) {
    take_answers(search, reply.value().message, connection.value()->peer());
  } else {
    note(search, reply.error());
  }
}

}  // namespace

Awaitable<Result<ListedOffsets>> list_offsets(Cluster& cluster,
                                              std::vector<TopicPartition> partitions,
                                              OffsetSpec spec, bool read_committed) {
  OffsetSearch search{.cluster = cluster,
                      .spec = spec,
                      .read_committed = read_committed,
                      .retry = Retry(cluster),
                      .missing = {partitions.begin(), partitions.end()},
                      .found = {},
                      .failure = {}};
  for (const TopicPartition& where : search.missing) cluster.track(where.topic);
  for (;;) {
    search.failure.reset();
    const auto leaders = group_by_leader(search);
    for (const auto& [leader, topics] : leaders) co_await ask_leader(search, leader, topics);
    if (search.missing.empty()) co_return std::move(search.found);
    // A broker that leaves a partition out of its answer is asked again.
    if (!search.failure) {
      note(search, broker_failure(cluster.settings().name + ": ListOffsets",
                                  ErrorCode::kLeaderNotAvailable));
    }
    Failure failure = *search.failure;
    const bool again = co_await search.retry.after(failure);
    if (!again) co_return failure;
  }
}

}  // namespace kmirror::net
