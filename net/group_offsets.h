// The committed offsets of a consumer group, for a reader that assigns partitions itself instead of
// joining: commits carry generation -1 and no member id, which the coordinator accepts as long as
// the group has no members.
//
// Finds the group's coordinator, and finds it again when it moves or cannot be reached. Each call
// tries until cluster.call_deadline() as of its start. Used on the Cluster's executor, where calls
// may overlap; the Cluster outlives it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "net/cluster.h"
#include "net/retry.h"
#include "net/topic_partition.h"

namespace kmirror::net {

class GroupOffsets {
 public:
  GroupOffsets(Cluster& cluster, std::string group_id)
      : cluster_(cluster),
        group_id_(std::move(group_id)),
        unanswered_at_(cluster.runtime().now()) {}

  struct Committed {
    std::int64_t offset = -1;
    std::int32_t leader_epoch = -1;  // -1 from brokers before 2.1, or where none was committed
    std::string metadata;
  };
  using CommittedOffsets = std::map<TopicPartition, Committed>;

  // Only those partitions that have an offset.
  Awaitable<Result<CommittedOffsets>> fetch(std::vector<TopicPartition> partitions);

  struct Commit {
    TopicPartition where;
    std::int64_t offset = -1;
    std::int32_t leader_epoch = -1;
    std::string metadata;  // at most 4096 bytes with the broker's default settings
  };

  // Succeeds when all are stored. Otherwise the failure names a partition that is not; others may
  // be.
  Awaitable<Result<void>> commit(std::vector<Commit> commits);

  // When a commit was last left without an answer: it may still come to the coordinator, behind
  // later ones. At least when this was made, since whoever committed before may have left some.
  TimePoint unanswered_at() const { return unanswered_at_; }

  // The members of the group; 0 of one that does not exist.
  Awaitable<Result<int>> live_members();

  const std::string& group_id() const { return group_id_; }

 private:
  using ConnectionPtr = Cluster::ConnectionPtr;

  Awaitable<Result<ConnectionPtr>> coordinator(const Retry& retry);
  Awaitable<Result<void>> find_coordinator(const Retry& retry);
  Awaitable<bool> try_again(Retry& retry, const Failure& failure);

  Awaitable<Result<CommittedOffsets>> try_fetch(const std::vector<TopicPartition>& partitions,
                                                const Retry& retry);
  Awaitable<Result<void>> try_commit(const std::vector<Commit>& commits, const Retry& retry);
  Awaitable<Result<int>> try_live_members(const Retry& retry);

  std::string about(const Connection& connection, std::string_view doing) const;
  Failure commit_failure(const Connection& connection, const TopicPartition& where,
                         protocol::ErrorCode code) const;

  Cluster& cluster_;
  std::string group_id_;
  TimePoint unanswered_at_;
  std::int32_t coordinator_ = -1;  // broker id, or -1 while it is not known
};

}  // namespace kmirror::net
