// What a shard asks source brokers for, and what it takes from their answers: the same for the
// requests of fetch loops and for those that read ahead. Functions on values; used by loops.
#pragma once

#include <cstdint>
#include <vector>

#include "mirror/core/fetch_session.h"
#include "mirror/core/read_ahead.h"
#include "mirror/shard.h"
#include "net/connection.h"
#include "protocol/messages/fetch.h"

namespace kmirror::mirror {

// From this version on topics are named by their ids alone (KIP-516).
inline constexpr std::int16_t kFirstTopicIdVersion = 13;

std::int32_t to_ms(Duration time);

// Of the lanes that `wanted` names, in its session. Each takes its share of so many bytes.
protocol::FetchRequest make_fetch_request(Shard& shard, const FetchSession& session,
                                          const FetchSession::Request& wanted, std::size_t share);

// Of a range of one lane, without a session. It is answered at once.
protocol::FetchRequest make_range_request(Shard& shard, const Slot& slot,
                                          const ReadAhead::Request& wanted);

// The newest version may be used only where all topics are known by their ids.
net::CallOptions fetch_options(Shard& shard, bool by_topic_id);

// How far the partition can be read.
std::int64_t readable_end(const protocol::FetchResponse::Partition& partition, bool read_committed);

std::vector<protocol::AbortedTransaction> aborted_in(
    const protocol::FetchResponse::Partition& partition, bool read_committed);

}  // namespace kmirror::mirror
