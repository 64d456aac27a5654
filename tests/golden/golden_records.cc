#include "golden_records.h"

#include <absl/strings/escaping.h>

#include <set>
#include <stdexcept>

#include "golden_files.h"
#include "protocol/records/batch_reader.h"
#include "protocol/records/open_batch.h"
#include "protocol/records/record_cursor.h"
#include "protocol/records/record_stream.h"

namespace kmirror::golden {
namespace {

using Json = nlohmann::json;
using protocol::BatchReader;
using protocol::BatchView;
using protocol::TimestampType;

constexpr std::size_t kLimitBytes = 1 << 20;

std::vector<GoldenRecords> load() {
  std::vector<GoldenRecords> all;
  std::set<std::pair<std::string, Buffer>> seen;
  for (const std::string_view version : kClientVersions) {
    for_each_line("records", version, [&](Json line) {
      GoldenRecords records{.name = line["name"],
                            .bytes = from_hex(line["bytes"].get<std::string>()),
                            .valid_bytes = line["validBytes"],
                            .batches = std::move(line["batches"]),
                            .format_1 = {}};
      if (!seen.emplace(records.name, records.bytes).second) return;
      if (line.contains("format1")) {
        records.format_1 = from_hex(line["format1"].get<std::string>());
      }
      all.push_back(std::move(records));
    });
  }
  return all;
}

Buffer owned(ConstBytes bytes) {
  return {bytes.begin(), bytes.end()};
}

std::vector<GoldenEntry> entries_of(BatchReader::Step kind) {
  std::vector<GoldenEntry> entries;
  std::set<Buffer> seen;
  for (const GoldenRecords& records : golden_records()) {
    BatchReader reader(records.bytes);
    for (auto step = reader.next();
         step == BatchReader::Step::kBatch || step == BatchReader::Step::kLegacy;
         step = reader.next()) {
      Buffer bytes = owned(reader.bytes());
      if (step == kind && seen.insert(bytes).second) {
        entries.push_back({records.name, std::move(bytes)});
      }
    }
  }
  return entries;
}

std::optional<Buffer> owned(const std::optional<ConstBytes>& bytes) {
  return bytes ? std::optional(owned(*bytes)) : std::nullopt;
}

Json hex(const std::optional<Buffer>& bytes) {
  if (!bytes) return nullptr;
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(bytes->data()), bytes->size()));
}

Json describe(const OwnedRecord& record) {
  Json headers = Json::array();
  for (const auto& [key, value] : record.headers) headers.push_back({hex(key), hex(value)});
  return {{"offset", record.offset},
          {"timestamp", record.timestamp_ms},
          {"key", hex(record.key)},
          {"value", hex(record.value)},
          {"headers", std::move(headers)}};
}

OwnedRecord owned(const BatchView& batch, const protocol::RecordView& record) {
  OwnedRecord result{.offset = batch.offset_at(record.offset_delta),
                     .timestamp_ms = batch.timestamp_at(record.timestamp_delta_ms),
                     .key = owned(record.key),
                     .value = owned(record.value),
                     .headers = {}};
  protocol::HeaderCursor headers(record);
  for (protocol::RecordHeader header; headers.next(header);) {
    result.headers.emplace_back(owned(header.key), owned(header.value));
  }
  return result;
}

// By RecordCursor or RecordStream.
template <class Records>
std::vector<OwnedRecord> walk(const BatchView& batch, Records source) {
  std::vector<OwnedRecord> records;
  for (protocol::RecordView record; source.next(record);) records.push_back(owned(batch, record));
  if (!source.ok()) throw std::runtime_error(source.malformed().what);
  return records;
}

}  // namespace

const std::vector<GoldenRecords>& golden_records() {
  static const std::vector<GoldenRecords> all = load();
  return all;
}

std::vector<GoldenEntry> golden_batches() {
  return entries_of(BatchReader::Step::kBatch);
}

std::vector<OwnedRecord> read_records(const BatchView& batch) {
  Buffer scratch;
  const protocol::OpenedBatch opened = open_batch(batch, kLimitBytes, scratch);
  if (opened.error != protocol::OpenError::kNone) {
    throw std::runtime_error(open_error_text(opened.error));
  }
  std::vector<OwnedRecord> records =
      walk(batch, protocol::RecordCursor(opened.payload, batch.record_count()));
  if (walk(batch, protocol::RecordStream(batch, kLimitBytes)) != records) {
    throw std::runtime_error("a RecordStream reads other records than a RecordCursor");
  }
  return records;
}

Json describe(const BatchView& batch) {
  const auto codec = batch.codec();
  const bool appended = batch.timestamp_type() == TimestampType::kLogAppendTime;
  Json json = {{"size", batch.bytes().size()},
               {"magic", batch.magic()},
               {"codec", codec ? compression::codec_name(*codec) : "unknown"},
               {"crc", batch.crc()},
               {"baseOffset", batch.base_offset()},
               {"lastOffset", batch.last_offset()},
               {"timestampType", appended ? "LogAppendTime" : "CreateTime"},
               {"maxTimestamp", batch.max_timestamp_ms()},
               {"leaderEpoch", batch.leader_epoch()},
               {"producerId", batch.producer_id()},
               {"producerEpoch", batch.producer_epoch()},
               {"baseSequence", batch.base_sequence()},
               {"transactional", batch.is_transactional()},
               {"control", batch.is_control()},
               {"records", Json::array()}};
  if (batch.has_delete_horizon()) json["deleteHorizon"] = batch.base_timestamp_ms();
  for (const OwnedRecord& record : read_records(batch)) json["records"].push_back(describe(record));
  return json;
}

}  // namespace kmirror::golden
