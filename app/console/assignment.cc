#include "app/console/assignment.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "net/retry.h"
#include "net/wakeup.h"
#include "protocol/messages/metadata.h"

namespace kmirror::app {

namespace {

using net::Awaitable;
using net::Cluster;
using net::OffsetSpec;
using net::Result;
using protocol::ErrorCode;

constexpr std::chrono::milliseconds kLookAgain{200};

// The number of the topic's partitions. Cluster's metadata does not tell why a topic is missing.
Awaitable<Result<std::int32_t>> count_partitions(Cluster& cluster, std::string topic) {
  const auto connection = co_await cluster.any();
  if (!connection) co_return connection.error();
  protocol::MetadataRequest request;
  request.topics.emplace().push_back({.name = topic});
  request.allow_auto_topic_creation = false;
  const net::CallOptions options{.deadline = cluster.call_deadline()};
  const auto reply = co_await connection.value()->call(request, options);
  if (!reply) co_return reply.error();
  for (const auto& answer : reply.value().message.topics) {
    if (answer.name != topic) continue;
    const bool known = answer.error_code == ErrorCode::kNone ||
                       answer.error_code == ErrorCode::kLeaderNotAvailable;
    if (known) co_return static_cast<std::int32_t>(answer.partitions.size());
    co_return net::broker_failure(fmt::format("topic `{}`", topic), answer.error_code);
  }
  co_return net::broker_failure(fmt::format("topic `{}`", topic),
                                ErrorCode::kUnknownTopicOrPartition);
}

// Zero when the time is over, or the consumer was stopped.
Awaitable<Result<std::int32_t>> await_topic(Cluster& cluster, const Assignment& assignment,
                                            TimePoint deadline, const Consumer& consumer,
                                            bool& was_missing) {
  net::Wakeup pause(cluster.runtime());
  while (!consumer.is_stopped()) {
    Result<std::int32_t> count = co_await count_partitions(cluster, assignment.topic);
    if (count && *count > std::max(assignment.partition, 0)) co_return count;
    net::Failure missing = net::broker_failure(
        fmt::format("{}-{}", assignment.topic, std::max(assignment.partition, 0)),
        ErrorCode::kUnknownTopicOrPartition);
    if (!count) missing = count.error();
    const bool waits =
        missing.kind == net::FailureKind::kBroker && protocol::is_retriable(missing.code);
    if (!waits) co_return missing;
    if (!std::exchange(was_missing, true)) {
      cluster.runtime().log(net::LogLevel::kWarning, missing.text + " Waiting for it.");
    }
    if (cluster.runtime().now() >= deadline) break;
    co_await pause.wait(std::min(deadline, cluster.runtime().now() + kLookAgain));
  }
  co_return 0;
}

}  // namespace

Awaitable<Result<void>> assign(Cluster& cluster, Assignment assignment, TimePoint deadline,
                               Consumer& consumer) {
  bool was_missing = false;
  const Result<std::int32_t> count =
      co_await await_topic(cluster, assignment, deadline, consumer, was_missing);
  if (!count) co_return count.error();
  if (*count == 0) co_return Result<void>();
  cluster.track(assignment.topic);
  const Result<void> refreshed = co_await cluster.refresh();
  if (!refreshed) co_return refreshed.error();
  if (const auto* offset = std::get_if<std::int64_t>(&assignment.start)) {
    consumer.assign(assignment.partition, *offset);
    co_return Result<void>();
  }
  // All that is in a new topic came after the command began, so it is what `latest` asks for.
  const OffsetSpec spec =
      was_missing ? OffsetSpec::kEarliest : std::get<OffsetSpec>(assignment.start);
  std::vector<net::TopicPartition> partitions;
  for (std::int32_t index = 0; index < *count; ++index) {
    const bool wanted = assignment.partition == -1 || assignment.partition == index;
    if (wanted) partitions.push_back({assignment.topic, index});
  }
  const auto offsets =
      co_await net::list_offsets(cluster, std::move(partitions), spec, assignment.read_committed);
  if (!offsets) co_return offsets.error();
  for (const auto& [where, listed] : offsets.value()) {
    consumer.assign(where.partition, listed.offset);
  }
  co_return Result<void>();
}

}  // namespace kmirror::app
