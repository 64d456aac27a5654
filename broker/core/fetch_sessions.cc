#include "broker/core/fetch_sessions.h"

#include <limits>
#include <map>
#include <set>
#include <tuple>
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
          .last_fetched_epoch = asked.last_fetched_epoch};
}

using Key = std::tuple<std::string, protocol::Uuid, std::int32_t>;

Key key_of(const FetchPartition& one) {
  return {one.topic, one.topic_id, one.index};
}

// What the request says of a partition that is there, or of a new one.
void add_or_change(std::vector<FetchPartition>& partitions, const FetchRequest& request) {
  if (request.topics.empty()) return;
  std::map<Key, std::size_t> places;
  for (std::size_t i = 0; i < partitions.size(); ++i) places.emplace(key_of(partitions[i]), i);
  for (const auto& topic : request.topics) {
    for (const auto& asked : topic.partitions) {
      FetchPartition one = wanted(topic, asked);
      const auto [place, is_new] = places.emplace(key_of(one), partitions.size());
      if (is_new) {
        partitions.push_back(std::move(one));
        continue;
      }
      FetchPartition& known = partitions[place->second];
      one.told_high_watermark = known.told_high_watermark;
      one.told_log_start = known.told_log_start;
      known = std::move(one);
    }
  }
}

void forget(std::vector<FetchPartition>& partitions, const FetchRequest& request) {
  std::set<Key> forgotten;
  for (const auto& topic : request.forgotten_topics_data) {
    for (const std::int32_t index : topic.partitions) {
      forgotten.emplace(topic.topic, topic.topic_id, index);
    }
  }
  if (forgotten.empty()) return;
  std::erase_if(partitions, [&forgotten](const FetchPartition& one) {
    return forgotten.contains(key_of(one));
  });
}

std::vector<FetchPartition> all_wanted(const FetchRequest& request) {
  std::vector<FetchPartition> partitions;
  add_or_change(partitions, request);
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
  add_or_change(session.partitions, request);
  forget(session.partitions, request);
  if (session.partitions.empty()) {
    sessions_.erase(found);
    return {};
  }
  session.next_epoch =
      session.next_epoch == std::numeric_limits<std::int32_t>::max() ? 1 : session.next_epoch + 1;
  return {.session = &session, .is_incremental = true, .partitions = {}};
}

}  // namespace kmirror::broker
