// DescribeTransactions, version 0, and ListTransactions, versions 0 to 2: the transactional ids
// that a node coordinates (KIP-664, KIP-994). Left out: patterns of ids, which are refused.
#include "protocol/messages/describe_transactions.h"

#include <algorithm>
#include <array>

#include "broker/api/handlers.h"
#include "broker/api/transaction_lookup.h"
#include "broker/transactions.h"
#include "protocol/messages/list_transactions.h"

namespace kmirror::broker {

using protocol::DescribeTransactionsRequest;
using protocol::DescribeTransactionsResponse;
using protocol::ErrorCode;
using protocol::ListTransactionsRequest;
using protocol::ListTransactionsResponse;

namespace {

std::int64_t in_ms(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

void describe(CallContext& call, const Transaction& transaction,
              DescribeTransactionsResponse::TransactionState& answer) {
  answer.transaction_state = state_name(transaction.state());
  answer.transaction_timeout_ms = static_cast<std::int32_t>(in_ms(transaction.timeout()));
  answer.transaction_start_time_ms = -1;
  if (const auto start = transaction.started_at()) {
    answer.transaction_start_time_ms =
        call.cluster.wall_clock_ms() - in_ms(call.cluster.now() - *start);
  }
  answer.producer_id = transaction.producer().id;
  answer.producer_epoch = transaction.producer().epoch;
  for (const net::TopicPartition& where : transaction.partitions()) {
    if (answer.topics.empty() || answer.topics.back().topic != where.topic) {
      answer.topics.emplace_back().topic = call.keep(where.topic);
    }
    answer.topics.back().partitions.push_back(where.partition);
  }
}

bool is_state(std::string_view name) {
  constexpr auto kNames = std::to_array<std::string_view>(
      {"Empty", "Ongoing", "PrepareCommit", "PrepareAbort", "CompleteCommit", "CompleteAbort",
       "Dead", "PrepareEpochFence"});
  return std::ranges::count(kNames, name) > 0;
}

bool passes(CallContext& call, const ListTransactionsRequest& request,
            const Transaction& transaction) {
  const auto& states = request.state_filters;
  const auto& producers = request.producer_id_filters;
  if (!states.empty() && std::ranges::count(states, state_name(transaction.state())) == 0) {
    return false;
  }
  if (!producers.empty() && std::ranges::count(producers, transaction.producer().id) == 0) {
    return false;
  }
  if (request.duration_filter < 0) return true;
  const auto start = transaction.started_at();
  return start && in_ms(call.cluster.now() - *start) > request.duration_filter;
}

}  // namespace

void describe_transactions(CallContext& call, const DescribeTransactionsRequest& request,
                           DescribeTransactionsResponse& response) {
  for (const std::string_view id : request.transactional_ids) {
    auto& answer = response.transaction_states.emplace_back();
    answer.transactional_id = id;
    answer.error_code = check_coordinator(call, id);
    if (answer.error_code != ErrorCode::kNone) continue;
    const Transaction* const transaction = call.cluster.transactions().find(id);
    if (transaction == nullptr) {
      answer.error_code = ErrorCode::kTransactionalIdNotFound;
    } else {
      describe(call, *transaction, answer);
    }
  }
}

void list_transactions(CallContext& call, const ListTransactionsRequest& request,
                       ListTransactionsResponse& response) {
  if (request.transactional_id_pattern && !request.transactional_id_pattern->empty()) {
    response.error_code = ErrorCode::kInvalidRegularExpression;
    return;
  }
  for (const std::string_view state : request.state_filters) {
    if (!is_state(state)) response.unknown_state_filters.push_back(state);
  }
  for (const auto& [id, transaction] : call.cluster.transactions().all()) {
    const bool coordinates = call.cluster.coordinator_of(id) == call.node.id();
    if (!coordinates || !passes(call, request, transaction)) continue;
    auto& answer = response.transaction_states.emplace_back();
    answer.transactional_id = call.keep(id);
    answer.producer_id = transaction.producer().id;
    answer.transaction_state = state_name(transaction.state());
  }
}

}  // namespace kmirror::broker
