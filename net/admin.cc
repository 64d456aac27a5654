#include "net/admin.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "net/retry.h"
#include "protocol/messages/create_partitions.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/delete_topics.h"

namespace kmirror::net {

namespace {

using protocol::ErrorCode;

constexpr std::int16_t kFirstWithDefaults = 4;  // CreateTopics version, KIP-464

// What becomes of one try to change something.
struct Change {
  Result<void> done;
  bool may_have_happened = false;  // although `done` is a failure
};

// A request that was sent may have been carried out although no answer came, or one that gave up.
Change failed(Failure failure) {
  const bool unclear =
      failure.kind != FailureKind::kBroker || failure.code == ErrorCode::kRequestTimedOut;
  return {.done = std::move(failure), .may_have_happened = unclear};
}

Awaitable<Result<Cluster::ConnectionPtr>> controller(Cluster& cluster) {
  const std::int32_t id = cluster.metadata().controller;
  if (id < 0) {
    co_return broker_failure(cluster.settings().name + " cluster", ErrorCode::kNotController,
                             "it has no controller at present");
  }
  Result<Cluster::ConnectionPtr> connection = co_await cluster.control(id);
  co_return connection;
}

std::string about(const Connection& connection, std::string_view doing, std::string_view topic) {
  return fmt::format("{}: {} topic `{}`", connection.peer(), doing, topic);
}

// Whether the topic has `count` partitions or more and all of them have leaders.
bool is_ready(const Metadata& metadata, const std::string& topic, std::int32_t count) {
  const auto found = metadata.topics.find(topic);
  if (found == metadata.topics.end()) return false;
  const auto& partitions = found->second.partitions;
  return !partitions.empty() && std::ssize(partitions) >= count &&
         std::ranges::all_of(partitions, [](const auto& each) { return each.leader >= 0; });
}

Awaitable<Result<void>> await_leaders(Cluster& cluster, const std::string& topic,
                                      std::int32_t count, Retry& retry) {
  cluster.track(topic);
  for (;;) {
    const Result<void> refreshed = co_await cluster.refresh(topic);
    if (refreshed && is_ready(cluster.metadata(), topic, count)) co_return Result<void>();
    Failure failure =
        refreshed ? broker_failure(fmt::format("{} topic `{}`", cluster.settings().name, topic),
                                   ErrorCode::kLeaderNotAvailable)
                  : refreshed.error();
    const bool again = co_await retry.after(failure);
    if (!again) co_return failure;
  }
}

template <class Number>
void take_default(const TopicConfigs& configs, const std::string& key, Number& value) {
  const auto found = configs.find(key);
  if (found == configs.end() || value != -1) return;
  const std::string& text = found->second.value;
  std::from_chars(text.data(), text.data() + text.size(), value);
}

// Brokers before 2.4 want numbers: those that they would themselves take.
Awaitable<Result<void>> fill_in_defaults(Cluster& cluster, NewTopic& topic) {
  if (topic.partitions != -1 && topic.replication_factor != -1) co_return Result<void>();
  const auto connection = co_await controller(cluster);
  if (!connection) co_return connection.error();
  if (connection.value()->version_for(protocol::CreateTopicsRequest::kApi) >= kFirstWithDefaults) {
    co_return Result<void>();
  }
  const auto configs = co_await describe_broker_configs(cluster, cluster.metadata().controller);
  if (!configs) co_return configs.error();
  take_default(configs.value(), "num.partitions", topic.partitions);
  take_default(configs.value(), "default.replication.factor", topic.replication_factor);
  co_return Result<void>();
}

Awaitable<Change> try_create(Cluster& cluster, const NewTopic& topic, const Retry& retry) {
  const auto connection = co_await controller(cluster);
  if (!connection) co_return Change{.done = connection.error()};
  protocol::CreateTopicsRequest request;
  request.timeout_ms = retry.broker_timeout_ms();
  auto& wanted = request.topics.emplace_back();
  wanted.name = topic.name;
  wanted.num_partitions = topic.partitions;
  wanted.replication_factor = topic.replication_factor;
  for (const auto& [name, value] : topic.configs) {
    wanted.configs.push_back({.name = name, .value = value});
  }
  const auto reply = co_await connection.value()->call(request, retry.options());
  if (!reply) co_return failed(reply.error());
  for (const auto& answer : reply.value().message.topics) {
    if (answer.name != topic.name || answer.error_code == ErrorCode::kNone) continue;
    co_return failed(broker_failure(about(*connection.value(), "cannot create", topic.name),
                                    answer.error_code, answer.error_message));
  }
  co_return Change{};
}

Awaitable<Change> try_grow(Cluster& cluster, const std::string& topic, std::int32_t count,
                           const Retry& retry) {
  const auto connection = co_await controller(cluster);
  if (!connection) co_return Change{.done = connection.error()};
  protocol::CreatePartitionsRequest request;
  request.timeout_ms = retry.broker_timeout_ms();
  request.topics.push_back({.name = topic, .count = count, .assignments = std::nullopt});
  const auto reply = co_await connection.value()->call(request, retry.options());
  if (!reply) co_return failed(reply.error());
  for (const auto& answer : reply.value().message.results) {
    if (answer.name != topic || answer.error_code == ErrorCode::kNone) continue;
    co_return failed(broker_failure(about(*connection.value(), "cannot add partitions to", topic),
                                    answer.error_code, answer.error_message));
  }
  co_return Change{};
}

Awaitable<Change> try_delete(Cluster& cluster, const std::string& topic, const Retry& retry) {
  const auto connection = co_await controller(cluster);
  if (!connection) co_return Change{.done = connection.error()};
  protocol::DeleteTopicsRequest request;
  request.timeout_ms = retry.broker_timeout_ms();
  if (connection.value()->version_for(request.kApi) >= 6) {
    request.topics.push_back({.name = topic});
  } else {
    request.topic_names.push_back(topic);
  }
  const auto reply = co_await connection.value()->call(request, retry.options());
  if (!reply) co_return failed(reply.error());
  for (const auto& answer : reply.value().message.responses) {
    if (answer.name != topic || answer.error_code == ErrorCode::kNone) continue;
    co_return failed(broker_failure(about(*connection.value(), "cannot delete", topic),
                                    answer.error_code, answer.error_message));
  }
  co_return Change{};
}

}  // namespace

Awaitable<Result<void>> create_topic(Cluster& cluster, NewTopic topic, bool exists_is_ok) {
  Retry retry(cluster);
  bool may_be_ours = exists_is_ok;
  for (;;) {
    const Result<void> filled = co_await fill_in_defaults(cluster, topic);
    Change change{.done = filled};
    if (filled) change = co_await try_create(cluster, topic, retry);
    if (change.done) break;
    const Failure& failure = change.done.error();
    if (failure.code == ErrorCode::kTopicAlreadyExists && may_be_ours) {
      // One that exists may have other partitions than were asked for.
      if (exists_is_ok) topic.partitions = -1;
      break;
    }
    may_be_ours = may_be_ours || change.may_have_happened;
    const bool again = co_await retry.after(failure);
    if (!again) co_return failure;
  }
  Result<void> ready = co_await await_leaders(cluster, topic.name, topic.partitions, retry);
  co_return ready;
}

Awaitable<Result<void>> create_partitions(Cluster& cluster, std::string topic, std::int32_t count) {
  Retry retry(cluster);
  cluster.track(topic);
  for (;;) {
    const Change change = co_await try_grow(cluster, topic, count, retry);
    if (change.done) break;
    const Failure& failure = change.done.error();
    if (failure.code == ErrorCode::kUnknownTopicOrPartition) co_return failure;
    if (failure.code == ErrorCode::kInvalidPartitions) {
      const Result<void> refreshed = co_await cluster.refresh(topic);
      if (!refreshed) co_return refreshed.error();
      if (!cluster.metadata().find(topic, count - 1)) co_return failure;
      break;
    }
    const bool again = co_await retry.after(failure);
    if (!again) co_return failure;
  }
  Result<void> ready = co_await await_leaders(cluster, topic, count, retry);
  co_return ready;
}

Awaitable<Result<void>> delete_topic(Cluster& cluster, std::string topic) {
  Retry retry(cluster);
  bool may_be_gone = false;
  for (;;) {
    const Change change = co_await try_delete(cluster, topic, retry);
    if (change.done) co_return Result<void>();
    const Failure& failure = change.done.error();
    if (failure.code == ErrorCode::kUnknownTopicOrPartition) {
      if (may_be_gone) co_return Result<void>();
      co_return failure;
    }
    may_be_gone = may_be_gone || change.may_have_happened;
    const bool again = co_await retry.after(failure);
    if (!again) co_return failure;
  }
}

}  // namespace kmirror::net
