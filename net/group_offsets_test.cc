#include "net/group_offsets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "net/testing/fake_cluster.h"
#include "protocol/messages/describe_groups.h"
#include "protocol/messages/find_coordinator.h"
#include "protocol/messages/offset_commit.h"
#include "protocol/messages/offset_fetch.h"

namespace kmirror::net {
namespace {

using protocol::DescribeGroupsRequest;
using protocol::ErrorCode;
using protocol::FindCoordinatorRequest;
using protocol::OffsetCommitRequest;
using protocol::OffsetFetchRequest;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

constexpr std::int32_t kPartitions = 3;
constexpr int kCallsEach = 50;

// Two brokers, one of them the coordinator of group "g", which stores offsets of topic "t".
struct GroupOffsetsTest : testing::Test {
  VirtualRuntime runtime;
  FakeCluster brokers{runtime};
  Cluster cluster{runtime, FakeCluster::settings()};
  GroupOffsets group{cluster, "g"};

  std::int32_t coordinator = 2;
  std::map<std::int32_t, ErrorCode> errors;  // of partitions
  std::vector<ErrorCode> group_errors;       // answered first, one after the other
  std::map<std::int32_t, GroupOffsets::Committed> stored;
  int members = 0;
  int succeeded_commits = 0;
  int succeeded_fetches = 0;

  void SetUp() override {
    brokers.on<FindCoordinatorRequest>([this](const auto& request, auto version, auto& answer) {
      if (version >= 4) {
        EXPECT_EQ(request.coordinator_keys.at(0), "g");
        answer.coordinators.push_back({.key = "g", .node_id = coordinator});
      } else {
        EXPECT_EQ(request.key, "g");
        answer.node_id = coordinator;
      }
      return true;
    });
    for (const std::int32_t id : {1, 2}) script(id);
    ASSERT_TRUE(runtime.run(cluster.start(runtime.now() + seconds(5))));
  }
  void TearDown() override { runtime.run(cluster.stop()); }

  ErrorCode group_error(std::int32_t broker) {
    if (broker != coordinator) return ErrorCode::kNotCoordinator;
    if (group_errors.empty()) return ErrorCode::kNone;
    const ErrorCode code = group_errors.front();
    group_errors.erase(group_errors.begin());
    return code;
  }

  void script(std::int32_t id) {
    brokers.broker(id).on<OffsetCommitRequest>([this, id](const auto& request, auto, auto& answer) {
      return commit(id, request, answer);
    });
    brokers.broker(id).on<OffsetFetchRequest>(
        [this, id](const auto& request, auto version, auto& answer) {
          return fetch(id, request, version, answer);
        });
    brokers.broker(id).on<DescribeGroupsRequest>(
        [this, id](const auto& request, auto, auto& answer) {
          EXPECT_EQ(request.groups.at(0), "g");
          auto& described = answer.groups.emplace_back();
          described.error_code = group_error(id);
          described.members.resize(members);
          return true;
        });
  }

  bool commit(std::int32_t id, const OffsetCommitRequest& request,
              protocol::OffsetCommitResponse& answer) {
    EXPECT_EQ(request.group_id, "g");
    EXPECT_EQ(request.generation_id_or_member_epoch, -1);
    EXPECT_EQ(request.member_id, "");
    auto& topic = answer.topics.emplace_back();
    topic.name = "t";
    const ErrorCode code = group_error(id);
    for (const auto& partition : request.topics.at(0).partitions) {
      auto& result = topic.partitions.emplace_back();
      result.partition_index = partition.partition_index;
      const auto error = errors.find(partition.partition_index);
      result.error_code = error == errors.end() ? code : error->second;
      if (result.error_code != ErrorCode::kNone) continue;
      stored[partition.partition_index] = {.offset = partition.committed_offset,
                                           .leader_epoch = partition.committed_leader_epoch,
                                           .metadata = std::string(*partition.committed_metadata)};
    }
    return true;
  }

