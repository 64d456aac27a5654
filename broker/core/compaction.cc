#include "broker/core/compaction.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "broker/core/limits.h"
#include "broker/core/markers.h"
#include "protocol/records/batch_crc.h"
#include "protocol/records/open_batch.h"
#include "protocol/records/record_cursor.h"
#include "protocol/wire/varint.h"

namespace kmirror::broker {

using protocol::BatchView;
using protocol::RecordCursor;
using protocol::RecordView;
namespace field = protocol::batch_field;
namespace attribute = protocol::batch_attribute;

namespace {

using NewestOffsets = std::map<std::string, std::int64_t, std::less<>>;

// Goes along with a pass over the log, and tells what transactions have come to.
class TransactionsOnTheWay {
 public:
  explicit TransactionsOnTheWay(std::vector<AbortedTransaction> aborted)
      : aborted_(std::move(aborted)) {
    std::ranges::sort(aborted_, {}, &AbortedTransaction::first_offset);
  }

  // Whether the batch is of an aborted transaction.
  bool on_data(const BatchView& batch) {
    catch_up(batch.last_offset());
    if (!batch.is_transactional()) return false;
    const auto found = open_aborted_.find(batch.producer_id());
    if (found == open_aborted_.end()) {
      open_committed_.insert(batch.producer_id());
      return false;
    }
    found->second = true;
    return true;
  }

  // Whether the transaction that the marker ends has no batch left.
  bool on_marker(const BatchView& batch) {
    catch_up(batch.last_offset());
    if (batch.record_count() == 0) return true;
    const auto marker = read_marker(batch);
    if (!marker) return false;
    if (marker->commit) return open_committed_.erase(batch.producer_id()) == 0;
    const auto found = open_aborted_.extract(batch.producer_id());
    return found.empty() || !found.mapped();
  }

 private:
  void catch_up(std::int64_t offset) {
    while (next_ < aborted_.size() && aborted_[next_].first_offset <= offset) {
      open_aborted_.emplace(aborted_[next_++].producer_id, false);
    }
  }

  std::vector<AbortedTransaction> aborted_;
  std::size_t next_ = 0;
  std::map<std::int64_t, bool> open_aborted_;  // whether a batch was seen
  std::set<std::int64_t> open_committed_;
};

// Calls `visit` with each record of a batch; nothing where it cannot be opened.
template <class Visit>
bool for_each_record(const BatchView& batch, Visit visit) {
  Buffer scratch;
  const auto opened = protocol::open_batch(batch, kMaxDecompressedBytes, scratch);
  if (opened.error != protocol::OpenError::kNone) return false;
  RecordCursor cursor(opened.payload, batch.record_count());
  RecordView record;
  while (cursor.next(record)) visit(record);
  return cursor.ok();
}

std::vector<AbortedTransaction> aborted_of(const Log& log) {
  return log.aborted_between(log.start_offset(), log.end_offset());
}

NewestOffsets find_newest(const Log& log, std::int64_t limit_offset) {
  NewestOffsets newest;
  TransactionsOnTheWay transactions(aborted_of(log));
  for (std::size_t i = 0; i + 1 < log.segments().size(); ++i) {
    for (const LogBatch& stored : log.segments()[i].batches) {
      const BatchView batch = stored.view();
      if (batch.last_offset() >= limit_offset) return newest;
      if (batch.is_control()) {
        transactions.on_marker(batch);
        continue;
      }
      if (transactions.on_data(batch)) continue;
      for_each_record(batch, [&](const RecordView& record) {
        if (!record.key) return;
        newest[std::string(as_text(*record.key))] = batch.offset_at(record.offset_delta);
      });
    }
  }
  return newest;
}

// The batches, or the markers, that tell the last sequence or epoch of producers that are known.
bool is_last_of_producer(const Log& log, const BatchView& batch) {
  const auto* const state = log.producers().find(batch.producer_id());
  if (state == nullptr) return false;
  if (state->batches.empty()) {
    return batch.is_control() && batch.producer_epoch() == state->epoch;
  }
  return !batch.is_control() && batch.base_offset() == state->batches.back().first_offset;
}

// What stays of one batch.
class Rewrite {
 public:
  Rewrite(const BatchView& batch, const CompactionRules& rules) : batch_(batch), rules_(rules) {}

  std::optional<std::int64_t> delete_horizon_ms() const {
    if (!batch_.has_delete_horizon()) return std::nullopt;
    return batch_.base_timestamp_ms();
  }

  bool is_past_horizon() const {
    const auto horizon = delete_horizon_ms();
    return horizon && *horizon <= rules_.now_ms;
  }

  void keep(const RecordView& record) {
    const std::int64_t timestamp_ms = batch_.timestamp_at(record.timestamp_delta_ms);
    if (kept_ == 0) first_timestamp_ms_ = timestamp_ms;
    max_timestamp_ms_ = std::max(max_timestamp_ms_, timestamp_ms);
    has_tombstone_ = has_tombstone_ || !record.value;
    records_.push_back(
        {timestamp_ms, record.offset_delta, Buffer(record.body.begin(), record.body.end())});
    ++kept_;
  }

  // Has to be counted from now on what tombstones or a marker live on for.
  void start_horizon() { starts_horizon_ = true; }

