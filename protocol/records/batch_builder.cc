#include "protocol/records/batch_builder.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "base/check.h"
#include "base/crc32c.h"

namespace kmirror::protocol {

namespace {

// Most batches of a lane at the head of its log are small; large ones need few blocks.
constexpr std::size_t kFirstBlockBytes = 1024;
constexpr std::size_t kLargestBlockBytes = 64 << 10;
constexpr std::size_t kBlockGrowth = 4;
// Below this a copy costs less than two further pieces in every list on the way to the kernel, and
// in the checksum: see ARCHITECTURE.md, section 9.
constexpr std::size_t kCopyBelowBytes = 4096;
constexpr std::size_t kMaxBatchBytes = std::numeric_limits<std::int32_t>::max();

// Timestamps come from outside: their difference wraps around, as in Java.
std::int64_t difference(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

// The record behind its length: attributes, timestamp delta, offset delta, body.
std::size_t record_length(std::int64_t timestamp_delta_ms, std::int32_t offset_delta,
                          std::size_t body_bytes) {
  return 1 + varlong_size(timestamp_delta_ms) + varint_size(offset_delta) + body_bytes;
}

std::size_t nullable_size(const std::optional<ConstBytes>& field) {
  if (!field) return varint_size(-1);
  return varint_size(static_cast<std::int32_t>(field->size())) + field->size();
}

std::uint8_t* write_bytes(std::uint8_t* to, ConstBytes bytes) {
  // An empty span may have no address, which memcpy does not take.
  if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  return to + bytes.size();
}

std::uint8_t* write_nullable(std::uint8_t* to, const std::optional<ConstBytes>& field) {
  if (!field) return write_varint(to, -1);
  return write_bytes(write_varint(to, static_cast<std::int32_t>(field->size())), *field);
}

}  // namespace

std::size_t body_bytes(const std::optional<ConstBytes>& key, const std::optional<ConstBytes>& value,
                       std::span<const RecordHeader> headers) {
  std::size_t bytes = nullable_size(key) + nullable_size(value) +
                      varint_size(static_cast<std::int32_t>(headers.size()));
  for (const auto& header : headers) {
    bytes += nullable_size(header.key) + nullable_size(header.value);
  }
  return bytes;
}

BatchBuilder::BatchBuilder(compression::Codec codec, std::optional<int> level)
    : codec_(codec), level_(level) {
  compression::check_level(codec, level);
}

std::uint8_t* BatchBuilder::room(std::size_t bytes) {
  if (static_cast<std::size_t>(block_end_ - at_) < bytes) begin_block(bytes);
  return at_;
}

void BatchBuilder::begin_block(std::size_t bytes) {
  end_piece();
  const std::size_t size = std::max(bytes, next_block_bytes_);
  const auto block = std::make_shared_for_overwrite<std::uint8_t[]>(size);
  next_block_bytes_ = std::min(next_block_bytes_ * kBlockGrowth, kLargestBlockBytes);
  piece_ = at_ = block.get();
  block_end_ = at_ + size;
  batch_.owners.push_back(block);
}

void BatchBuilder::end_piece() {
  if (at_ != piece_) batch_.pieces.emplace_back(piece_, at_);
  piece_ = at_;
}

// Writes everything in front of the body, and makes room for as much of the body as is copied.
std::uint8_t* BatchBuilder::append_head(std::int64_t timestamp_ms, std::size_t body_bytes,
                                        std::size_t copied_bytes) {
  if (empty()) {
    base_timestamp_ms_ = max_timestamp_ms_ = timestamp_ms;
    next_block_bytes_ = kFirstBlockBytes;
    batch_.header = {room(kBatchHeaderBytes), kBatchHeaderBytes};
    at_ += kBatchHeaderBytes;
  }
  const std::int64_t delta_ms = difference(timestamp_ms, base_timestamp_ms_);
  const std::size_t length = record_length(delta_ms, record_count_, body_bytes);
  KM_CHECK(size_bytes() + kMaxVarintBytes + length <= kMaxBatchBytes, "callers bound batches");
  std::uint8_t* const head = room(kMaxHeadBytes + copied_bytes);
  std::uint8_t* end = write_varint(head, static_cast<std::int32_t>(length));
  *end++ = 0;  // attributes: no bit has a meaning yet
  end = write_varlong(end, delta_ms);
  end = write_varint(end, record_count_);
  max_timestamp_ms_ = std::max(max_timestamp_ms_, timestamp_ms);
  records_bytes_ += static_cast<std::size_t>(end - head) + body_bytes;
  ++record_count_;
  return end;
}

void BatchBuilder::append_shared(std::int64_t timestamp_ms, ConstBytes body,
                                 const std::shared_ptr<const void>& owner) {
  if (codec_ != compression::Codec::kNone || body.size() < kCopyBelowBytes) {
    at_ = write_bytes(append_head(timestamp_ms, body.size(), body.size()), body);
    return;
  }
  at_ = append_head(timestamp_ms, body.size(), 0);
  end_piece();
  batch_.pieces.push_back(body);
  if (owner && batch_.owners.back() != owner) batch_.owners.push_back(owner);
}

void BatchBuilder::append(std::int64_t timestamp_ms, std::optional<ConstBytes> key,
                          std::optional<ConstBytes> value, std::span<const RecordHeader> headers) {
  const std::size_t bytes = body_bytes(key, value, headers);
  std::uint8_t* to = append_head(timestamp_ms, bytes, bytes);
  to = write_nullable(write_nullable(to, key), value);
  to = write_varint(to, static_cast<std::int32_t>(headers.size()));
  for (const auto& header : headers) {
    to = write_nullable(write_nullable(to, header.key), header.value);
  }
  at_ = to;
}

std::size_t BatchBuilder::size_with_bytes(std::int64_t timestamp_ms, std::size_t body_bytes) const {
  const std::int64_t delta_ms = empty() ? 0 : difference(timestamp_ms, base_timestamp_ms_);
  const std::size_t length = record_length(delta_ms, record_count_, body_bytes);
  return size_bytes() + unsigned_varlong_size(std::uint64_t{length} << 1) + length;
}

void BatchBuilder::write_header(BuiltBatch& batch) const {
  std::uint8_t* to = batch.header.data();
  const std::size_t length = batch.size_bytes - kBatchPrefixBytes;
  store_be<std::int64_t>(to + batch_field::kBaseOffset, 0);
  store_be(to + batch_field::kBatchLength, static_cast<std::int32_t>(length));
  store_be<std::int32_t>(to + batch_field::kLeaderEpoch, -1);
  store_be<std::int8_t>(to + batch_field::kMagic, 2);
  store_be(to + batch_field::kAttributes, static_cast<std::int16_t>(codec_));
  store_be(to + batch_field::kLastOffsetDelta, record_count_ - 1);
  store_be(to + batch_field::kBaseTimestamp, base_timestamp_ms_);
  store_be(to + batch_field::kMaxTimestamp, max_timestamp_ms_);
  store_be<std::int64_t>(to + batch_field::kProducerId, -1);
  store_be<std::int16_t>(to + batch_field::kProducerEpoch, -1);
  store_be<std::int32_t>(to + batch_field::kBaseSequence, -1);
  store_be(to + batch_field::kRecordCount, record_count_);
  std::uint32_t crc = 0;
  std::size_t skip = batch_field::kAttributes;  // the first piece begins with the whole header
  for (const ConstBytes piece : batch.pieces) {
    crc = crc32c_extend(crc, piece.subspan(std::exchange(skip, 0)));
  }
  store_be(to + batch_field::kCrc, crc);
}

// The records are in the pieces, behind the header.
void BatchBuilder::compress() {
  const auto whole = std::make_shared<Buffer>(kBatchHeaderBytes);
  batch_.pieces.front() = batch_.pieces.front().subspan(kBatchHeaderBytes);
  compression::compress(codec_, level_, batch_.pieces, *whole);
  batch_.header = MutableBytes(*whole).first(kBatchHeaderBytes);
  batch_.pieces.assign(1, *whole);
  batch_.owners.assign(1, whole);
  batch_.size_bytes = whole->size();
}

BuiltBatch BatchBuilder::finish() {
  KM_CHECK(!empty(), "brokers refuse empty batches");
  end_piece();
  batch_.size_bytes = size_bytes();
  if (codec_ != compression::Codec::kNone) compress();
  batch_.record_count = record_count_;
  write_header(batch_);
  piece_ = at_ = block_end_ = nullptr;
  records_bytes_ = 0;
  record_count_ = 0;
  return std::exchange(batch_, {});
}

}  // namespace kmirror::protocol