  template <class Topic>
  void fill(Topic& topic) {
    topic.name = "t";
    for (std::int32_t index = 0; index < kPartitions; ++index) {
      auto& result = topic.partitions.emplace_back();
      result.partition_index = index;
      result.committed_offset = -1;
      if (errors.contains(index)) result.error_code = errors[index];
      const auto found = stored.find(index);
      if (found == stored.end()) continue;
      result.committed_offset = found->second.offset;
      result.committed_leader_epoch = found->second.leader_epoch;
      result.metadata = found->second.metadata;
    }
  }

  bool fetch(std::int32_t id, const OffsetFetchRequest& request, std::int16_t version,
             protocol::OffsetFetchResponse& answer) {
    const ErrorCode code = group_error(id);
    if (version >= 8) {
      EXPECT_EQ(request.groups.at(0).topics->at(0).partition_indexes.size(),
                std::size_t{kPartitions});
      auto& result = answer.groups.emplace_back();
      result.group_id = "g";
      result.error_code = code;
      fill(result.topics.emplace_back());
    } else {
      EXPECT_EQ(request.topics->at(0).partition_indexes.size(), std::size_t{kPartitions});
      answer.error_code = code;
      fill(answer.topics.emplace_back());
    }
    return true;
  }

  Result<GroupOffsets::CommittedOffsets> fetch_all() {
    std::vector<TopicPartition> where;
    for (std::int32_t index = 0; index < kPartitions; ++index) where.push_back({"t", index});
    return runtime.run(group.fetch(std::move(where)));
  }

  Awaitable<void> commit_often() {
    for (int i = 1; i <= kCallsEach; ++i) {
      std::vector<GroupOffsets::Commit> commits;
      commits.push_back({.where = {"t", 0}, .offset = i, .metadata = ""});
      const auto committed = co_await group.commit(std::move(commits));
      if (committed) ++succeeded_commits;
    }
  }

  Awaitable<void> fetch_often() {
    for (int i = 0; i < kCallsEach; ++i) {
      std::vector<TopicPartition> where;
      for (std::int32_t index = 0; index < kPartitions; ++index) where.push_back({"t", index});
      const auto fetched = co_await group.fetch(std::move(where));
      if (fetched) ++succeeded_fetches;
    }
  }

  // The coordinator moves, and the old one crashes every other time.
  Awaitable<void> move_often() {
    Wakeup pause(runtime);
    while (succeeded_commits + succeeded_fetches < 2 * kCallsEach &&
           runtime.now().time_since_epoch() < seconds(600)) {
      co_await pause.wait(runtime.now() + milliseconds(135));
      if (coordinator == 2) brokers.broker(2).hang_up();
      coordinator = 3 - coordinator;
    }
  }

