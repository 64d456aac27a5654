#include "mirror/core/tail_reader.h"

#include <algorithm>
#include <utility>

#include "protocol/records/batch_reader.h"

namespace kmirror::mirror {

namespace {

// By what factor one looks further each time, when a log does not end at its high watermark.
constexpr std::int64_t kFurther = 1000;

}  // namespace

using protocol::BatchReader;
using protocol::ErrorCode;

TailReader::Step TailReader::on_fetched(const protocol::FetchResponse::Partition& answer) {
  const bool out_of_range = answer.error_code == ErrorCode::kOffsetOutOfRange;
  if (answer.error_code == ErrorCode::kTopicAuthorizationFailed) return Step::kRefused;
  if (answer.error_code != ErrorCode::kNone && !out_of_range) return Step::kFailed;
  if (beyond_ > 0) return look_beyond(out_of_range);
  if (!out_of_range) return read(answer);
  // In the midst of it, the log was cut off meanwhile.
  lost_ = position_ == from_;
  return lost_ ? Step::kWhole : Step::kFailed;
}

TailReader::Step TailReader::read(const protocol::FetchResponse::Partition& answer) {
  if (answer.records && !take_all(answer.records->bytes())) return Step::kFailed;
  offset_ = position_;
  if (position_ < answer.high_watermark) return Step::kReadOn;
  if (bound_ && position_ >= *bound_) return Step::kWhole;
  // That of a new leader may be behind where the old one's was.
  if (position_ > answer.high_watermark) return Step::kReadOnLater;
  beyond_ = 1;
  offset_ = position_ + beyond_;
  return Step::kReadOn;
}

TailReader::Step TailReader::look_beyond(bool out_of_range) {
  if (out_of_range && beyond_ == 1) return Step::kWhole;
  if (!out_of_range && !bound_) {
    beyond_ *= kFurther;
    offset_ = position_ + beyond_;
    return Step::kReadOn;
  }
  if (out_of_range) bound_ = position_ + beyond_ - 1;
  beyond_ = 0;
  offset_ = position_;
  return Step::kReadOnLater;
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