  std::int32_t kept() const { return kept_; }
  bool changes() const {
    return kept_ != batch_.record_count() ||
           ((has_tombstone_ || starts_horizon_) && !batch_.has_delete_horizon());
  }

  Buffer bytes() const {
    Buffer bytes = header();
    auto horizon = delete_horizon_ms();
    if (!horizon && (has_tombstone_ || starts_horizon_)) {
      horizon = rules_.now_ms + rules_.delete_retention_ms;
    }
    const std::int64_t base_ms = horizon.value_or(first_timestamp_ms_);
    const auto codec = kept_ == 0 ? compression::Codec::kNone : *batch_.codec();
    compression::Compressor compressor(codec);
    for (const Record& record : records_) append(compressor, record, base_ms);
    compressor.finish(bytes);
    int attributes = batch_.attributes() & ~(attribute::kCodecMask | attribute::kDeleteHorizon);
    attributes |= static_cast<int>(codec);
    if (horizon && kept_ > 0) attributes |= attribute::kDeleteHorizon;
    store_be(bytes.data() + field::kAttributes, static_cast<std::int16_t>(attributes));
    store_be(bytes.data() + field::kBaseTimestamp, kept_ == 0 ? std::int64_t{-1} : base_ms);
    if (kept_ > 0) store_be(bytes.data() + field::kMaxTimestamp, max_timestamp_ms_);
    store_be(bytes.data() + field::kRecordCount, kept_);
    store_be(bytes.data() + field::kBatchLength,
             static_cast<std::int32_t>(bytes.size() - protocol::kBatchPrefixBytes));
    protocol::write_crc(bytes);
    return bytes;
  }

 private:
  struct Record {
    std::int64_t timestamp_ms;
    std::int32_t offset_delta;
    Buffer body;
  };

  Buffer header() const {
    const ConstBytes header = batch_.bytes().first(protocol::kBatchHeaderBytes);
    return Buffer(header.begin(), header.end());
  }

  static void append(compression::Compressor& to, const Record& record, std::int64_t base_ms) {
    std::uint8_t fields[1 + protocol::kMaxVarlongBytes + protocol::kMaxVarintBytes] = {0};
    std::uint8_t* end = protocol::write_varlong(fields + 1, record.timestamp_ms - base_ms);
    end = protocol::write_varint(end, record.offset_delta);
    const auto size = static_cast<std::size_t>(end - fields);
    std::uint8_t length[protocol::kMaxVarintBytes];
    const std::uint8_t* const length_end =
        protocol::write_varint(length, static_cast<std::int32_t>(size + record.body.size()));
    to.append({length, static_cast<std::size_t>(length_end - length)});
    to.append({fields, size});
    to.append(record.body);
  }

  const BatchView batch_;
  const CompactionRules& rules_;
  std::vector<Record> records_;
  std::int32_t kept_ = 0;
  std::int64_t first_timestamp_ms_ = -1;
  std::int64_t max_timestamp_ms_ = -1;
  bool has_tombstone_ = false;
  bool starts_horizon_ = false;
};

class Cleaner {
 public:
  Cleaner(const Log& log, const CompactionRules& rules)
      : log_(log),
        rules_(rules),
        newest_(find_newest(log, rules.limit_offset)),
        transactions_(aborted_of(log)) {}

  // What stays of the batch; null for nothing.
  std::shared_ptr<const Buffer> clean(const LogBatch& stored) {
    const BatchView batch = stored.view();
    if (batch.last_offset() >= rules_.limit_offset) return stored.bytes;
    Rewrite rewrite(batch, rules_);
    const bool is_spent =
        batch.is_control() ? transactions_.on_marker(batch) : transactions_.on_data(batch);
    const bool drops_all = is_spent && (!batch.is_control() || rewrite.is_past_horizon());
    if (is_spent && batch.is_control()) rewrite.start_horizon();
    const bool is_whole = for_each_record(batch, [&](const RecordView& record) {
      if (!drops_all && stays(batch, rewrite, record)) rewrite.keep(record);
    });
    if (!is_whole) return stored.bytes;
    if (rewrite.kept() == 0) {
      const bool is_last = batch.next_offset() == rules_.limit_offset;
      if (!is_last && !is_last_of_producer(log_, batch)) return nullptr;
      if (batch.record_count() == 0) return stored.bytes;
    }
    if (!rewrite.changes()) return stored.bytes;
    return std::make_shared<const Buffer>(rewrite.bytes());
  }

 private:
  bool stays(const BatchView& batch, const Rewrite& rewrite, const RecordView& record) const {
    if (batch.is_control()) return true;
    if (!record.key) return false;
    const auto newest = newest_.find(as_text(*record.key));
    const bool is_newest =
        newest == newest_.end() || batch.offset_at(record.offset_delta) >= newest->second;
    return is_newest && (record.value || !rewrite.is_past_horizon());
  }

  const Log& log_;
  const CompactionRules& rules_;
  NewestOffsets newest_;
  TransactionsOnTheWay transactions_;
};

}  // namespace

void compact(Log& log, const CompactionRules& rules) {
  Cleaner cleaner(log, rules);
  log.rewrite_closed_segments([&cleaner](const LogBatch& batch) { return cleaner.clean(batch); });
}

}  // namespace kmirror::broker
