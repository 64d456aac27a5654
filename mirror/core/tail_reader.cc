#include "mirror/core/tail_reader.h"

#include <algorithm>
#include <utility>

#include "protocol/records/batch_reader.h"

namespace kmirror::mirror {

namespace {

// By what factor the bound is looked for further behind each time. It lies at most so many times as
// far behind the high watermark as the log's end does.
constexpr std::int64_t kFurther = 10;

// No log is so long.
constexpr std::int64_t kOffsetMax = std::int64_t{1} << 58;

}  // namespace

using protocol::BatchReader;
using protocol::ErrorCode;

TailReader::Step TailReader::on_fetched(const protocol::FetchResponse::Partition& answer) {
  const bool out_of_range = answer.error_code == ErrorCode::kOffsetOutOfRange;
  if (answer.error_code == ErrorCode::kTopicAuthorizationFailed) return Step::kRefused;
  if (answer.error_code != ErrorCode::kNone && !out_of_range) return Step::kFailed;
  if (further_ > 0) return on_looked(out_of_range);
  if (!out_of_range) return read(answer);
  wants_log_start_ = true;
  return Step::kReadOn;
}

TailReader::Step TailReader::on_log_start(std::int64_t log_start) {
  wants_log_start_ = false;
  if (log_start > position_) {
    position_ = offset_ = deleted_before_ = log_start;
    bound_ = kNoBound;  // What was out of range may have been deleted, too.
    return Step::kReadOn;
  }
  // In the midst of it, the log was cut off meanwhile.
  cut_off_ = position_ == from_;
  return cut_off_ ? Step::kWhole : Step::kFailed;
}

TailReader::Step TailReader::read(const protocol::FetchResponse::Partition& answer) {
  if (answer.records && !take_all(answer.records->bytes())) return Step::kFailed;
  offset_ = position_;
  if (position_ >= bound_) return Step::kWhole;
  // The high watermark of a new leader may be behind where the old one's was.
  seen_end_ = std::max(position_, answer.high_watermark);
  return bound_ < kNoBound && position_ < seen_end_ ? Step::kReadOn : look_for_bound(1);
}

TailReader::Step TailReader::look_for_bound(std::int64_t further) {
  if (seen_end_ > kOffsetMax || further > kOffsetMax) return Step::kFailed;
  further_ = further;
  offset_ = seen_end_ + further;
  return Step::kReadOn;
}

TailReader::Step TailReader::on_looked(bool out_of_range) {
  if (!out_of_range) return look_for_bound(further_ * kFurther);
  bound_ = std::min(bound_, offset_ - 1);
  further_ = 0;
  offset_ = position_;
  // At the bound one more read has to say that what was out of range had not been deleted.
  const bool is_near = position_ < seen_end_ || position_ >= bound_;
  return is_near ? Step::kReadOn : Step::kReadOnLater;
}

// False where the bytes make no sense.
bool TailReader::take_all(ConstBytes records) {
  BatchReader reader(records);
  for (;;) {
    switch (reader.next()) {
      case BatchReader::Step::kBatch:
        take(reader.batch());
        break;
      case BatchReader::Step::kLegacy:
        position_ = std::max(position_, reader.offset() + 1);
        break;
      case BatchReader::Step::kMalformed:
        return false;
      case BatchReader::Step::kPartial:
      case BatchReader::Step::kEnd:
        return true;
    }
  }
}

void TailReader::take(const protocol::BatchView& batch) {
  if (batch.next_offset() <= position_) return;
  position_ = batch.next_offset();
  if (batch.producer_id() != producer_id_) return;
  batches_.push_back({.base_offset = batch.base_offset(),
                      .record_count = batch.last_offset_delta() + 1,
                      .epoch = batch.producer_epoch(),
                      .base_sequence = batch.base_sequence()});
}

}  // namespace kmirror::mirror
