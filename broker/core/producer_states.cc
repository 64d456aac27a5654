#include "broker/core/producer_states.h"

#include <algorithm>
#include <limits>

namespace kmirror::broker {

using protocol::BatchView;
using protocol::ErrorCode;

std::int32_t advance_sequence(std::int32_t sequence, std::int32_t count) {
  const std::int64_t sum = std::int64_t{sequence} + count;
  constexpr std::int64_t kSequences = std::int64_t{std::numeric_limits<std::int32_t>::max()} + 1;
  return static_cast<std::int32_t>(sum % kSequences);
}

const ProducerStates::State* ProducerStates::find(std::int64_t producer_id) const {
  const auto found = states_.find(producer_id);
  return found == states_.end() ? nullptr : &found->second;
}

ProducerStates::Verdict ProducerStates::check(const BatchView& batch, bool is_new_protocol) const {
  const State* const state = find(batch.producer_id());
  if (state != nullptr && state->epoch == batch.producer_epoch()) {
    const std::int32_t first = batch.base_sequence();
    const std::int32_t last = advance_sequence(first, batch.last_offset_delta());
    for (const Batch& known : state->batches) {
      if (known.first_sequence == first && known.last_sequence == last) {
        return {.error = ErrorCode::kNone, .duplicate_of = known};
      }
    }
  }
  ErrorCode error = check_epoch_and_sequence(batch, state, is_new_protocol);
  const bool is_open = state != nullptr && state->transaction_first_offset;
  if (error == ErrorCode::kNone && is_open && !batch.is_transactional()) {
    error = ErrorCode::kInvalidTxnState;
  }
  return {.error = error, .duplicate_of = {}};
}

ErrorCode ProducerStates::check_epoch_and_sequence(const BatchView& batch, const State* state,
                                                   bool is_new_protocol) const {
  const std::int32_t sequence = batch.base_sequence();
  if (state == nullptr) {
    if (sequence == 0) return ErrorCode::kNone;
    if (is_new_protocol && batch.is_transactional()) return ErrorCode::kOutOfOrderSequenceNumber;
    switch (rules_.unknown) {
      case UnknownProducer::kOutOfOrder:
        return ErrorCode::kOutOfOrderSequenceNumber;
      case UnknownProducer::kUnknown:
        return ErrorCode::kUnknownProducerId;
      case UnknownProducer::kAccepted:
        return ErrorCode::kNone;
    }
  }
  if (batch.producer_epoch() < state->epoch) return ErrorCode::kInvalidProducerEpoch;
  if (batch.producer_epoch() > state->epoch) {
    return sequence == 0 ? ErrorCode::kNone : ErrorCode::kOutOfOrderSequenceNumber;
  }
  // Behind a marker, or with what only a snapshot told, there is no sequence to go on from.
  if (state->batches.empty()) {
    if (is_new_protocol && batch.is_transactional() && sequence != 0) {
      return ErrorCode::kOutOfOrderSequenceNumber;
    }
    return ErrorCode::kNone;
  }
  const bool next_in_line = sequence == advance_sequence(state->batches.back().last_sequence, 1);
  return next_in_line ? ErrorCode::kNone : ErrorCode::kOutOfOrderSequenceNumber;
}

void ProducerStates::on_append(const BatchView& batch) {
  if (batch.producer_id() < 0) return;
  State& state = states_[batch.producer_id()];
  if (state.epoch != batch.producer_epoch()) {
    state.epoch = batch.producer_epoch();
    state.batches.clear();
  }
  state.last_timestamp_ms = batch.max_timestamp_ms();
  state.batches.push_back(
      {.first_sequence = batch.base_sequence(),
       .last_sequence = advance_sequence(batch.base_sequence(), batch.last_offset_delta()),
       .first_offset = batch.base_offset(),
       .timestamp_ms = batch.max_timestamp_ms()});
  if (state.batches.size() > rules_.remembered_batches) state.batches.pop_front();
  if (batch.is_transactional() && !state.transaction_first_offset) {
    state.transaction_first_offset = batch.base_offset();
  }
}

std::optional<std::int64_t> ProducerStates::on_marker(const BatchView& marker,
                                                      std::int32_t coordinator_epoch) {
  State& state = states_[marker.producer_id()];
  if (state.epoch != marker.producer_epoch()) {
    state.epoch = marker.producer_epoch();
    state.batches.clear();
  }
  state.last_timestamp_ms = marker.max_timestamp_ms();
  state.coordinator_epoch = coordinator_epoch;
  return std::exchange(state.transaction_first_offset, std::nullopt);
}

void ProducerStates::expire(std::int64_t newest_ms_until) {
  std::erase_if(states_, [newest_ms_until](const auto& entry) {
    const State& state = entry.second;
    return !state.transaction_first_offset && state.last_timestamp_ms <= newest_ms_until;
  });
}

void ProducerStates::replace(const std::set<std::int64_t>& ids, const ProducerStates& other) {
  for (const std::int64_t id : ids) {
    states_.erase(id);
    const State* const state = other.find(id);
    if (state != nullptr) states_.emplace(id, *state);
  }
}

void ProducerStates::keep_last_batches() {
  for (auto& [id, state] : states_) {
    while (state.batches.size() > 1) state.batches.pop_front();
  }
}

}  // namespace kmirror::broker
