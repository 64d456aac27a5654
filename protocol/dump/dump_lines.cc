#include "protocol/dump/dump_lines.h"

#include <fmt/format.h>

#include <iterator>
#include <limits>
#include <string_view>

#include "compression/codec.h"
#include "protocol/dump/json_text.h"
#include "protocol/records/control.h"

namespace kmirror::protocol {

namespace {

std::string_view timestamp_type_name(TimestampType type) {
  return type == TimestampType::kCreateTime ? "CreateTime" : "LogAppendTime";
}

// Magic 0 has no timestamps.
std::string_view timestamp_type_name(const LegacyMessageView& message) {
  return message.magic() == 0 ? "NoTimestampType" : timestamp_type_name(message.timestamp_type());
}

std::string_view codec_text(int attributes) {
  const auto codec = compression::codec_from_id(attributes & batch_attribute::kCodecMask);
  return codec ? compression::codec_name(*codec) : "unknown";
}

// Sequences go on from 0 behind the largest (Kafka's DefaultRecordBatch.incrementSequence).
std::int32_t last_sequence(const BatchView& batch) {
  constexpr std::int64_t kSequences = std::int64_t{std::numeric_limits<std::int32_t>::max()} + 1;
  if (batch.base_sequence() < 0) return batch.base_sequence();
  const std::int64_t last = std::int64_t{batch.base_sequence()} + batch.last_offset_delta();
  return static_cast<std::int32_t>(last % kSequences);
}

// Of ControlRecordType.
std::string_view control_type_name(const RecordView& record) {
  constexpr std::string_view kNames[] = {"ABORT",           "COMMIT",          "LEADER_CHANGE",
                                         "SNAPSHOT_HEADER", "SNAPSHOT_FOOTER", "KRAFT_VERSION",
                                         "KRAFT_VOTERS"};
  const auto type = control_type_id(record);
  return type && *type >= 0 && *type < std::ssize(kNames) ? kNames[*type] : "UNKNOWN";
}

// What ends a transaction has a version and the epoch of the coordinator for a value.
void append_control(const RecordView& record, std::string& out) {
  const std::string_view type = control_type_name(record);
  const bool is_marker = type == "ABORT" || type == "COMMIT";
  fmt::format_to(std::back_inserter(out), R"(,"controlType":"{}","coordinatorEpoch":)", type);
  if (is_marker && record.value && record.value->size() >= 6) {
    out += std::to_string(load_be<std::int32_t>(record.value->data() + 2));
  } else {
    out += "null";
  }
}

void append_record(std::int64_t offset, std::int64_t timestamp_ms, std::string_view timestamp_type,
                   const std::optional<ConstBytes>& key, const std::optional<ConstBytes>& value,
                   std::string& out) {
  fmt::format_to(std::back_inserter(out),
                 R"({{"offset":{},"timestamp":{},"timestampType":"{}","key":)", offset,
                 timestamp_ms, timestamp_type);
  append_json(key, out);
  out += R"(,"value":)";
  append_json(value, out);
}

void append_headers(const RecordView& record, std::string& out) {
  HeaderCursor cursor(record);
  RecordHeader header;
  const char* separator = "";
  out += R"(,"headers":[)";
  while (cursor.next(header)) {
    out += separator;
    out += R"({"key":)";
    append_json(header.key, out);
    out += R"(,"value":)";
    append_json(header.value, out);
    out += '}';
    separator = ",";
  }
  out += ']';
}

void append_message_line(const EntryLine& entry, std::string& out) {
  const LegacyMessageView message(entry.header);
  fmt::format_to(
      std::back_inserter(out),
      R"({{"baseOffset":null,"lastOffset":{},"count":null,"baseSequence":null,)"
      R"("lastSequence":null,"producerId":null,"producerEpoch":null,"partitionLeaderEpoch":null,)"
      R"("isTransactional":null,"isControl":null,"deleteHorizonMs":null,"position":{},)"
      R"("timestampType":"{}","maxTimestamp":{},"size":{},"magic":{},"compressCodec":"{}",)"
      R"("crc":{},"isValid":{}}})"
      "\n",
      message.offset(), entry.position, timestamp_type_name(message), message.timestamp_ms(),
      entry.size, message.magic(), codec_text(message.attributes()), message.crc(), entry.is_valid);
}

void append_batch_line(const EntryLine& entry, std::string& out) {
  const BatchView batch(entry.header);
  fmt::format_to(
      std::back_inserter(out),
      R"({{"baseOffset":{},"lastOffset":{},"count":{},"baseSequence":{},"lastSequence":{},)"
      R"("producerId":{},"producerEpoch":{},"partitionLeaderEpoch":{},"isTransactional":{},)"
      R"("isControl":{},"deleteHorizonMs":{},"position":{},"timestampType":"{}",)"
      R"("maxTimestamp":{},"size":{},"magic":{},"compressCodec":"{}","crc":{},"isValid":{}}})"
      "\n",
      batch.base_offset(), batch.last_offset(), batch.record_count(), batch.base_sequence(),
      last_sequence(batch), batch.producer_id(), batch.producer_epoch(), batch.leader_epoch(),
      batch.is_transactional(), batch.is_control(),
      batch.has_delete_horizon() ? std::to_string(batch.base_timestamp_ms()) : "null",
      entry.position, timestamp_type_name(batch.timestamp_type()), batch.max_timestamp_ms(),
      entry.size, batch.magic(), codec_text(batch.attributes()), batch.crc(), entry.is_valid);
}

}  // namespace

void append_line(const EntryLine& entry, std::string& out) {
  if (load_be<std::int8_t>(entry.header.data() + batch_field::kMagic) == 2) {
    append_batch_line(entry, out);
  } else {
    append_message_line(entry, out);
  }
}

void append_line(const BatchView& batch, const RecordView& record, std::string& out) {
  append_record(batch.offset_at(record.offset_delta), batch.timestamp_at(record.timestamp_delta_ms),
                timestamp_type_name(batch.timestamp_type()), record.key, record.value, out);
  append_headers(record, out);
  if (batch.is_control()) append_control(record, out);
  out += "}\n";
}

void append_line(const LegacyMessageView& message, const LegacyRecord& record, std::string& out) {
  append_record(record.offset, record.timestamp_ms, timestamp_type_name(message), record.key,
                record.value, out);
  out += ",\"headers\":[]}\n";
}

}  // namespace kmirror::protocol
