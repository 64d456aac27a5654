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
constexpr int kSequenceTries = 5;

// A leader's move or a broker's restart are over by then, and need no records to be read again.
constexpr std::chrono::seconds kBlockedAfter{5};

// With 5 MiB under way, of which one request is, that is a network of 175 KiB/s.
constexpr std::chrono::seconds kHangsAfter{30};

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

ProduceWindow::ProduceWindow(Settings settings, ProducerIdentity producer,
                             std::pmr::memory_resource* memory)
    : settings_(settings),
      producer_(producer),
      queue_(memory),
      done_(memory),
      back_off_(settings.back_off_first, settings.back_off_longest) {
  if (!producer_.idempotent()) settings_.in_flight_max = 1;
}

void ProduceWindow::push(OutgoingBatch batch, TimePoint now) {
  if (queue_.empty()) moved_at_ = now;
  queue_.push_back(std::move(batch));
  if (next_ == queue_.end()) --next_;
}

int ProduceWindow::in_flight_max() const {
  if (readable_ == Readable::kYes) return settings_.in_flight_max;
  return std::min(settings_.in_flight_max, kRememberedBatches);
}

// What counts is how far sending is ahead of the first batch without an acknowledgement: a broker
// would not recognize a repetition of that one with too many behind it, acknowledged or not.
bool ProduceWindow::ready(TimePoint now) const {
  if (draining_ || next_ == queue_.end() || now < retry_at_) return false;
  return confirmed_ ? ahead_ < in_flight_max() : in_flight_ == 0;
}

TimePoint ProduceWindow::next_try() const {
  const bool waits = tail_ || (!draining_ && next_ != queue_.end() && in_flight_ == 0);
  return waits ? retry_at_ : kNever;
}

OutgoingBatch& ProduceWindow::send_next() {
  KM_CHECK(!draining_ && next_ != queue_.end(), "ready() was asked first");
  OutgoingBatch& batch = *next_;
  do {
    ++next_;
    ++ahead_;
  } while (next_ != queue_.end() && (next_->acknowledged || next_->found));
  stamp(batch);
  batch.sent = true;
  batch.in_doubt = true;
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

// A batch that was sent again after it had been found in the log was the newest there: its
// acknowledgement says that all those before it have as many replicas as they should.
void ProduceWindow::on_acknowledged(OutgoingBatch& batch, std::int64_t base_offset, TimePoint now) {
  resolved(batch);
  moved_at_ = now;
  batch.acknowledged = true;
  if (base_offset >= 0) batch.log_offset = base_offset;
  if (!confirmed_) {
    for (OutgoingBatch& other : queue_) other.acknowledged |= other.found;
  }
  confirmed_ = true;
  failing_ = false;
  back_off_.reset();
  settle();
  on_drained();
}

ProduceWindow::Action ProduceWindow::on_rejected(OutgoingBatch& batch, ErrorCode code,
                                                 TimePoint now, Random& random) {
  const Action action = judge(batch, code);
  failed(batch, now, random);
  return action;
}

ProduceWindow::Action ProduceWindow::judge(OutgoingBatch& batch, ErrorCode code) {
  const bool is_first = has_nothing_before(batch);
  bool hopeless = !is_retriable(code);
  if (is_sequence_error(code)) {
    // Behind a batch that failed, a gap is what must be seen. At the head it means that the broker
    // has it, and too many behind it to recognize it, or does not know our sequence any more.
    batch.sequence_refused = is_first;
    hopeless = is_first && ++batch.sequence_refusals > kSequenceTries;
  } else if (code == ErrorCode::kCorruptMessage) {
    hopeless = ++batch.corruptions >= kCorruptTries;
  }
  if (hopeless && is_first) return Action::kStopLane;
  return refreshes_metadata(code) ? Action::kRefreshMetadata : Action::kRetry;
}

void ProduceWindow::on_lost(OutgoingBatch& batch, TimePoint now, Random& random) {
  failed(batch, now, random);
}

void ProduceWindow::resolved(OutgoingBatch& batch) {
  KM_CHECK(batch.in_flight, "a request resolves once");
  batch.in_flight = false;
  --in_flight_;
}

// The back-off grows once a drain, however many batches failed in it.
void ProduceWindow::failed(OutgoingBatch& batch, TimePoint now, Random& random) {
  resolved(batch);
  failing_ = true;
  if (!draining_) back_off(now, random);
  draining_ = true;
  on_drained();
}

void ProduceWindow::back_off(TimePoint now, Random& random) {
  retry_at_ = now + back_off_.next(random);
}

bool ProduceWindow::has_nothing_before(const OutgoingBatch& batch) const {
  const auto first = std::find_if(queue_.begin(), queue_.end(), [&](const OutgoingBatch& other) {
    return &other == &batch || !(other.acknowledged || other.found);
  });
  return &*first == &batch;
}

bool ProduceWindow::blocked(TimePoint now) const {
  return !idle() && now - moved_at_ >= kBlockedAfter;
}

bool ProduceWindow::hangs(TimePoint now) const {
  return in_flight_ > 0 && now - moved_at_ >= kHangsAfter;
}

Progress::Entry ProduceWindow::behind_what_stays(const Lane* lane) const {
  Progress::Entry behind = 0;
  const auto look_at = [&](const OutgoingBatch& batch) {
    if (batch.lane == lane) behind = std::max(behind, batch.entry + 1);
  };
  for (const OutgoingBatch& batch : done_) look_at(batch);
  bool is_first = true;
  for (const OutgoingBatch& batch : queue_) {
    if (batch.sent || is_first) look_at(batch);
    is_first = is_first && batch.acknowledged;
  }
  return behind;
}

std::size_t ProduceWindow::give_back(const Lane* lane, Progress::Entry first) {
  std::size_t bytes = 0;
  for (auto batch = queue_.begin(); batch != queue_.end();) {
    if (batch->lane != lane || batch->entry < first) {
      ++batch;
      continue;
    }
    KM_CHECK(!batch->sent && batch != queue_.begin(), "behind_what_stays() was asked first");
    bytes += batch->records.size();
    if (next_ == batch) ++next_;
    batch = queue_.erase(batch);
  }
  return bytes;
}

void ProduceWindow::detach(Budget& budget) {
  for (OutgoingBatch& batch : queue_) {
    if (!batch.in_flight) batch.detach(budget);
  }
}

// What was only found in the log when an epoch began is not sent again in the next one. But until
// Kafka 3.7 (KAFKA-15583) readers saw what fewer replicas than min.insync.replicas have. So it is
// done with the next acknowledgement, if there is anything to send that can have one.
void ProduceWindow::settle() {
  while (!queue_.empty() && queue_.front().acknowledged) {
    const OutgoingBatch& batch = queue_.front();
    if (batch.found && !confirmed_ && next_ != queue_.end()) return;
    if (batch.log_offset >= 0) end_offset_ = batch.log_offset + batch.record_count;
    done_.splice(done_.end(), queue_, queue_.begin());
    --ahead_;
  }
}

}  // namespace kmirror::mirror
