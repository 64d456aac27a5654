#include "broker/core/fetch_sessions.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace kmirror::broker {

using protocol::ErrorCode;
using protocol::FetchRequest;
using protocol::FetchResponse;

namespace {

constexpr std::int32_t kFirstEpoch = 0;   // of a request that asks for a session
constexpr std::int32_t kFinalEpoch = -1;  // of one that wants none
constexpr std::int16_t kFirstVersionWithIds = 13;
constexpr std::size_t kSessionsMax = 1000;

FetchPartition wanted(const FetchRequest::Topic& topic, const FetchRequest::Partition& asked) {
  return {.topic = std::string(topic.topic),
          .topic_id = topic.topic_id,
          .index = asked.partition,
          .fetch_offset = asked.fetch_offset,
          .bytes_max = asked.partition_max_bytes,
          .leader_epoch = asked.current_leader_epoch,
          .last_fetched_epoch = asked.last_fetched_epoch,
          .follower_log_start = asked.log_start_offset};
}

bool is_same(const FetchPartition& a, const FetchPartition& b) {
  return a.index == b.index && a.topic == b.topic && a.topic_id == b.topic_id;
}

void add_or_change(std::vector<FetchPartition>& partitions, FetchPartition one) {
  const auto known = std::ranges::find_if(
      partitions, [&one](const FetchPartition& other) { return is_same(one, other); });
  if (known == partitions.end()) {
    partitions.push_back(std::move(one));
    return;
  }
  one.told_high_watermark = known->told_high_watermark;
  one.told_log_start = known->told_log_start;
  *known = std::move(one);
}

std::vector<FetchPartition> all_wanted(const FetchRequest& request) {
  std::vector<FetchPartition> partitions;
  for (const auto& topic : request.topics) {
    for (const auto& asked : topic.partitions) {
      add_or_change(partitions, wanted(topic, asked));
    }
  }
  return partitions;
}

}  // namespace

bool is_news(const FetchPartition& asked, const FetchResponse::Partition& answer) {
  return (answer.records && !answer.records->empty()) ||
         answer.high_watermark != asked.told_high_watermark ||
         answer.log_start_offset != asked.told_log_start || answer.preferred_read_replica >= 0 ||
         answer.error_code != ErrorCode::kNone || answer.diverging_epoch.epoch >= 0;
}

FetchSessions::Session* FetchSessions::find(std::int32_t id) {
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : &found->second;
}

FetchSessions::Context FetchSessions::open(const FetchRequest& request, std::int16_t version) {
  const bool is_full = request.session_epoch == kFirstEpoch || request.session_epoch == kFinalEpoch;
  if (!is_full) return resume(request, version);
  sessions_.erase(request.session_id);
  if (request.session_epoch == kFirstEpoch) return create(request, version);
  return {.partitions = all_wanted(request)};
}

FetchSessions::Context FetchSessions::create(const FetchRequest& request, std::int16_t version) {
  if (sessions_.size() >= kSessionsMax) return {.partitions = all_wanted(request)};
  Session session;
  do {
    session.id = static_cast<std::int32_t>(random_.below(std::numeric_limits<std::int32_t>::max()));
  } while (session.id == 0 || sessions_.contains(session.id));
  session.uses_topic_ids = version >= kFirstVersionWithIds;
  session.partitions = all_wanted(request);
  Session& kept = sessions_[session.id] = std::move(session);
  return {.session = &kept, .partitions = {}};
}

FetchSessions::Context FetchSessions::resume(const FetchRequest& request, std::int16_t version) {
  const auto found = sessions_.find(request.session_id);
  if (found == sessions_.end()) return {.error = ErrorCode::kFetchSessionIdNotFound};
  Session& session = found->second;
  if (session.next_epoch != request.session_epoch) {
    return {.error = ErrorCode::kInvalidFetchSessionEpoch};
  }
  if (session.uses_topic_ids != (version >= kFirstVersionWithIds)) {
    return {.error = ErrorCode::kFetchSessionTopicIdError};
  }
  for (const auto& topic : request.topics) {
    for (const auto& asked : topic.partitions) {
      add_or_change(session.partitions, wanted(topic, asked));
    }
  }
  for (const auto& topic : request.forgotten_topics_data) {
    for (const std::int32_t index : topic.partitions) {
      FetchPartition forgotten;
      forgotten.topic = topic.topic;
      forgotten.topic_id = topic.topic_id;
      forgotten.index = index;
      std::erase_if(session.partitions,
                    [&](const FetchPartition& one) { return is_same(one, forgotten); });
    }
  }
  if (session.partitions.empty()) {
    sessions_.erase(found);
    return {};
  }
  session.next_epoch =
      session.next_epoch == std::numeric_limits<std::int32_t>::max() ? 1 : session.next_epoch + 1;
  return {.session = &session, .is_incremental = true, .partitions = {}};
}

}  // namespace kmirror::broker
