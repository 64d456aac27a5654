#include "broker/core/log.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/check.h"
#include "broker/core/markers.h"
#include "protocol/records/batch_reader.h"

namespace kmirror::broker {

using protocol::BatchView;
namespace field = protocol::batch_field;

namespace {

bool ends_before(const LogBatch& batch, std::int64_t offset) {
  return batch.view().last_offset() < offset;
}

// The first batch that contains `offset` or lies behind it.
auto find_batch(const std::vector<LogBatch>& batches, std::int64_t offset) {
  return std::lower_bound(batches.begin(), batches.end(), offset, ends_before);
}

// Returns where the transaction began that the batch ends, if it does.
std::optional<std::int64_t> tell(ProducerStates& producers, const BatchView& batch) {
  if (!batch.is_control()) {
    producers.on_append(batch);
    return std::nullopt;
  }
  const auto marker = read_marker(batch);
  return marker ? producers.on_marker(batch, marker->coordinator_epoch) : std::nullopt;
}

}  // namespace

std::size_t Log::size_bytes() const {
  std::size_t size = 0;
  for (const Segment& segment : segments_) size += segment.size_bytes;
  return size;
}

std::int64_t Log::append(Buffer batch, std::int32_t leader_epoch, std::size_t segment_bytes) {
  const Segment& active = segments_.back();
  if (!active.batches.empty() && active.size_bytes + batch.size() > segment_bytes) roll();
  const std::int64_t base_offset = end_offset_;
  push(std::move(batch), leader_epoch);
  return base_offset;
}

std::int64_t Log::append_marker(std::int64_t producer_id, std::int16_t producer_epoch, bool commit,
                                std::int32_t coordinator_epoch, std::int64_t now_ms,
                                std::int32_t leader_epoch) {
  const std::int64_t offset = end_offset_;
  push(make_marker({.producer_id = producer_id,
                    .producer_epoch = producer_epoch,
                    .commit = commit,
                    .coordinator_epoch = coordinator_epoch,
                    .timestamp_ms = now_ms}),
       leader_epoch);
  return offset;
}

void Log::push(Buffer batch, std::int32_t leader_epoch) {
  store_be(batch.data() + field::kBaseOffset, end_offset_);
  store_be(batch.data() + field::kLeaderEpoch, leader_epoch);
  Segment& active = segments_.back();
  active.batches.push_back({std::make_shared<const Buffer>(std::move(batch))});
  const LogBatch& added = active.batches.back();
  active.size_bytes += added.size();
  active.max_timestamp_ms = std::max(active.max_timestamp_ms, added.view().max_timestamp_ms());
  end_offset_ = added.view().next_offset();
  take_note(added.view());
}

void Log::take_note(const BatchView& batch) {
  if (epochs_.empty() || epochs_.back().epoch < batch.leader_epoch()) {
    epochs_.push_back({batch.leader_epoch(), batch.base_offset()});
  }
  const auto ended = tell(producers_, batch);
  if (ended) {
    open_transactions_.erase(*ended);
    ended_transactions_.push_back({*ended, batch.base_offset()});
    if (!read_marker(batch)->commit) {
      aborted_.push_back({batch.producer_id(), *ended, batch.base_offset()});
    }
  }
  if (batch.is_control() || !batch.is_transactional()) return;
  const auto* const state = producers_.find(batch.producer_id());
  if (state != nullptr && state->transaction_first_offset) {
    open_transactions_.insert(*state->transaction_first_offset);
  }
}

std::size_t Log::segment_of(std::int64_t offset) const {
  std::size_t i = segments_.size() - 1;
  while (i > 0 && segments_[i].base_offset > offset) --i;
  return i;
}

std::vector<LogSlice> Log::read(std::int64_t offset, std::int64_t limit_offset,
                                std::size_t bytes_max, bool whole_first) const {
  std::vector<LogSlice> slices;
  if (offset >= limit_offset) return slices;
  for (std::size_t i = segment_of(offset); i < segments_.size() && slices.empty(); ++i) {
    const auto& batches = segments_[i].batches;
    std::size_t left = bytes_max;
    for (auto at = find_batch(batches, offset); at != batches.end(); ++at) {
      if (at->view().base_offset() >= limit_offset) return slices;
      const bool whole = slices.empty() && whole_first;
      const std::size_t size = whole ? at->size() : std::min(left, at->size());
      if (size == 0) return slices;
      slices.push_back({at->bytes, ConstBytes(*at->bytes).first(size)});
      left -= std::min(left, size);
    }
  }
  return slices;
}

std::int64_t Log::last_stable_offset(std::int64_t high_watermark) const {
  std::int64_t stable = high_watermark;
  if (!open_transactions_.empty()) stable = std::min(stable, *open_transactions_.begin());
  const auto& all = ended_transactions_;
  for (auto ended = all.rbegin(); ended != all.rend(); ++ended) {
    if (ended->marker_offset < high_watermark) break;
    stable = std::min(stable, ended->first_offset);
  }
  return std::max(stable, start_offset_);
}

std::vector<AbortedTransaction> Log::aborted_between(std::int64_t offset,
                                                     std::int64_t limit_offset) const {
  std::vector<AbortedTransaction> found;
  for (const AbortedTransaction& one : aborted_) {
    if (one.last_offset >= offset && one.first_offset < limit_offset) found.push_back(one);
  }
  return found;
}

void Log::begin_epoch(std::int32_t epoch) {
  std::erase_if(epochs_, [this](const Epoch& one) { return one.start_offset >= end_offset_; });
  epochs_.push_back({epoch, end_offset_});
}

EpochEnd Log::end_of_epoch(std::int32_t epoch) const {
  if (epochs_.empty() || epoch < 0) return {};
  if (epoch == epochs_.back().epoch) return {epoch, end_offset_};
  const auto later =
      std::upper_bound(epochs_.begin(), epochs_.end(), epoch,
                       [](std::int32_t e, const Epoch& one) { return e < one.epoch; });
  if (later == epochs_.end()) return {};
  if (later == epochs_.begin()) return {epoch, later->start_offset};
  return {std::prev(later)->epoch, later->start_offset};
}

EpochEnd Log::end_of_epoch(std::int32_t epoch, std::int64_t follower_end) const {
  const std::int32_t newest = epoch_at(follower_end - 1);
  if (epoch > newest) return {};
  return epoch == newest ? EpochEnd{epoch, follower_end} : end_of_epoch(epoch);
}

std::int32_t Log::epoch_at(std::int64_t offset) const {
  std::int32_t epoch = -1;
  for (const Epoch& one : epochs_) {
    if (one.start_offset <= offset) epoch = one.epoch;
  }
  return epoch;
}

void Log::advance_start(std::int64_t offset) {
  start_offset_ = std::max(start_offset_, offset);
  while (segments_.size() > 1 && segments_[1].base_offset <= start_offset_) segments_.pop_front();
  std::erase_if(aborted_, [this](const auto& one) { return one.last_offset < start_offset_; });
  std::erase_if(ended_transactions_,
                [this](const auto& one) { return one.marker_offset < start_offset_; });
  // The epoch of the first offset that is left begins there.
  while (epochs_.size() > 1 && epochs_[1].start_offset <= start_offset_) {
    epochs_.erase(epochs_.begin());
  }
  if (!epochs_.empty()) {
    epochs_[0].start_offset = std::max(epochs_[0].start_offset, start_offset_);
  }
}

void Log::truncate(std::int64_t offset) {
  if (offset >= end_offset_) return;
  const std::set<std::int64_t> producers = drop_batches_from(offset);
  end_offset_ = std::max(offset, start_offset_);
  last_sweep_.end_offset = std::min(last_sweep_.end_offset, end_offset_);
  std::erase_if(epochs_, [offset](const Epoch& one) { return one.start_offset >= offset; });
  std::erase_if(aborted_, [offset](const auto& one) { return one.last_offset >= offset; });
  std::erase_if(ended_transactions_,
                [offset](const auto& one) { return one.marker_offset >= offset; });
  restore_producers(producers);
  open_transactions_.clear();
  for (const auto& [id, state] : producers_.all()) {
    if (state.transaction_first_offset) open_transactions_.insert(*state.transaction_first_offset);
  }
}

// Returns the producers of what is dropped.
std::set<std::int64_t> Log::drop_batches_from(std::int64_t offset) {
  std::set<std::int64_t> producers;
  for (;;) {
    Segment& active = segments_.back();
    const auto first = find_batch(active.batches, offset);
    for (auto at = first; at != active.batches.end(); ++at) {
      producers.insert(at->view().producer_id());
    }
    active.batches.erase(first, active.batches.end());
    if (segments_.size() == 1 || active.base_offset < offset) break;
    segments_.pop_back();
  }
  Segment& active = segments_.back();
  active.size_bytes = 0;
  active.max_timestamp_ms = -1;
  for (const LogBatch& batch : active.batches) {
    active.size_bytes += batch.size();
    active.max_timestamp_ms = std::max(active.max_timestamp_ms, batch.view().max_timestamp_ms());
  }
  return producers;
}

// They are known as the log tells it, and as the last sweep left them. Of the others nothing has
// changed; the log may not tell of them any more.
void Log::restore_producers(const std::set<std::int64_t>& ids) {
  ProducerStates told(producers_.rules());
  bool is_swept = false;
  for (const Segment& segment : segments_) {
    for (const LogBatch& stored : segment.batches) {
      const BatchView batch = stored.view();
      if (!is_swept && batch.base_offset() >= last_sweep_.end_offset) {
        told.expire(last_sweep_.newest_ms_until);
        is_swept = true;
      }
      if (ids.contains(batch.producer_id())) tell(told, batch);
    }
  }
  if (!is_swept) told.expire(last_sweep_.newest_ms_until);
  producers_.replace(ids, told);
}

void Log::expire_producers(std::int64_t newest_ms_until) {
  last_sweep_ = {end_offset_, newest_ms_until};
  producers_.expire(newest_ms_until);
}

void Log::reload_producers(std::int64_t newest_ms_until) {
  producers_.keep_last_batches();
  expire_producers(newest_ms_until);
}

void Log::retain(std::int64_t newest_ms_before, std::size_t size_bytes_max,
                 std::int64_t high_watermark) {
  const auto end_of = [this](std::size_t i) {
    return i + 1 < segments_.size() ? segments_[i + 1].base_offset : end_offset_;
  };
  const auto is_due = [&](const Segment& segment) {
    return segment.max_timestamp_ms < newest_ms_before ||
           size_bytes() - segment.size_bytes >= size_bytes_max;
  };
  while (!segments_.front().batches.empty() && end_of(0) <= high_watermark &&
         is_due(segments_.front())) {
    if (segments_.size() == 1) roll();
    advance_start(segments_[1].base_offset);
  }
}

// After compaction: segments without batches, and aborted transactions without data. To tell
// readers of those would make them drop what the same producer committed later, once the marker is
// gone.
void Log::forget_emptied() {
  for (std::size_t i = 0; i + 1 < segments_.size();) {
    if (!segments_[i].batches.empty()) {
      ++i;
      continue;
    }
    segments_[i + 1].base_offset = segments_[i].base_offset;
    segments_.erase(segments_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  std::erase_if(aborted_, [this](const AbortedTransaction& one) {
    return std::ranges::none_of(segments_, [&one](const Segment& segment) {
      return std::ranges::any_of(segment.batches, [&one](const LogBatch& stored) {
        const BatchView batch = stored.view();
        return batch.producer_id() == one.producer_id && !batch.is_control() &&
               batch.is_transactional() && batch.base_offset() >= one.first_offset &&
               batch.base_offset() < one.last_offset;
      });
    });
  });
}

void Log::roll() {
  if (segments_.back().batches.empty()) return;
  segments_.emplace_back().base_offset = end_offset_;
}

}  // namespace kmirror::broker
