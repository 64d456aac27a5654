// What becomes of a window's batches once none of them is under way after a failure.
#include <algorithm>
#include <limits>

#include "mirror/core/produce_window.h"

namespace kmirror::mirror {

using protocol::ErrorCode;

namespace {

// What is read of a tail at once.
constexpr std::int32_t kTailBytes = 1 << 20;

// Stands for the number of a tail that is not read, only tried.
constexpr int kTrial = 0;

}  // namespace

void ProduceWindow::drop_lane(const Lane* lane) {
  dropped_lanes_.push_back(lane);
  draining_ = true;
  on_drained();
}

void ProduceWindow::on_drained() {
  if (!draining_ || in_flight_ > 0) return;
  drop_batches();
  if (!needs_tail()) return go_on();
  tail_.emplace(end_offset_, producer_.id);
  ++tails_;
}

void ProduceWindow::drop_batches() {
  std::erase_if(queue_, [this](const OutgoingBatch& batch) {
    const bool dropped = std::ranges::find(dropped_lanes_, batch.lane) != dropped_lanes_.end();
    if (!dropped || batch.acknowledged) return false;
    // Its sequence is not used again: to a broker that took something behind it, another batch with
    // these numbers would be a repetition, and would vanish.
    renumber_ = renumber_ || batch.base_sequence >= 0;
    return true;
  });
  dropped_lanes_.clear();
  next_ = queue_.begin();
}

// A single batch is recognized when it is repeated, whatever became of it: nothing of ours came
// behind it. Not even of two is that sure, since a broker that starts again knows only the last.
bool ProduceWindow::needs_tail() const {
  if (!producer_.idempotent() || end_offset_ < 0 || readable_ == Readable::kNo) return false;
  const bool refused = std::ranges::any_of(queue_, [](const OutgoingBatch& batch) {
    return !batch.acknowledged && batch.sequence_refused;
  });
  return refused || batches_in_doubt() > 1;
}

int ProduceWindow::batches_in_doubt() const {
  return static_cast<int>(std::ranges::count_if(
      queue_, [](const OutgoingBatch& batch) { return !batch.acknowledged && batch.in_doubt; }));
}

std::optional<ProduceWindow::TailQuestion> ProduceWindow::tail_to_read(TimePoint now) const {
  if (!tail_ || now < retry_at_) return std::nullopt;
  return TailQuestion{.offset = tail_->offset(),
                      .bytes_max = kTailBytes,
                      .log_start = tail_->wants_log_start(),
                      .tail = tails_};
}

bool ProduceWindow::is_asked(TailQuestion asked) const {
  return tail_ && asked.tail == tails_ && asked.offset == tail_->offset() &&
         asked.log_start == tail_->wants_log_start();
}

ProduceWindow::TailNews ProduceWindow::on_tail(TailQuestion asked,
                                               const protocol::FetchResponse::Partition& answer,
                                               TimePoint now, Random& random) {
  if (asked.tail == kTrial) on_trial(answer.error_code);
  if (!is_asked(asked)) return TailNews::kNone;
  return on_step(tail_->on_fetched(answer), now, random);
}

ProduceWindow::TailNews ProduceWindow::on_log_start(TailQuestion asked, std::int64_t log_start,
                                                    TimePoint now, Random& random) {
  if (!is_asked(asked)) return TailNews::kNone;
  return on_step(tail_->on_log_start(log_start), now, random);
}

ProduceWindow::TailNews ProduceWindow::on_step(TailReader::Step step, TimePoint now,
                                               Random& random) {
  switch (step) {
    case TailReader::Step::kReadOn:
      break;
    case TailReader::Step::kReadOnLater:
      back_off(now, random);
      break;
    case TailReader::Step::kFailed:
      tail_.emplace(end_offset_, producer_.id);
      back_off(now, random);
      break;
    case TailReader::Step::kRefused: {
      const bool blind = batches_in_doubt() > kRememberedBatches;
      readable_ = Readable::kNo;
      go_on();
      return blind ? TailNews::kUnreadable : TailNews::kNone;
    }
    case TailReader::Step::kWhole:
      return on_whole_tail();
  }
  return TailNews::kNone;
}

ProduceWindow::TailNews ProduceWindow::on_whole_tail() {
  TailNews news = tail_->is_cut_off() ? TailNews::kCutOff : TailNews::kNone;
  readable_ = Readable::kYes;
  mark_found(tail_->batches());
  const std::int64_t before = tail_->deleted_before();
  if (before > 0 && !mark_deleted(before)) news = TailNews::kDeleted;
  go_on();
  return news;
}

void ProduceWindow::on_tail_lost(TailQuestion asked, TimePoint now, Random& random) {
  if (tail_ && asked.tail == tails_) back_off(now, random);
}

std::optional<ProduceWindow::TailQuestion> ProduceWindow::tail_to_try() const {
  const bool waits = readable_ == Readable::kUnknown && confirmed_ && !draining_ &&
                     next_ != queue_.end() && end_offset_ >= 0 && ahead_ >= kRememberedBatches &&
                     ahead_ < settings_.in_flight_max;
  if (!waits) return std::nullopt;
  return TailQuestion{.offset = end_offset_, .bytes_max = 1, .tail = kTrial};
}

void ProduceWindow::on_trial(ErrorCode error) {
  if (readable_ != Readable::kUnknown) return;
  if (error == ErrorCode::kTopicAuthorizationFailed) readable_ = Readable::kNo;
  if (error == ErrorCode::kNone || error == ErrorCode::kOffsetOutOfRange) {
    readable_ = Readable::kYes;
  }
}

// Also behind one that is missing: a broker that forgot the producer may have taken others before
// it. What bears an older epoch is not ours to go on from.
void ProduceWindow::mark_found(const std::vector<TailBatch>& tail) {
  for (OutgoingBatch& batch : queue_) {
    if (batch.acknowledged) continue;
    const auto there = std::ranges::find_if(tail, [&](const TailBatch& one) {
      return one.epoch == epoch_ && one.base_sequence == batch.base_sequence &&
             one.record_count == batch.record_count;
    });
    batch.in_doubt = false;
    batch.found = there != tail.end();
    if (batch.found) batch.log_offset = there->base_offset;
  }
}

// What was deleted cannot be found, but a broker takes the batches of a producer in their order:
// those before one that stands behind the gap have been in it. False where none does, so that
// nobody knows.
bool ProduceWindow::mark_deleted(std::int64_t before) {
  const auto behind = std::ranges::find_if(queue_, [before](const OutgoingBatch& batch) {
    return batch.found && batch.log_offset + batch.record_count > before;
  });
  if (behind == queue_.end()) return false;
  for (auto batch = queue_.begin(); batch != behind; ++batch) batch->found |= !batch->acknowledged;
  return true;
}

// The newest of those found before the first that is missing, which the broker recognizes, or else
// that one.
ProduceWindow::Queue::iterator ProduceWindow::first_to_send() {
  const auto missing = std::find_if(queue_.begin(), queue_.end(), [](const OutgoingBatch& batch) {
    return !batch.acknowledged && !batch.found;
  });
  for (auto batch = missing; batch != queue_.begin();) {
    --batch;
    if (!batch->acknowledged) return batch;
  }
  return missing;
}

// A broker that refused the sequence of the very batch from which the log says to go on has
// forgotten the producer, or lost what was before: a new epoch begins (KIP-360).
void ProduceWindow::go_on() {
  draining_ = false;
  confirmed_ = false;
  tail_.reset();
  next_ = first_to_send();
  if (renumber_ || (next_ != queue_.end() && next_->sequence_refused)) begin_epoch();
  settle();
  ahead_ = static_cast<int>(std::distance(queue_.begin(), next_));
}

void ProduceWindow::begin_epoch() {
  // Epochs wrap after 32,767 losses of producer state; a broker that forgot us takes any epoch.
  epoch_ = epoch_ == std::numeric_limits<std::int16_t>::max()
               ? std::int16_t{0}
               : static_cast<std::int16_t>(epoch_ + 1);
  next_sequence_ = 0;
  renumber_ = false;
  for (OutgoingBatch& batch : queue_) {
    // It stays found, too: see settle().
    batch.acknowledged |= batch.found;
    if (batch.acknowledged) continue;
    batch.base_sequence = -1;
    batch.in_doubt = false;
    batch.sequence_refused = false;
  }
  next_ = first_to_send();
}

}  // namespace kmirror::mirror
