// Incremental fetch sessions (KIP-227): which partitions a client reads, so that it has to name
// only what changes. A session belongs to a broker, not to a connection. Source: Kafka's
// FetchSession.
//
// Owned by a Node; no thread rules of its own.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "protocol/error_code.h"
#include "protocol/messages/fetch.h"

namespace kmirror::broker {

// A partition as a client asks for it. Topics have an id, a name, or both.
struct FetchPartition {
  std::string topic;
  protocol::Uuid topic_id;
  std::int32_t index = 0;
  std::int64_t fetch_offset = 0;
  std::int32_t bytes_max = 0;
  std::int32_t leader_epoch = -1;
  std::int32_t last_fetched_epoch = -1;

  // What the client was told last, so that only news is told again.
  std::int64_t told_high_watermark = -1;
  std::int64_t told_log_start = -1;
};

// Whether an answer has to be in an incremental response.
bool is_news(const FetchPartition& asked, const protocol::FetchResponse::Partition& answer);

class FetchSessions {
 public:
  struct Session {
    std::int32_t id = 0;
    std::int32_t next_epoch = 1;
    bool uses_topic_ids = false;
    std::vector<FetchPartition> partitions;  // in the order of the client's naming them
  };

  // What a request reads.
  struct Context {
    protocol::ErrorCode error = protocol::ErrorCode::kNone;
    Session* session = nullptr;  // null: a request for itself
    bool is_incremental = false;
    std::vector<FetchPartition> partitions;  // of a request for itself
  };

  explicit FetchSessions(Random random) : random_(random) {}

  // As many sessions as brokers keep by default (max.incremental.fetch.session.cache.slots); there
  // is none for who comes then. Left out: making room for him after a while.
  Context open(const protocol::FetchRequest& request, std::int16_t version);

  // Null if there is none.
  Session* find(std::int32_t id);

  // As if all had been evicted.
  void expire_all() { sessions_.clear(); }
  void expire(std::int32_t id) { sessions_.erase(id); }
  std::size_t count() const { return sessions_.size(); }

 private:
  Context create(const protocol::FetchRequest& request, std::int16_t version);
  Context resume(const protocol::FetchRequest& request, std::int16_t version);

  Random random_;
  std::map<std::int32_t, Session> sessions_;
};

}  // namespace kmirror::broker
