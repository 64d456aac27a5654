#include "mirror/testing/idempotent_log.h"

namespace kmirror::mirror {

protocol::ErrorCode IdempotentLog::produce(Stamp batch) {
  const std::pair numbers(batch.sequence, batch.sequence + batch.records - 1);
  if (known_ && batch.epoch < epoch_) return ErrorCode::kInvalidProducerEpoch;
  if (!known_ || batch.epoch > epoch_) {
    const bool any = !known_ && rules_.takes_unknown;
    if (!any && batch.sequence != 0) {
      return known_ ? ErrorCode::kOutOfOrderSequenceNumber : ErrorCode::kUnknownProducerId;
    }
    recent_.clear();
  } else {
    for (const auto& one : recent_) {
      if (one == numbers) return ErrorCode::kNone;
    }
    if (batch.sequence != recent_.back().second + 1) return ErrorCode::kOutOfOrderSequenceNumber;
  }
  known_ = true;
  epoch_ = batch.epoch;
  recent_.push_back(numbers);
  if (recent_.size() > rules_.remembered) recent_.pop_front();
  ++appended_;
  return ErrorCode::kNone;
}

}  // namespace kmirror::mirror
