#include "mirror/core/read_ahead.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "protocol/records/batch_reader.h"

namespace kmirror::mirror {

namespace {

using protocol::BatchReader;
using protocol::BatchView;
using protocol::kBatchHeaderBytes;

constexpr std::size_t kFirstAllowed = 4;
constexpr std::size_t kLeastAllowed = 2;
constexpr std::size_t kMostAllowed = 32;

// Ranges that may lie ready, or behind one that has to be asked for again.
constexpr std::size_t kSpare = 2;

// What a range should hold, within limits, since of each a part of a batch comes twice.
constexpr double kBatches = 32;

// What is asked for beyond what is expected, in batches: at least, and how it changes. A range that
// has to be asked for again costs a round trip, many times what it costs to ask for too much.
constexpr double kLeastMargin = 1.0 / 32;
constexpr double kMarginMore = 1.0 / 8;     // where a range was short, besides what was missing
constexpr double kMarginLess = 1.0 / 1024;  // where it was not

// How much the latest answer counts for the size of batches.
constexpr double kWeight = 1.0 / 16;

// Offsets can be anything that fits.
constexpr double kMostOffsets = 1e18;
constexpr std::int64_t kEndOfAll = std::numeric_limits<std::int64_t>::max();

double mean(double sum, std::size_t count) {
  return std::max(1.0, sum / static_cast<double>(count));
}

}  // namespace

Reach reach_of(ConstBytes records, std::int64_t offset) {
  Reach reach{.from = offset, .end = offset, .first = offset, .seen = offset};
  BatchReader reader(records);
  BatchReader::Step step = reader.next();
  for (; step == BatchReader::Step::kBatch; step = reader.next()) {
    const BatchView batch = reader.batch();
    if (reach.batches++ == 0) {
      reach.first = batch.base_offset();
      reach.from = std::min(offset, reach.first);
    }
    reach.bytes += batch.bytes().size();
    reach.end = reach.seen = batch.next_offset();
  }
  if (step == BatchReader::Step::kPartial && reader.rest().size() >= kBatchHeaderBytes) {
    const BatchView cut(reader.rest());
    if (cut.magic() == 2 && protocol::problem_of_header(cut) == nullptr) {
      reach.seen = std::max(reach.seen, cut.next_offset());
    }
  }
  return reach;
}

ReadAhead::ReadAhead(std::size_t range_bytes, const Reach& last, Duration quickest)
    : range_bytes_(range_bytes),
      allowed_(kFirstAllowed),
      quickest_(quickest),
      planned_(last.end),
      anchor_(last.end),
      batch_bytes_(mean(static_cast<double>(last.bytes), last.batches)),
      batch_offsets_(mean(static_cast<double>(last.end - last.first), last.batches)),
      margin_(batch_bytes_ / 8) {
  KM_CHECK(last.batches > 0, "sizes are known from what came");
}

// What came may reach beyond where it was to end.
std::int64_t ReadAhead::next_begin() const {
  return std::max(planned_, anchor_);
}

// In the middle of a batch, counted in batches from where one is known to begin. So the next range
// begins with that batch, even where the guess is half a batch off.
std::int64_t ReadAhead::next_until() const {
  const double few = static_cast<double>(range_bytes_);
  const double bytes = std::clamp(kBatches * batch_bytes_, few, few * 3 / 2) - margin_;
  const double batches = std::max(1.0, std::round(bytes / batch_bytes_));
  const double middle = batches_to(next_begin()) + batches + 0.5;
  const std::int64_t offsets = std::llround(std::min(middle * batch_offsets_, kMostOffsets));
  if (anchor_ > kEndOfAll - offsets) return kEndOfAll;
  return std::max(next_begin() + 1, anchor_ + offsets);
}

// Whole ones, from where one is known to begin.
double ReadAhead::batches_to(std::int64_t offset) const {
  return std::floor(static_cast<double>(offset - anchor_) / batch_offsets_);
}

// Where the first is likely to begin by now may differ from what was thought when it was laid out.
std::size_t ReadAhead::bytes_between(std::int64_t offset, std::int64_t until) const {
  const double batches = std::max(static_cast<double>(until - offset) / batch_offsets_,
                                  batches_to(until) - batches_to(offset));
  const double most = 4 * static_cast<double>(range_bytes_) + batch_bytes_;
  return kBatchHeaderBytes + static_cast<std::size_t>(std::min(batches * batch_bytes_, most)) +
         static_cast<std::size_t>(margin_);
}

std::optional<ReadAhead::Request> ReadAhead::next_request(std::int64_t readable_end) const {
  if (broken_ || under_way_ >= allowed_) return std::nullopt;
  for (std::size_t i = 0; i < ranges_.size(); ++i) {
    const Range& range = ranges_[i];
    if (range.under_way || range.whole) continue;
    return Request{.range = first_ + i,
                   .offset = range.next,
                   .until = range.until,
                   .bytes = bytes_between(range.next, range.until)};
  }
  const std::int64_t until = next_until();
  if (ranges_.size() >= allowed_ + kSpare || until > readable_end) return std::nullopt;
  return Request{.range = first_ + ranges_.size(),
                 .offset = next_begin(),
                 .until = until,
                 .bytes = bytes_between(next_begin(), until)};
}

void ReadAhead::begin(const Request& request) {
  if (request.range == first_ + ranges_.size()) {
    ranges_.push_back({.next = request.offset, .until = request.until});
    planned_ = request.until;
  }
  ranges_[request.range - first_].under_way = true;
  ++under_way_;
}

void ReadAhead::on_answer(std::uint64_t number, Chunk chunk, Duration took) {
  Range& range = ranges_[number - first_];
  KM_CHECK(range.under_way, "each request is answered once");
  range.under_way = false;
  --under_way_;
  const Reach reach = chunk.reach;
  if (reach.batches == 0 || reach.end <= range.next) {
    broken_ = true;
    return;
  }
  measure(reach);
  range.chunks.push_back(std::move(chunk));
  range.next = reach.end;
  // The next one begins with the batch that is cut here, or does not reach back to it.
  range.whole = range.until <= reach.end || range.until < reach.seen;
  const double missing = static_cast<double>(range.until - reach.seen) / batch_offsets_;
  margin_ += batch_bytes_ * (range.whole ? -kMarginLess : missing + kMarginMore);
  const double most = std::max(2 * batch_bytes_, static_cast<double>(range_bytes_) / 2);
  margin_ = std::clamp(margin_, batch_bytes_ * kLeastMargin, most);
  adapt(took);
}

void ReadAhead::measure(const Reach& reach) {
  anchor_ = std::max(anchor_, reach.end);
  const double bytes = mean(static_cast<double>(reach.bytes), reach.batches);
  const double offsets = mean(static_cast<double>(reach.end - reach.first), reach.batches);
  batch_bytes_ += kWeight * (bytes - batch_bytes_);
  batch_offsets_ += kWeight * (offsets - batch_offsets_);
}

// What lies ready and is not taken does not come too slowly.
void ReadAhead::adapt(Duration took) {
  const bool all_were_under_way = under_way_ + 1 >= allowed_;
  quickest_ = std::min(quickest_, took);
  if (took > 2 * quickest_ || waiting() > kSpare) {
    allowed_ = std::max(allowed_ - 1, kLeastAllowed);
  } else if (took < quickest_ * 3 / 2 && all_were_under_way) {
    allowed_ = std::min(allowed_ + 1, kMostAllowed);
  }
}

// Chunks that could be taken now.
std::size_t ReadAhead::waiting() const {
  std::size_t count = 0;
  for (const Range& range : ranges_) {
    count += range.chunks.size();
    if (!range.whole) break;
  }
  return count;
}

std::optional<ReadAhead::Chunk> ReadAhead::next_chunk(std::int64_t position) {
  if (broken_ || ranges_.empty() || ranges_.front().chunks.empty()) return std::nullopt;
  Range& range = ranges_.front();
  // The position was taken back, or the log was compacted between two requests.
  if (position < range.chunks.front().reach.from) {
    broken_ = true;
    return std::nullopt;
  }
  Chunk chunk = std::move(range.chunks.front());
  range.chunks.erase(range.chunks.begin());
  if (range.whole && range.chunks.empty()) {
    ranges_.pop_front();
    ++first_;
  }
  return chunk;
}

}  // namespace kmirror::mirror