  Result<void> commit_two() {
    std::vector<GroupOffsets::Commit> commits;
    commits.push_back({.where = {"t", 0}, .offset = 10, .leader_epoch = 4, .metadata = "m"});
    commits.push_back({.where = {"t", 2}, .offset = 30});
    return runtime.run(group.commit(std::move(commits)));
  }
};

TEST_F(GroupOffsetsTest, WhatIsCommittedIsFetched) {
  constexpr std::pair<std::int16_t, std::int16_t> kNewest[] = {{9, 6}, {7, 3}};
  for (const auto& [newest_fetch, newest_find] : kNewest) {
    for (const std::int32_t id : {1, 2}) {
      brokers.broker(id).versions[OffsetFetchRequest::kApi.key] = {1, newest_fetch};
      brokers.broker(id).versions[FindCoordinatorRequest::kApi.key] = {0, newest_find};
      brokers.broker(id).hang_up();
    }
    stored.clear();
    const auto committed = commit_two();
    ASSERT_TRUE(committed) << committed.error().text;
    const auto fetched = fetch_all();
    ASSERT_TRUE(fetched) << fetched.error().text;
    ASSERT_EQ(fetched.value().size(), 2u) << "only those that have an offset";
    EXPECT_EQ(fetched.value().at({"t", 0}).offset, 10);
    EXPECT_EQ(fetched.value().at({"t", 0}).leader_epoch, 4);
    EXPECT_EQ(fetched.value().at({"t", 0}).metadata, "m");
    EXPECT_EQ(fetched.value().at({"t", 2}).offset, 30);
    EXPECT_EQ(fetched.value().at({"t", 2}).leader_epoch, -1);
  }
}

TEST_F(GroupOffsetsTest, TheCoordinatorIsFoundAgain) {
  ASSERT_TRUE(commit_two());
  coordinator = 1;
  EXPECT_TRUE(commit_two()) << "it moved";
  coordinator = 2;
  brokers.broker(1).hang_up();
  brokers.broker(1).accepts = false;
  EXPECT_TRUE(fetch_all()) << "it moved, and the old one is gone";
}

TEST_F(GroupOffsetsTest, PassingErrorsAreWaitedOut) {
  const std::vector<ErrorCode> passing = {ErrorCode::kCoordinatorLoadInProgress,
                                          ErrorCode::kCoordinatorNotAvailable,
                                          ErrorCode::kNotCoordinator};
  group_errors = passing;
  EXPECT_TRUE(commit_two());
  group_errors = passing;
  EXPECT_TRUE(fetch_all());
  group_errors = passing;
  EXPECT_TRUE(runtime.run(group.live_members()));
  EXPECT_TRUE(group_errors.empty());
}

TEST_F(GroupOffsetsTest, LiveMembersAreNamedAsTheReason) {
  for (const ErrorCode code : {ErrorCode::kUnknownMemberId, ErrorCode::kIllegalGeneration,
                               ErrorCode::kRebalanceInProgress}) {
    group_errors = {code};
    const auto committed = commit_two();
    ASSERT_FALSE(committed);
    EXPECT_EQ(committed.error().code, code);
    EXPECT_THAT(committed.error().text, HasSubstr("the group `g` has live members"));
  }
}

TEST_F(GroupOffsetsTest, AFailureNamesThePartition) {
  errors[2] = ErrorCode::kOffsetMetadataTooLarge;
  const auto committed = commit_two();
  ASSERT_FALSE(committed);
  EXPECT_THAT(committed.error().text,
              HasSubstr("committing t-2 of group `g`: OFFSET_METADATA_TOO_LARGE"));
  EXPECT_EQ(stored.at(0).offset, 10) << "others are stored";
  const auto fetched = fetch_all();
  ASSERT_FALSE(fetched);
  EXPECT_THAT(fetched.error().text, HasSubstr("of group `g`: t-2: "));
}

TEST_F(GroupOffsetsTest, AMissingTopicHoldsUpNothing) {
  errors[2] = ErrorCode::kUnknownTopicOrPartition;
  const TimePoint begin = runtime.now();
  const auto committed = commit_two();
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code, ErrorCode::kUnknownTopicOrPartition);
  EXPECT_TRUE(fetch_all());
  EXPECT_LT(runtime.now() - begin, seconds(1));
}

TEST_F(GroupOffsetsTest, MembersAreCounted) {
  EXPECT_EQ(runtime.run(group.live_members()).value(), 0);
  members = 3;
  EXPECT_EQ(runtime.run(group.live_members()).value(), 3);
  members = 0;
  group_errors = {ErrorCode::kGroupIdNotFound};
  EXPECT_EQ(runtime.run(group.live_members()).value(), 0);
  group_errors = {ErrorCode::kGroupAuthorizationFailed};
  EXPECT_FALSE(runtime.run(group.live_members()));
}

// A shard commits while topics that appeared are looked up.
TEST_F(GroupOffsetsTest, CallsMayOverlap) {
  for (const std::int32_t id : {1, 2}) brokers.broker(id).delay = milliseconds(10);
  TaskGroup tasks(runtime);
  tasks.spawn(commit_often());
  tasks.spawn(fetch_often());
  tasks.spawn(move_often());
  runtime.run(tasks.join());
  EXPECT_EQ(succeeded_commits, kCallsEach);
  EXPECT_EQ(succeeded_fetches, kCallsEach);
  EXPECT_EQ(stored[0].offset, kCallsEach);
}

TEST_F(GroupOffsetsTest, NothingToCommitAsksNobody) {
  const std::size_t before = brokers.broker(1).seen.size() + brokers.broker(2).seen.size();
  EXPECT_TRUE(runtime.run(group.commit({})));
  EXPECT_EQ(brokers.broker(1).seen.size() + brokers.broker(2).seen.size(), before);
}

}  // namespace
}  // namespace kmirror::net
