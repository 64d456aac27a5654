// OffsetFetch, versions 0 to 9: the positions that groups have stored, all or some; of several
// groups from version 8 on. A partition without one, or that does not exist, has -1. Left out:
// version 0 reads what the others do, not ZooKeeper; members of KIP-848.
#include "protocol/messages/offset_fetch.h"

#include "broker/api/group_lookup.h"
#include "broker/api/handlers.h"
#include "broker/cluster.h"
#include "broker/groups.h"

namespace kmirror::broker {

using protocol::ErrorCode;
using protocol::OffsetFetchRequest;
using protocol::OffsetFetchResponse;

namespace {

constexpr std::int16_t kFirstVersionWithError = 2;
constexpr std::int16_t kFirstBatchedVersion = 8;

// What one group is asked for, and how its answers are filled.
class Reader {
 public:
  Reader(CallContext& call, std::string_view group_id, bool require_stable)
      : call_(call),
        error_(check_coordinator(call, group_id)),
        entry_(call.cluster.groups().find(group_id)),
        require_stable_(require_stable) {}

  ErrorCode error() const { return error_; }

  // Fills topics of an answer with what is asked for; null is all.
  template <class Asked, class Topic>
  void read(const std::optional<std::vector<Asked>>& asked, std::vector<Topic>& topics) {
    if (asked) {
      for (const auto& topic : *asked) {
        auto& answer = topics.emplace_back();
        answer.name = topic.name;
        for (const std::int32_t partition : topic.partition_indexes) {
          answer.partitions.push_back(read_one(topic.name, partition));
        }
      }
    } else if (error_ == ErrorCode::kNone && entry_ != nullptr) {
      for (const auto& [name, partitions] : entry_->offsets.all()) {
        auto& answer = topics.emplace_back();
        answer.name = call_.keep(name);
        for (const auto& [partition, offset] : partitions) {
          answer.partitions.push_back(read_one(name, partition));
        }
      }
    }
  }

 private:
  OffsetFetchResponse::Partition read_one(std::string_view topic, std::int32_t partition) {
    OffsetFetchResponse::Partition answer{
        .partition_index = partition, .committed_offset = -1, .error_code = error_};
    if (error_ != ErrorCode::kNone || entry_ == nullptr) return answer;
    if (require_stable_ && entry_->offsets.is_pending(topic, partition)) {
      answer.error_code = ErrorCode::kUnstableOffsetCommit;
      return answer;
    }
    const CommittedOffset* const found = entry_->offsets.find(topic, partition);
    if (found == nullptr) return answer;
    answer.committed_offset = found->offset;
    answer.committed_leader_epoch = found->leader_epoch;
    answer.metadata = call_.keep(found->metadata);
    return answer;
  }

  CallContext& call_;
  ErrorCode error_;
  const Groups::Entry* entry_;
  bool require_stable_;
};

}  // namespace

void offset_fetch(CallContext& call, const OffsetFetchRequest& request,
                  OffsetFetchResponse& response) {
  if (call.version >= kFirstBatchedVersion) {
    for (const auto& group : request.groups) {
      Reader reader(call, group.group_id, request.require_stable);
      auto& answer = response.groups.emplace_back();
      answer.group_id = group.group_id;
      answer.error_code = reader.error();
      if (reader.error() == ErrorCode::kNone) reader.read(group.topics, answer.topics);
    }
    return;
  }
  Reader reader(call, request.group_id, request.require_stable);
  if (call.version >= kFirstVersionWithError) response.error_code = reader.error();
  const bool tells_of_partitions =
      reader.error() == ErrorCode::kNone || call.version < kFirstVersionWithError;
  if (tells_of_partitions) reader.read(request.topics, response.topics);
}

}  // namespace kmirror::broker
