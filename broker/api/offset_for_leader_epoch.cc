// OffsetForLeaderEpoch, versions 0 to 4: where the records of a leader epoch end, for clients that
// look for a truncation (KIP-320).
#include "protocol/messages/offset_for_leader_epoch.h"
#include "broker/api/handlers.h"
#include "broker/api/partition_lookup.h"

namespace kmirror::broker {

void offset_for_leader_epoch(CallContext& call,
                             const protocol::OffsetForLeaderEpochRequest& request,
                             protocol::OffsetForLeaderEpochResponse& response) {
  for (const auto& topic : request.topics) {
    auto& topic_answer = response.topics.emplace_back();
    topic_answer.topic = topic.topic;
    for (const auto& asked : topic.partitions) {
      auto& answer = topic_answer.partitions.emplace_back();
      answer.partition = asked.partition;
      const auto found = look_up(call, topic.topic, asked.partition, asked.current_leader_epoch);
      answer.error_code = found.error;
      if (found.error != protocol::ErrorCode::kNone) continue;
      const EpochEnd end = found.partition->log.end_of_epoch(asked.leader_epoch);
      answer.leader_epoch = end.epoch;
      answer.end_offset = end.end_offset;
    }
  }
}

}  // namespace kmirror::broker
