#include <absl/strings/str_join.h>
#include <fmt/format.h>

#include <iterator>
#include <string>
#include <vector>

#include "conformance/words.h"
#include "protocol/records/batch_view.h"
#include "protocol/records/control.h"
#include "protocol/records/legacy_message.h"
#include "protocol/records/open_batch.h"
#include "protocol/records/record_cursor.h"

namespace kmirror::conformance {
namespace {

using protocol::BatchView;
namespace batch_attribute = protocol::batch_attribute;

constexpr std::size_t kPayloadMax = 64 << 20;
constexpr int kRecordsShown = 4;
constexpr std::size_t kTextShown = 40;

std::string text(const std::optional<ConstBytes>& field) {
  if (!field) return "null";
  if (field->size() > kTextShown) return fmt::format("{} bytes", field->size());
  return fmt::format("{:?}", as_text(*field));
}

// Offset and time deltas are shown where they are not the usual ones.
std::string words_of_record(const protocol::RecordView& record, int index) {
  std::string shown = text(record.key) + "=" + text(record.value);
  if (record.offset_delta != index) shown += fmt::format(" offset+{}", record.offset_delta);
  if (record.timestamp_delta_ms != 0) shown += fmt::format(" time+{}", record.timestamp_delta_ms);
  if (record.header_count != 0) shown += fmt::format(" headers={}", record.header_count);
  return shown;
}

std::string words_of_payload(const BatchView& batch) {
  if (batch.is_control()) {
    const auto type = control_type(batch);
    if (type == protocol::ControlType::kAbort) return "ABORT";
    return type == protocol::ControlType::kCommit ? "COMMIT" : "unknown control";
  }
  Buffer scratch;
  const auto opened = open_batch(batch, kPayloadMax, scratch);
  if (opened.error != protocol::OpenError::kNone) return open_error_text(opened.error);
  protocol::RecordCursor cursor(opened.payload, batch.record_count());
  protocol::RecordView record;
  std::vector<std::string> records;
  int count = 0;
  for (; cursor.next(record); ++count) {
    if (count < kRecordsShown) records.push_back(words_of_record(record, count));
  }
  if (count > kRecordsShown) records.push_back(fmt::format("+{} more", count - kRecordsShown));
  if (!cursor.ok()) records.push_back("malformed");
  return absl::StrJoin(records, ", ");
}

std::string words_of_batch(const BatchView& batch, const Masks& masks) {
  const std::int16_t attributes = batch.attributes();
  std::string shown = fmt::format("{}..{} count={} epoch={}", batch.base_offset(),
                                  batch.last_offset(), batch.record_count(), batch.leader_epoch());
  const int codec = attributes & batch_attribute::kCodecMask;
  if (codec != 0) {
    shown +=
        fmt::format(" codec={}", batch.codec() ? compression::codec_name(*batch.codec()) : "?");
  } else {
    shown += fmt::format(" size={}", batch.bytes().size());
  }
  if ((attributes & batch_attribute::kLogAppendTime) != 0) shown += " logAppendTime";
  if (batch.is_transactional()) shown += " transactional";
  if (batch.is_control()) shown += " control";
  if (batch.has_delete_horizon()) shown += " deleteHorizon";
  if ((attributes & ~0x7f) != 0) shown += fmt::format(" attributes={:#x}", attributes);
  shown += fmt::format(" time={}..{}", masks.time(batch.base_timestamp_ms()),
                       masks.time(batch.max_timestamp_ms()));
  if (batch.producer_id() != -1 || batch.producer_epoch() != -1 || batch.base_sequence() != -1) {
    shown += fmt::format(" producer={}/{}/{}", masks.producer(batch.producer_id()),
                         batch.producer_epoch(), batch.base_sequence());
  }
  return fmt::format("({} {})", shown, words_of_payload(batch));
}

std::string words_of_message(ConstBytes entry) {
  const protocol::LegacyMessageView message(entry);
  if (!message.ok()) return "(malformed message)";
  const std::string content = message.is_compressed() ? "compressed" : text(message.value());
  return fmt::format("({} magic={} attributes={} time={} {}={}{})", message.offset(),
                     message.magic(), message.attributes(), message.timestamp_ms(),
                     text(message.key()), content, message.is_crc_valid() ? "" : " wrong CRC");
}

}  // namespace

std::string words_of_records(ConstBytes records, const Masks& masks) {
  std::string shown;
  while (!records.empty()) {
    std::size_t size = protocol::kBatchPrefixBytes;
    if (records.size() > size) {
      const auto length =
          load_be<std::int32_t>(records.data() + protocol::batch_field::kBatchLength);
      size = length < 0 ? records.size() + 1 : size + static_cast<std::size_t>(length);
    }
    if (size > records.size() || size <= protocol::batch_field::kMagic) {
      return shown + fmt::format("(cut after {} bytes)", records.size());
    }
    const ConstBytes entry = records.first(size);
    const bool is_batch = load_be<std::int8_t>(&entry[protocol::batch_field::kMagic]) >= 2;
    if (is_batch && size < protocol::kBatchHeaderBytes) {
      shown += fmt::format("({} bytes are too few for a batch)", size);
    } else {
      shown += is_batch ? words_of_batch(BatchView(entry), masks) : words_of_message(entry);
    }
    records = records.subspan(size);
  }
  return shown.empty() ? "nothing" : shown;
}

}  // namespace kmirror::conformance
