#include "broker/core/transaction.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/check.h"

namespace kmirror::broker {

using protocol::ErrorCode;

namespace {

// The largest epoch is kept for fencing the last producer.
constexpr std::int16_t kLastEpoch = std::numeric_limits<std::int16_t>::max() - 1;

}  // namespace

Transaction::Transaction(NewProducerId new_producer_id, Version brokers)
    : new_producer_id_(std::move(new_producer_id)),
      brokers_(brokers),
      producer_{.id = new_producer_id_(), .epoch = -1} {}

bool Transaction::is_exhausted() const {
  return producer_.epoch >= kLastEpoch;
}

bool Transaction::is_known(const ProducerIdAndEpoch& producer) const {
  return producer_.epoch < 0 || producer.id == producer_.id ||
         (producer.id == previous_id_ && producer.epoch >= kLastEpoch);
}

Transaction::Answer Transaction::on_init(Duration timeout,
                                         const std::optional<ProducerIdAndEpoch>& expected) {
  if (expected && !is_known(*expected)) return {ErrorCode::kProducerFenced, {}};
  if (state_ == State::kOngoing) fence_and_abort();
  if (is_ending()) return {ErrorCode::kConcurrentTransactions, {}};
  const ErrorCode error = raise_epoch(expected);
  if (error != ErrorCode::kNone) return {error, {}};
  state_ = State::kEmpty;
  version_ = Version::k1;
  timeout_ = timeout;
  partitions_.clear();
  started_at_.reset();
  return {ErrorCode::kNone, producer_};
}

ErrorCode Transaction::raise_epoch(const std::optional<ProducerIdAndEpoch>& expected) {
  const std::int16_t epoch = producer_.epoch;
  // The answer to a successful call may have been lost.
  const bool is_repeated = expected && epoch >= 0 && expected->epoch != epoch;
  if (is_repeated) {
    return expected->epoch == previous_epoch_ ? ErrorCode::kNone : ErrorCode::kProducerFenced;
  }
  previous_id_ = producer_.id;
  previous_epoch_ = expected ? epoch : std::int16_t{-1};
  if (is_exhausted()) {
    producer_ = {.id = new_producer_id_(), .epoch = 0};
  } else {
    ++producer_.epoch;
  }
  return ErrorCode::kNone;
}

ErrorCode Transaction::check(const ProducerIdAndEpoch& producer) const {
  if (producer.id != producer_.id) return ErrorCode::kInvalidProducerIdMapping;
  if (producer.epoch != producer_.epoch) return ErrorCode::kProducerFenced;
  if (is_ending()) return ErrorCode::kConcurrentTransactions;
  return ErrorCode::kNone;
}

ErrorCode Transaction::on_add(const ProducerIdAndEpoch& producer, const Partitions& added,
                              Version version, TimePoint now) {
  const ErrorCode error = check(producer);
  if (error != ErrorCode::kNone) return error;
  if (state_ != State::kOngoing) {
    state_ = State::kOngoing;
    started_at_ = now;
  }
  version_ = version;
  partitions_.insert(added.begin(), added.end());
  return ErrorCode::kNone;
}

ErrorCode Transaction::verify(const ProducerIdAndEpoch& producer,
                              const net::TopicPartition& partition) const {
  const ErrorCode error = check(producer);
  if (error != ErrorCode::kNone) return error;
  return partitions_.contains(partition) ? ErrorCode::kNone : ErrorCode::kTransactionAbortable;
}

// Of a transaction of version 2, whose end has raised the epoch or changed the id.
bool Transaction::repeats_end(const ProducerIdAndEpoch& producer) const {
  if (version_ == Version::k1) return false;
  const bool raised = producer.id == producer_.id && producer.epoch == producer_.epoch - 1;
  const bool changed = producer.id == previous_id_ && producer.epoch == kLastEpoch &&
                       producer_.id != previous_id_ && producer_.epoch == 0;
  return raised || (changed && !is_ending());
}

Transaction::Answer Transaction::on_end(const ProducerIdAndEpoch& producer, bool commit,
                                        Version version) {
  const bool is_repeated = state_ != State::kEmpty && state_ != State::kOngoing &&
                           (version_ == Version::k1 || repeats_end(producer));
  const bool is_next = producer == producer_ && !(is_ending() && version_ == Version::k2);
  if (producer.id != producer_.id && !repeats_end(producer)) {
    return {ErrorCode::kInvalidProducerIdMapping, {}};
  }
  if (!is_next && !(version_ == Version::k2 && is_repeated)) {
    return {ErrorCode::kProducerFenced, {}};
  }
  if (is_repeated) {
    const bool was_committed = is_committed() || state_ == State::kCompleteCommit;
    if (was_committed != commit) return {ErrorCode::kInvalidTxnState, {}};
    if (is_ending()) return {ErrorCode::kConcurrentTransactions, {}};
    return {ErrorCode::kNone, producer_};
  }
  // Before anything was added there is nothing to commit; the new version may abort it.
  const bool may_end = state_ == State::kOngoing || (!commit && version == Version::k2);
  if (!may_end) return {ErrorCode::kInvalidTxnState, {}};
  return begin_end(commit, version);
}

Transaction::Answer Transaction::begin_end(bool commit, Version version) {
  if (version == Version::k2) {
    if (is_exhausted()) next_id_ = new_producer_id_();
    previous_epoch_ = producer_.epoch++;
  }
  version_ = version;
  state_ = commit ? State::kPrepareCommit : State::kPrepareAbort;
  if (next_id_ >= 0) return {ErrorCode::kNone, {.id = next_id_, .epoch = 0}};
  return {ErrorCode::kNone, producer_};
}

void Transaction::fence_and_abort() {
  ++producer_.epoch;
  previous_epoch_ = -1;
  version_ = brokers_;
  state_ = State::kPrepareAbort;
}

void Transaction::on_marker(const net::TopicPartition& partition) {
  KM_CHECK(is_ending(), "markers are written at the end");
  partitions_.erase(partition);
}

void Transaction::on_all_markers() {
  KM_CHECK(is_ending() && partitions_.empty(), "a transaction is over with its last marker");
  state_ = is_committed() ? State::kCompleteCommit : State::kCompleteAbort;
  if (next_id_ < 0) return;
  previous_id_ = producer_.id;
  producer_ = {.id = std::exchange(next_id_, -1), .epoch = 0};
}

TimePoint Transaction::next_deadline() const {
  return state_ == State::kOngoing ? *started_at_ + timeout_ : kNever;
}

void Transaction::on_time(TimePoint now) {
  if (next_deadline() <= now) fence_and_abort();
}

std::string_view state_name(Transaction::State state) {
  using enum Transaction::State;
  switch (state) {
    case kEmpty:
      return "Empty";
    case kOngoing:
      return "Ongoing";
    case kPrepareCommit:
      return "PrepareCommit";
    case kPrepareAbort:
      return "PrepareAbort";
    case kCompleteCommit:
      return "CompleteCommit";
    case kCompleteAbort:
      return "CompleteAbort";
  }
  return "";
}

}  // namespace kmirror::broker
