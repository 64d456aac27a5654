// What the APIs of transactions ask first, and what their older versions call the answers. Used on
// the cluster's executor.
#pragma once

#include <cstdint>
#include <string_view>

#include "broker/cluster.h"

namespace kmirror::broker {

// Whether the id is one, and this node its coordinator.
protocol::ErrorCode check_coordinator(CallContext& call, std::string_view transactional_id);

// PRODUCER_FENCED came late; before `since` it is INVALID_PRODUCER_EPOCH (KIP-588).
protocol::ErrorCode fenced_since(CallContext& call, std::int16_t since, protocol::ErrorCode error);

// What Produce and TxnOffsetCommit make of an answer that one broker gives to another:
// `knows_abortable` of TRANSACTION_ABORTABLE. Source: Kafka's AddPartitionsToTxnManager.
protocol::ErrorCode verification_error(protocol::ErrorCode error, bool knows_abortable);

}  // namespace kmirror::broker
