#include "mirror/core/produce_window.h"

#include <algorithm>
#include <limits>

#include "base/check.h"
#include "protocol/records/header_patch.h"

namespace kmirror::mirror {

namespace {

using protocol::ErrorCode;

// A broker before 2.4 says CORRUPT_MESSAGE, which is retriable, also of batches it will never take.
constexpr int kCorruptTries = 3;

// How often a batch may be the first that the broker refuses for its sequence. Once is normal after
// the broker forgot a producer; more than a few times means that going on would be in vain.
constexpr int kRenumberTries = 5;

bool is_sequence_error(ErrorCode code) {
  return code == ErrorCode::kOutOfOrderSequenceNumber || code == ErrorCode::kUnknownProducerId ||
         code == ErrorCode::kInvalidProducerEpoch;
}

// Sequences wrap from the largest int32 to 0 (DefaultRecordBatch.incrementSequence).
std::int32_t advance(std::int32_t sequence, std::int32_t records) {
  const std::int64_t sum = std::int64_t{sequence} + records;
  return static_cast<std::int32_t>(sum & std::numeric_limits<std::int32_t>::max());
}

}  // namespace

ProduceWindow::ProduceWindow(Settings settings, ProducerIdentity producer)
    : settings_(settings),
      producer_(producer),
      back_off_(settings.back_off_first, settings.back_off_longest) {
  if (!producer_.idempotent()) settings_.in_flight_max = 1;
}

void ProduceWindow::push(OutgoingBatch batch) {
  queue_.push_back(std::move(batch));
  if (next_ == queue_.end()) --next_;
}

bool ProduceWindow::ready(TimePoint now) const {
  return !draining_ && next_ != queue_.end() && in_flight_ < settings_.in_flight_max &&
         now >= retry_at_;
}

TimePoint ProduceWindow::next_try() const {
  const bool waits = !draining_ && next_ != queue_.end() && in_flight_ == 0;
  return waits ? retry_at_ : kNever;
}

OutgoingBatch& ProduceWindow::send_next() {
  KM_CHECK(!draining_ && next_ != queue_.end(), "ready() was asked first");
  OutgoingBatch& batch = *next_;
  do {
    ++next_;
  } while (next_ != queue_.end() && next_->acknowledged);
  stamp(batch);
  batch.in_flight = true;
  ++in_flight_;
  return batch;
}

void ProduceWindow::stamp(OutgoingBatch& batch) {
  if (!producer_.idempotent()) {
    protocol::patch_for_produce(batch.header, {});
    return;
  }
  if (batch.base_sequence < 0) {
    batch.base_sequence = next_sequence_;
    next_sequence_ = advance(next_sequence_, batch.record_count);
  }
  protocol::patch_for_produce(batch.header, {.producer_id = producer_.id,
                                             .producer_epoch = epoch_,
                                             .base_sequence = batch.base_sequence});
}

std::vector<OutgoingBatch> ProduceWindow::on_acknowledged(OutgoingBatch& batch) {
  KM_CHECK(batch.in_flight, "a request resolves once");
  batch.in_flight = false;
  batch.acknowledged = true;
  --in_flight_;
  back_off_.reset();
  std::vector<OutgoingBatch> done;
  while (!queue_.empty() && queue_.front().acknowledged) {
    done.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  if (in_flight_ == 0) on_drained();
  return done;
}

ProduceWindow::Action ProduceWindow::on_rejected(OutgoingBatch& batch, ErrorCode code,
                                                 TimePoint now, Random& random) {
  const auto first = std::find_if(queue_.begin(), queue_.end(),
                                  [](const OutgoingBatch& b) { return !b.acknowledged; });
  const bool is_first = &*first == &batch;
  ++batch.rejections;
  resolved(batch, now, random);
  if (is_sequence_error(code)) {
    // Behind a batch that failed, a gap is what must be seen. At the head it means that the
    // broker does not know our sequence any more: go on under the next epoch (KIP-360).
    renumber_ = renumber_ || is_first;
    if (is_first) ++batch.renumberings;
    if (in_flight_ == 0) on_drained();
    return batch.renumberings > kRenumberTries ? Action::kStopLane : Action::kRetry;
  }
  const bool hopeless = !is_retriable(code) ||
                        (code == ErrorCode::kCorruptMessage && batch.rejections >= kCorruptTries);
  if (in_flight_ == 0) on_drained();
  if (hopeless) return Action::kStopLane;
  return refreshes_metadata(code) ? Action::kRefreshMetadata : Action::kRetry;
}

void ProduceWindow::on_lost(OutgoingBatch& batch, TimePoint now, Random& random) {
  resolved(batch, now, random);
  if (in_flight_ == 0) on_drained();
}

// The back-off grows once a drain, however many batches failed in it.
void ProduceWindow::resolved(OutgoingBatch& batch, TimePoint now, Random& random) {
  KM_CHECK(batch.in_flight, "a request resolves once");
  batch.in_flight = false;
  --in_flight_;
  if (!draining_) retry_at_ = now + back_off_.next(random);
  draining_ = true;
}

void ProduceWindow::drop_lane(const Lane* lane) {
  dropped_lanes_.push_back(lane);
  draining_ = true;
  if (in_flight_ == 0) on_drained();
}

void ProduceWindow::on_drained() {
  if (!draining_) return;
  draining_ = false;
  bool renumbering = renumber_;
  if (renumber_) {
    // Epochs wrap after 32,767 losses of producer state; a broker that forgot us takes any epoch.
    epoch_ = epoch_ == std::numeric_limits<std::int16_t>::max()
                 ? std::int16_t{0}
                 : static_cast<std::int16_t>(epoch_ + 1);
    next_sequence_ = 0;
    renumber_ = false;
  }
  for (auto batch = queue_.begin(); batch != queue_.end();) {
    const bool dropped = std::find(dropped_lanes_.begin(), dropped_lanes_.end(), batch->lane) !=
                         dropped_lanes_.end();
    if (dropped && !batch->acknowledged) {
      // What came after it was refused for the gap, so nothing behind is in the log.
      if (batch->base_sequence >= 0 && !renumbering) {
        next_sequence_ = batch->base_sequence;
        renumbering = true;
      }
      batch = queue_.erase(batch);
      continue;
    }
    if (renumbering && !batch->acknowledged) batch->base_sequence = -1;
    ++batch;
  }
  dropped_lanes_.clear();
  next_ = std::find_if(queue_.begin(), queue_.end(),
                       [](const OutgoingBatch& b) { return !b.acknowledged; });
}

}  // namespace kmirror::mirror
