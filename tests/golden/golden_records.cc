#include "golden_records.h"

#include <absl/strings/escaping.h>
#include <gtest/gtest.h>

#include <set>

#include "golden_files.h"
#include "protocol/records/batch_reader.h"
#include "protocol/records/legacy_cursor.h"
#include "protocol/records/open_batch.h"
#include "protocol/records/record_cursor.h"
#include "protocol/records/record_stream.h"

namespace kmirror::golden {
namespace {

using Json = nlohmann::json;
using protocol::BatchReader;
using protocol::BatchView;
using protocol::LegacyMessageView;
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

std::vector<GoldenEntry> golden_entries(bool batches) {
  std::vector<GoldenEntry> entries;
  std::set<Buffer> seen;
  for (const GoldenRecords& records : golden_records()) {
    for (const ConstBytes entry : whole_entries(records.bytes)) {
      Buffer bytes = owned(entry);
      if (is_batch(entry) != batches || !seen.insert(bytes).second) continue;
      entries.push_back({records.name, std::move(bytes)});
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

OwnedRecord owned(const LegacyMessageView&, const protocol::LegacyRecord& record) {
  return {.offset = record.offset,
          .timestamp_ms = record.timestamp_ms,
          .key = owned(record.key),
          .value = owned(record.value),
          .headers = {}};
}

// By a cursor over the whole payload or by one that decompresses as it goes.
template <class Record>
std::vector<OwnedRecord> walk(const auto& entry, auto cursor) {
  std::vector<OwnedRecord> records;
  for (Record record; cursor.next(record);) records.push_back(owned(entry, record));
  EXPECT_TRUE(cursor.ok()) << cursor.malformed().what;
  return records;
}

ConstBytes payload_of(const protocol::OpenedBatch& opened) {
  EXPECT_EQ(opened.error, protocol::OpenError::kNone) << open_error_text(opened.error);
  return opened.payload;
}

std::vector<OwnedRecord> checked(std::vector<OwnedRecord> whole,
                                 const std::vector<OwnedRecord>& in_pieces) {
  EXPECT_TRUE(whole == in_pieces) << "read in pieces, the records are others";
  return whole;
}

std::vector<OwnedRecord> read_records(const BatchView& batch) {
  using protocol::RecordView;
  Buffer scratch;
  const ConstBytes payload = payload_of(open_batch(batch, kLimitBytes, scratch));
  const protocol::RecordCursor whole(payload, batch.record_count());
  return checked(walk<RecordView>(batch, whole),
                 walk<RecordView>(batch, protocol::RecordStream(batch, kLimitBytes)));
}

std::vector<OwnedRecord> read_records(const LegacyMessageView& message) {
  using protocol::LegacyCursor;
  using protocol::LegacyRecord;
  Buffer scratch;
  const ConstBytes payload = payload_of(open_message(message, kLimitBytes, scratch));
  return checked(walk<LegacyRecord>(message, LegacyCursor(message, payload)),
                 walk<LegacyRecord>(message, LegacyCursor(message, kLimitBytes)));
}

Json describe_common(const auto& entry, const std::vector<OwnedRecord>& records) {
  const auto codec = entry.codec();
  const bool is_append_time = entry.timestamp_type() == TimestampType::kLogAppendTime;
  Json json = {{"size", entry.bytes().size()},
               {"magic", entry.magic()},
               {"codec", codec ? compression::codec_name(*codec) : "unknown"},
               {"crc", entry.crc()},
               {"timestampType", is_append_time ? "LogAppendTime" : "CreateTime"},
               {"records", Json::array()}};
  for (const OwnedRecord& record : records) json["records"].push_back(describe(record));
  return json;
}

Json describe(const BatchView& batch) {
  Json json = describe_common(batch, read_records(batch));
  json["baseOffset"] = batch.base_offset();
  json["lastOffset"] = batch.last_offset();
  json["maxTimestamp"] = batch.max_timestamp_ms();
  json["leaderEpoch"] = batch.leader_epoch();
  json["producerId"] = batch.producer_id();
  json["producerEpoch"] = batch.producer_epoch();
  json["baseSequence"] = batch.base_sequence();
  json["transactional"] = batch.is_transactional();
  json["control"] = batch.is_control();
  if (batch.has_delete_horizon()) json["deleteHorizon"] = batch.base_timestamp_ms();
  return json;
}

// What the older formats do not have is not there for Java either.
Json describe(const LegacyMessageView& message) {
  Json json = describe_common(message, read_records(message));
  json.update({{"leaderEpoch", -1}, {"producerId", -1}, {"producerEpoch", -1}});
  json.update({{"baseSequence", -1}, {"transactional", false}, {"control", false}});
  if (!json["records"].empty()) json["baseOffset"] = json["records"].front()["offset"];
  json["lastOffset"] = message.offset();
  json["maxTimestamp"] = message.timestamp_ms();
  if (message.magic() == 0) json["timestampType"] = "NoTimestampType";
  return json;
}

}  // namespace

const std::vector<GoldenRecords>& golden_records() {
  static const std::vector<GoldenRecords> all = load();
  return all;
}

std::vector<ConstBytes> whole_entries(ConstBytes records) {
  std::vector<ConstBytes> entries;
  BatchReader reader(records);
  for (auto step = reader.next();
       step == BatchReader::Step::kBatch || step == BatchReader::Step::kLegacy;
       step = reader.next()) {
    entries.push_back(reader.bytes());
  }
  return entries;
}

bool is_batch(ConstBytes entry) {
  return entry[protocol::batch_field::kMagic] == 2;
}

std::vector<GoldenEntry> golden_batches() {
  return golden_entries(true);
}

std::vector<GoldenEntry> golden_messages() {
  return golden_entries(false);
}

std::vector<OwnedRecord> read_records(ConstBytes entry) {
  return is_batch(entry) ? read_records(BatchView(entry)) : read_records(LegacyMessageView(entry));
}

Json describe(ConstBytes entry) {
  return is_batch(entry) ? describe(BatchView(entry)) : describe(LegacyMessageView(entry));
}

}  // namespace kmirror::golden
