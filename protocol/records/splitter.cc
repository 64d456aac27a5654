#include "protocol/records/splitter.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "protocol/records/check_records.h"
#include "protocol/records/legacy_cursor.h"
#include "protocol/records/partitioner.h"
#include "protocol/records/record_cursor.h"

namespace kmirror::protocol {

namespace {

// Java's producer moves on to the next partition after batch.size bytes as well (KIP-794).
constexpr std::size_t kKeylessRunBytes = 16 * 1024;

// zstd takes larger tables for more than this, which no longer fit into a core's cache.
constexpr std::size_t kCompressedBatchBytes = 128 << 10;

}  // namespace

Splitter::Splitter(std::int32_t partitions, compression::Codec codec, std::size_t max_batch_bytes,
                   std::int32_t first_keyless_partition, std::optional<int> compression_level)
    : compresses_(codec != compression::Codec::kNone),
      max_batch_bytes_(std::min(max_batch_bytes, kMaxPayloadBytes)),
      batch_bytes_(max_batch_bytes_) {
  KM_CHECK(partitions >= 1 && first_keyless_partition >= 0, "a topic has partitions");
  keyless_partition_ = first_keyless_partition % partitions;
  targets_.reserve(static_cast<std::size_t>(partitions));
  for (std::int32_t i = 0; i < partitions; ++i) {
    targets_.push_back({BatchBuilder(codec, compression_level), {}});
  }
}

// Whoever chose large batches keeps what they save.
void Splitter::begin_source(ConstBytes payload) {
  if (!compresses_) return;
  const std::size_t source_bytes = kBatchHeaderBytes + payload.size();
  batch_bytes_ = std::min(std::max(source_bytes, kCompressedBatchBytes), max_batch_bytes_);
}

std::int32_t Splitter::route(const std::optional<ConstBytes>& key, std::size_t body_bytes) {
  const auto partitions = static_cast<std::int32_t>(targets_.size());
  if (key) return partition_for_key(*key, partitions);
  if (keyless_run_bytes_ >= kKeylessRunBytes) {
    keyless_partition_ = (keyless_partition_ + 1) % partitions;
    keyless_run_bytes_ = 0;
  }
  keyless_run_bytes_ += body_bytes;
  return keyless_partition_;
}

// Where the record goes, with room for it.
BatchBuilder& Splitter::builder_for(const std::optional<ConstBytes>& key, std::int64_t timestamp_ms,
                                    std::size_t body_bytes) {
  Target& target = targets_[static_cast<std::size_t>(route(key, body_bytes))];
  if (!target.builder.empty() && !target.builder.fits(timestamp_ms, body_bytes, batch_bytes_)) {
    target.full.push_back(target.builder.finish());
  }
  return target.builder;
}

std::optional<Malformed> Splitter::add(const BatchView& source, ConstBytes payload,
                                       std::int64_t first_offset,
                                       const std::shared_ptr<const void>& owner) {
  // A pass of its own, so that a batch is taken whole or not at all.
  if (auto problem = find_problem(source, payload)) return problem;
  begin_source(payload);
  RecordCursor cursor(payload, source.record_count());
  RecordView record;
  while (cursor.next(record)) {
    if (source.offset_at(record.offset_delta) < first_offset) continue;
    const std::int64_t timestamp_ms = source.timestamp_at(record.timestamp_delta_ms);
    builder_for(record.key, timestamp_ms, record.body.size())
        .append_shared(timestamp_ms, record.body, owner);
  }
  return std::nullopt;
}

std::optional<Malformed> Splitter::add(const LegacyMessageView& source, ConstBytes payload,
                                       std::int64_t first_offset) {
  if (auto problem = find_problem(source, payload)) return problem;
  begin_source(payload);
  LegacyCursor cursor(source, payload);
  LegacyRecord record;
  while (cursor.next(record)) {
    if (record.offset < first_offset) continue;
    builder_for(record.key, record.timestamp_ms, body_bytes(record.key, record.value))
        .append(record.timestamp_ms, record.key, record.value);
  }
  return std::nullopt;
}

std::vector<SplitBatch> Splitter::finish() {
  std::vector<SplitBatch> result;
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    Target& target = targets_[i];
    if (!target.builder.empty()) target.full.push_back(target.builder.finish());
    for (BuiltBatch& batch : target.full) {
      result.push_back({static_cast<std::int32_t>(i), std::move(batch)});
    }
    target.full.clear();
  }
  return result;
}

}  // namespace kmirror::protocol
