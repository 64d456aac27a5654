#include "broker/core/accept_batch.h"

#include <algorithm>
#include <optional>

#include "base/join.h"
#include "broker/core/limits.h"
#include "protocol/records/batch_builder.h"
#include "protocol/records/batch_crc.h"
#include "protocol/records/batch_reader.h"
#include "protocol/records/open_batch.h"
#include "protocol/records/record_cursor.h"

namespace kmirror::broker {

using compression::Codec;
using protocol::BatchReader;
using protocol::BatchView;
using protocol::ErrorCode;
using protocol::TimestampType;
namespace field = protocol::batch_field;
namespace attribute = protocol::batch_attribute;

namespace {

constexpr std::int16_t kFirstVersionWithZstd = 7;

struct Problem {
  ErrorCode error = ErrorCode::kNone;
  std::string reason;
  std::vector<std::int32_t> bad_records;
};

// INVALID_RECORD came with 2.4; before, it was one of CORRUPT_MESSAGE's exceptions.
ErrorCode invalid_record(const ProduceRules& rules) {
  return rules.release < Release{2, 4} ? ErrorCode::kCorruptMessage : ErrorCode::kInvalidRecord;
}

// What ByteBufferLogInputStream stumbles over before it has a batch.
bool is_corrupt(ConstBytes records) {
  constexpr std::int32_t kLeastLength = 14;
  constexpr std::int8_t kNewestMagic = 2;
  if (records.size() <= field::kMagic) return false;
  if (load_be<std::int32_t>(records.data() + field::kBatchLength) < kLeastLength) return true;
  const auto magic = load_be<std::int8_t>(records.data() + field::kMagic);
  return magic < 0 || magic > kNewestMagic;
}

std::optional<Problem> check_shape(ConstBytes records, const ProduceRules& rules) {
  if (is_corrupt(records)) return Problem{ErrorCode::kCorruptMessage, "this is no batch", {}};
  BatchReader reader(records);
  const BatchReader::Step first = reader.next();
  if (first == BatchReader::Step::kPartial || first == BatchReader::Step::kEnd) {
    return Problem{invalid_record(rules), "there is no whole record batch", {}};
  }
  if (first == BatchReader::Step::kLegacy) {
    return Problem{invalid_record(rules), "only record batches of magic 2 are taken", {}};
  }
  const ConstBytes rest = records.subspan(std::min(records.size(), reader.bytes().size()));
  if (is_corrupt(rest)) return Problem{ErrorCode::kCorruptMessage, "a second batch is none", {}};
  // The beginning of another one is left out.
  const BatchReader::Step second = BatchReader(rest).next();
  if (second != BatchReader::Step::kPartial && second != BatchReader::Step::kEnd) {
    return Problem{invalid_record(rules), "there is more than one record batch", {}};
  }
  const auto codec = reader.batch().codec();
  if (codec == Codec::kZstd && rules.produce_version < kFirstVersionWithZstd) {
    return Problem{ErrorCode::kUnsupportedCompressionType, "this version may not carry zstd", {}};
  }
  return std::nullopt;
}

std::optional<Problem> check_header(const BatchView& batch, const ProduceRules& rules) {
  const auto invalid = [&](const char* reason) {
    return Problem{invalid_record(rules), reason, {}};
  };
  if (batch.base_offset() != 0) return invalid("the base offset is not 0");
  if (batch.bytes().size() > static_cast<std::size_t>(rules.topic.max_message_bytes)) {
    return Problem{ErrorCode::kMessageTooLarge, "the batch is larger than max.message.bytes", {}};
  }
  if (!batch.is_crc_valid()) {
    return Problem{ErrorCode::kCorruptMessage, "the batch's checksum is wrong", {}};
  }
  if (batch.last_offset_delta() < 0) return invalid("the last offset delta is negative");
  if (batch.record_count() <= 0) return invalid("the batch has no records");
  if (batch.has_holes() && rules.release >= Release{1, 1}) {
    return invalid("the number of records is not that of the offsets");
  }
  if (batch.is_control()) return invalid("clients are not allowed to write control records");
  if (batch.producer_id() >= 0 && batch.base_sequence() < 0) {
    return invalid("a producer's sequence is negative");
  }
  return std::nullopt;
}

// What a pass over the records finds.
struct Contents {
  bool in_order = true;  // offset deltas 0, 1, 2...
  std::int64_t max_timestamp_ms = -1;
};

bool is_time_outside(std::int64_t timestamp_ms, const ProduceRules& rules) {
  if (timestamp_ms < 0) return false;
  const std::int64_t age = rules.now_ms - timestamp_ms;  // neither is negative, so no overflow
  return age > rules.topic.timestamp_before_max_ms || -age > rules.topic.timestamp_after_max_ms;
}

std::optional<Problem> check_records(const BatchView& batch, ConstBytes payload,
                                     const ProduceRules& rules, Contents& contents) {
  const bool create_time = rules.topic.timestamp_type == TimestampType::kCreateTime;
  Problem keyless{invalid_record(rules), "a compacted topic takes no records without key", {}};
  Problem outside{ErrorCode::kInvalidTimestamp, "a timestamp is outside of what is allowed", {}};
  protocol::RecordCursor cursor(payload, batch.record_count());
  protocol::RecordView record;
  std::int32_t index = 0;
  for (; cursor.next(record); ++index) {
    const std::int64_t timestamp_ms = batch.timestamp_at(record.timestamp_delta_ms);
    if (record.offset_delta != index) contents.in_order = false;
    contents.max_timestamp_ms = std::max(contents.max_timestamp_ms, timestamp_ms);
    if (rules.topic.compacts && !record.key) keyless.bad_records.push_back(index);
    if (create_time && is_time_outside(timestamp_ms, rules)) outside.bad_records.push_back(index);
  }
  if (!cursor.ok()) return Problem{invalid_record(rules), cursor.malformed().what, {}};
  if (!outside.bad_records.empty()) return outside;
  if (!keyless.bad_records.empty()) return keyless;
  return std::nullopt;
}

std::optional<Problem> check_timestamp_type(const BatchView& batch, const ProduceRules& rules) {
  if (batch.timestamp_type() != TimestampType::kLogAppendTime) return std::nullopt;
  const bool lenient = rules.release >= Release{3, 6};
  if (lenient && rules.topic.timestamp_type == TimestampType::kCreateTime) return std::nullopt;
  Problem problem{ErrorCode::kInvalidTimestamp, "the batch claims LogAppendTime", {}};
  for (std::int32_t i = 0; i < batch.record_count(); ++i) problem.bad_records.push_back(i);
  return problem;
}

// The same records in another codec, numbered from 0; the producer's fields are kept.
Buffer rebuild(const BatchView& batch, ConstBytes payload, Codec codec) {
  protocol::BatchBuilder builder(codec);
  protocol::RecordCursor cursor(payload, batch.record_count());
  protocol::RecordView record;
  while (cursor.next(record)) {
    builder.append_shared(batch.timestamp_at(record.timestamp_delta_ms), record.body, {});
  }
  const protocol::BuiltBatch built = builder.finish();
  Buffer bytes = join(built.pieces);
  if (batch.is_transactional()) {
    const auto attributes = load_be<std::int16_t>(bytes.data() + field::kAttributes);
    store_be(bytes.data() + field::kAttributes,
             static_cast<std::int16_t>(attributes | attribute::kTransactional));
  }
  store_be(bytes.data() + field::kProducerId, batch.producer_id());
  store_be(bytes.data() + field::kProducerEpoch, batch.producer_epoch());
  store_be(bytes.data() + field::kBaseSequence, batch.base_sequence());
  return bytes;
}

// Timestamp type and newest timestamp as the topic wants them, and a checksum for what is new.
void stamp(Buffer& bytes, const ProduceRules& rules, std::int64_t max_timestamp_ms, bool rebuilt) {
  const BatchView batch{ConstBytes(bytes)};
  std::int16_t attributes = batch.attributes() & ~attribute::kLogAppendTime;
  if (rules.topic.timestamp_type == TimestampType::kLogAppendTime) {
    attributes |= attribute::kLogAppendTime;
    max_timestamp_ms = rules.now_ms;
  }
  if (!rebuilt && attributes == batch.attributes() &&
      max_timestamp_ms == batch.max_timestamp_ms()) {
    return;
  }
  store_be(bytes.data() + field::kAttributes, attributes);
  store_be(bytes.data() + field::kMaxTimestamp, max_timestamp_ms);
  protocol::write_crc(bytes);
}

AcceptedBatch rejected(Problem problem) {
  const bool is_expected = problem.error == ErrorCode::kCorruptMessage ||
                           problem.error == ErrorCode::kMessageTooLarge ||
                           problem.error == ErrorCode::kRecordListTooLarge;
  return {.error = problem.error,
          .reason = std::move(problem.reason),
          .bad_records = std::move(problem.bad_records),
          .has_log_start = !is_expected,
          .batch = {}};
}

bool is_larger(const Buffer& batch, std::int32_t limit_bytes) {
  return batch.size() > static_cast<std::size_t>(limit_bytes);
}

}  // namespace

AcceptedBatch accept_batch(ConstBytes records, const ProduceRules& rules) {
  if (auto problem = check_shape(records, rules)) {
    AcceptedBatch refused = rejected(*std::move(problem));
    refused.has_log_start = false;
    return refused;
  }
  BatchReader reader(records);
  reader.next();
  const BatchView batch = reader.batch();
  if (auto problem = check_header(batch, rules)) return rejected(*std::move(problem));
  Buffer scratch;
  const protocol::OpenedBatch opened = protocol::open_batch(batch, kMaxDecompressedBytes, scratch);
  if (opened.error != protocol::OpenError::kNone) {
    // No exception of Kafka's record classes, but whatever a codec throws.
    return rejected({ErrorCode::kUnknownServerError, protocol::open_error_text(opened.error), {}});
  }
  if (auto problem = check_timestamp_type(batch, rules)) return rejected(*std::move(problem));
  Contents contents;
  if (auto problem = check_records(batch, opened.payload, rules, contents)) {
    return rejected(*std::move(problem));
  }
  const Codec source = *batch.codec();
  const Codec target = rules.topic.codec.value_or(source);
  const bool passes = source == target && (contents.in_order || source == Codec::kNone);
  AcceptedBatch accepted;
  if (passes) {
    accepted.batch.assign(batch.bytes().begin(), batch.bytes().end());
  } else if (source == target && rules.release >= Release{2, 6}) {
    // LogValidator has skipped keys and values by then, and fails on the way to a new batch.
    return rejected({ErrorCode::kUnknownServerError, "offsets within the batch have holes", {}});
  } else {
    accepted.batch = rebuild(batch, opened.payload, target);
  }
  stamp(accepted.batch, rules, contents.max_timestamp_ms, !passes);
  if (is_larger(accepted.batch, rules.topic.max_message_bytes)) {
    return rejected(
        {ErrorCode::kMessageTooLarge, "the rebuilt batch exceeds max.message.bytes", {}});
  }
  if (is_larger(accepted.batch, rules.topic.segment_bytes)) {
    return rejected({ErrorCode::kRecordListTooLarge, "the batch is larger than a segment", {}});
  }
  return accepted;
}

}  // namespace kmirror::broker
