#include "net/group_offsets.h"

#include <fmt/core.h>

#include "protocol/messages/describe_groups.h"
#include "protocol/messages/find_coordinator.h"
#include "protocol/messages/offset_commit.h"
#include "protocol/messages/offset_fetch.h"

namespace kmirror::net {

namespace {

using protocol::ErrorCode;

constexpr std::int16_t kFirstFindOfKeys = 4;     // FindCoordinator, KIP-699
constexpr std::int16_t kFirstFetchOfGroups = 8;  // OffsetFetch, KIP-709

// The code of a single partition says it of the whole group.
bool means_live_members(ErrorCode code) {
  return code == ErrorCode::kUnknownMemberId || code == ErrorCode::kIllegalGeneration ||
         code == ErrorCode::kRebalanceInProgress || code == ErrorCode::kStaleMemberEpoch ||
         code == ErrorCode::kFencedInstanceId;
}

// A topic that does not exist would be retriable, but waiting for it would hold up all others.
bool is_worth_a_retry(const Failure& failure) {
  return failure.code != ErrorCode::kUnknownTopicOrPartition;
}

}  // namespace

std::string GroupOffsets::about(const Connection& connection, std::string_view doing) const {
  return fmt::format("{}: {} of group `{}`", connection.peer(), doing, group_id_);
}

Awaitable<Result<void>> GroupOffsets::find_coordinator(const Retry& retry) {
  const auto connection = co_await cluster_.any();
  if (!connection) co_return connection.error();
  protocol::FindCoordinatorRequest request;
  if (connection.value()->version_for(request.kApi) >= kFirstFindOfKeys) {
    request.coordinator_keys.push_back(group_id_);
  } else {
    request.key = group_id_;
  }
  const auto reply = co_await connection.value()->call(request, retry.options());
  if (!reply) co_return reply.error();
  const auto& response = reply.value().message;
  ErrorCode code = response.error_code;
  std::int32_t node_id = response.node_id;
  if (reply.value().version >= kFirstFindOfKeys) {
    const bool answered = !response.coordinators.empty();
    code = answered ? response.coordinators[0].error_code : ErrorCode::kCoordinatorNotAvailable;
    node_id = answered ? response.coordinators[0].node_id : -1;
  }
  if (code != ErrorCode::kNone) {
    co_return broker_failure(about(*connection.value(), "finding the coordinator"), code);
  }
  coordinator_ = node_id;
  co_return Result<void>();
}

Awaitable<Result<GroupOffsets::ConnectionPtr>> GroupOffsets::coordinator(const Retry& retry) {
  if (coordinator_ < 0 || cluster_.runtime().buggify("coordinator forgotten")) {
    const Result<void> found = co_await find_coordinator(retry);
    if (!found) co_return found.error();
  }
  Result<ConnectionPtr> connection = co_await cluster_.control(coordinator_);
  co_return connection;
}

Awaitable<bool> GroupOffsets::try_again(Retry& retry, const Failure& failure) {
  if (failure.code != ErrorCode::kCoordinatorLoadInProgress) coordinator_ = -1;
  if (!is_worth_a_retry(failure)) co_return false;
  const bool again = co_await retry.after(failure);
  co_return again;
}

Awaitable<Result<GroupOffsets::CommittedOffsets>> GroupOffsets::fetch(
    std::vector<TopicPartition> partitions) {
  Retry retry(cluster_);
  for (;;) {
    Result<CommittedOffsets> fetched = co_await try_fetch(partitions, retry);
    if (fetched) co_return fetched;
    const bool again = co_await try_again(retry, fetched.error());
    if (!again) co_return fetched;
  }
}

Awaitable<Result<void>> GroupOffsets::commit(std::vector<Commit> commits) {
  if (commits.empty()) co_return Result<void>();
  Retry retry(cluster_);
  for (;;) {
    const Result<void> committed = co_await try_commit(commits, retry);
    if (committed) co_return committed;
    if (committed.error().kind != FailureKind::kBroker) unanswered_at_ = cluster_.runtime().now();
    const bool again = co_await try_again(retry, committed.error());
    if (!again) co_return committed;
  }
}

Awaitable<Result<int>> GroupOffsets::live_members() {
  Retry retry(cluster_);
  for (;;) {
    const Result<int> members = co_await try_live_members(retry);
    if (members) co_return members;
    const bool again = co_await try_again(retry, members.error());
    if (!again) co_return members;
  }
}

namespace {

std::map<std::string_view, std::vector<std::int32_t>> by_topic(
    const std::vector<TopicPartition>& partitions) {
  std::map<std::string_view, std::vector<std::int32_t>> topics;
  for (const auto& where : partitions) topics[where.topic].push_back(where.partition);
  return topics;
}

protocol::OffsetFetchRequest fetch_request(const std::string& group_id,
                                           const std::vector<TopicPartition>& partitions,
                                           std::int16_t version) {
  protocol::OffsetFetchRequest request;
  if (version < kFirstFetchOfGroups) {
    request.group_id = group_id;
    for (auto& [topic, indexes] : by_topic(partitions)) {
      request.topics->push_back({.name = topic, .partition_indexes = indexes});
    }
  } else {
    auto& group = request.groups.emplace_back();
    group.group_id = group_id;
    for (auto& [topic, indexes] : by_topic(partitions)) {
      group.topics->push_back({.name = topic, .partition_indexes = indexes});
    }
  }
  return request;
}

// Adds what the topics hold to `offsets`; the first error, if there is one. `about` opens its text.
template <class Topics>
std::optional<Failure> take_offsets(const Topics& topics, const std::string& about,
                                    GroupOffsets::CommittedOffsets& offsets) {
  for (const auto& topic : topics) {
    for (const auto& partition : topic.partitions) {
      TopicPartition where{std::string(topic.name), partition.partition_index};
      // A partition that does not exist (any more) has no offset.
      if (partition.error_code == ErrorCode::kUnknownTopicOrPartition) continue;
      if (partition.error_code != ErrorCode::kNone) {
        return broker_failure(about + ": " + to_string(where), partition.error_code);
      }
      if (partition.committed_offset < 0) continue;
      offsets[std::move(where)] = {.offset = partition.committed_offset,
                                   .leader_epoch = partition.committed_leader_epoch,
                                   .metadata = std::string(partition.metadata.value_or(""))};
    }
  }
  return std::nullopt;
}

}  // namespace

Awaitable<Result<GroupOffsets::CommittedOffsets>> GroupOffsets::try_fetch(
    const std::vector<TopicPartition>& partitions, const Retry& retry) {
  const auto connection = co_await coordinator(retry);
  if (!connection) co_return connection.error();
  const std::int16_t version = connection.value()->version_for(protocol::OffsetFetchRequest::kApi);
  const auto request = fetch_request(group_id_, partitions, version);
  const auto reply = co_await connection.value()->call(request, retry.options());
  if (!reply) co_return reply.error();

  const auto& response = reply.value().message;
  const std::string doing = about(*connection.value(), "reading the offsets");
  CommittedOffsets offsets;
  ErrorCode code = response.error_code;
  std::optional<Failure> failure = take_offsets(response.topics, doing, offsets);
  for (const auto& group : response.groups) {
    if (code == ErrorCode::kNone) code = group.error_code;
    if (!failure) failure = take_offsets(group.topics, doing, offsets);
  }
  if (code != ErrorCode::kNone) failure = broker_failure(doing, code);
  if (failure) co_return std::move(*failure);
  co_return offsets;
}

Failure GroupOffsets::commit_failure(const Connection& connection, const TopicPartition& where,
                                     ErrorCode code) const {
  if (means_live_members(code)) {
    return broker_failure(
        connection.peer(), code,
        fmt::format("the group `{}` has live members; stop them or use another group.id",
                    group_id_));
  }
  return broker_failure(about(connection, "committing " + to_string(where)), code);
}

Awaitable<Result<void>> GroupOffsets::try_commit(const std::vector<Commit>& commits,
                                                 const Retry& retry) {
  const auto connection = co_await coordinator(retry);
  if (!connection) co_return connection.error();
  std::map<std::string_view, std::vector<protocol::OffsetCommitRequest::Partition>> topics;
  for (const Commit& commit : commits) {
    topics[commit.where.topic].push_back({.partition_index = commit.where.partition,
                                          .committed_offset = commit.offset,
                                          .committed_leader_epoch = commit.leader_epoch,
                                          .committed_metadata = commit.metadata});
  }
  protocol::OffsetCommitRequest request;
  request.group_id = group_id_;
  for (auto& [name, partitions] : topics) {
    request.topics.push_back({.name = name, .partitions = std::move(partitions)});
  }
  const auto reply = co_await connection.value()->call(request, retry.options());
  if (!reply) co_return reply.error();
  // An error that is final decides over one that would be tried again.
  std::optional<Failure> failure;
  for (const auto& topic : reply.value().message.topics) {
    for (const auto& partition : topic.partitions) {
      if (partition.error_code == ErrorCode::kNone) continue;
      if (failure && protocol::is_retriable(partition.error_code)) continue;
      failure =
          commit_failure(*connection.value(), {std::string(topic.name), partition.partition_index},
                         partition.error_code);
    }
  }
  if (failure) co_return std::move(*failure);
  co_return Result<void>();
}

Awaitable<Result<int>> GroupOffsets::try_live_members(const Retry& retry) {
  const auto connection = co_await coordinator(retry);
  if (!connection) co_return connection.error();
  protocol::DescribeGroupsRequest request;
  request.groups.push_back(group_id_);
  const auto reply = co_await connection.value()->call(request, retry.options());
  if (!reply) co_return reply.error();
  std::size_t members = 0;
  for (const auto& group : reply.value().message.groups) {
    if (group.error_code == ErrorCode::kGroupIdNotFound) continue;
    if (group.error_code != ErrorCode::kNone) {
      co_return broker_failure(about(*connection.value(), "reading the members"), group.error_code,
                               group.error_message);
    }
    members += group.members.size();
  }
  co_return static_cast<int>(members);
}

}  // namespace kmirror::net
