#include "protocol/records/down_converter.h"

#include <algorithm>

#include "base/check.h"
#include "base/crc32.h"
#include "protocol/records/check_records.h"
#include "protocol/records/legacy_message.h"
#include "protocol/records/record_cursor.h"

namespace kmirror::protocol {

namespace {

using compression::Codec;

std::size_t size_of(const std::optional<ConstBytes>& field) {
  return field ? field->size() : 0;
}

std::uint8_t* write_field(std::uint8_t* to, const std::optional<ConstBytes>& field) {
  store_be(to, field ? static_cast<std::int32_t>(field->size()) : -1);
  to += sizeof(std::int32_t);
  return field ? std::ranges::copy(*field, to).out : to;
}

// Fills in what stands before the key of an entry whose rest is written.
void write_head(MutableBytes entry, std::int64_t offset, std::int8_t attributes,
                std::int64_t timestamp_ms) {
  std::uint8_t* to = entry.data();
  store_be(to + message_field::kOffset, offset);
  store_be(to + message_field::kSize,
           static_cast<std::int32_t>(entry.size() - kMessagePrefixBytes));
  store_be<std::int8_t>(to + message_field::kMagic, 1);
  store_be(to + message_field::kAttributes, attributes);
  store_be(to + message_field::kTimestamp, timestamp_ms);
  store_be(to + message_field::kCrc, crc32(ConstBytes(entry).subspan(message_field::kMagic)));
}

// Where the key's length stands.
std::uint8_t* body_of(Buffer& entry) {
  return entry.data() + message_field::kTimestamp + sizeof(std::int64_t);
}

std::size_t entry_bytes(const RecordView& record) {
  return kMinMessageBytesOfMagic1 + size_of(record.key) + size_of(record.value);
}

class Converter {
 public:
  Converter(const BatchView& source, const DownConversion& wanted, MessageSet& set)
      : source_(source), wanted_(wanted), set_(set), compressor_(wanted.codec) {
    if (wanted.use == MessageSetUse::kFetch && is_append_time()) {
      attributes_ = batch_attribute::kLogAppendTime;
    }
  }

  // All that format 1 does not allow for, before anything is written.
  std::optional<Malformed> find_misfit(ConstBytes payload);

  // A record of a control batch is only counted.
  void add(const RecordView& record);
  void finish();

 private:
  bool is_append_time() const { return source_.timestamp_type() == TimestampType::kLogAppendTime; }
  bool is_wanted(const RecordView& record) const {
    return source_.offset_at(record.offset_delta) >= wanted_.first_offset;
  }

  const BatchView& source_;
  const DownConversion& wanted_;
  MessageSet& set_;
  compression::Compressor compressor_;
  Buffer entry_;
  std::int8_t attributes_ = 0;     // but for the codec
  std::int64_t first_offset_ = 0;  // of the records written, as is the last
  std::int64_t last_offset_ = 0;
  std::int64_t max_timestamp_ms_ = kNoTimestamp;
};

std::optional<Malformed> Converter::find_misfit(ConstBytes payload) {
  RecordCursor cursor(payload, source_.record_count());
  RecordView record;
  std::int64_t last_offset = -1;
  std::size_t bytes = 0;
  for (auto begin = cursor.position(); cursor.next(record); begin = cursor.position()) {
    if (!is_wanted(record)) continue;
    if (source_.timestamp_at(record.timestamp_delta_ms) < kNoTimestamp) {
      return Malformed{"timestamp is below -1", begin};
    }
    const std::int64_t offset = source_.offset_at(record.offset_delta);
    if (wanted_.use == MessageSetUse::kFetch && offset <= last_offset) {
      return Malformed{"offsets do not increase", begin};
    }
    last_offset = offset;
    bytes += entry_bytes(record);
    if (bytes > kMaxPayloadBytes) return Malformed{"message set is larger than 1 GiB", begin};
  }
  return std::nullopt;
}

void Converter::add(const RecordView& record) {
  if (!is_wanted(record)) return;
  if (source_.is_control()) {
    ++set_.dropped_control_records;
    return;
  }
  const bool is_compressed = wanted_.codec != Codec::kNone;
  last_offset_ = wanted_.use == MessageSetUse::kProduce ? set_.record_count
                                                        : source_.offset_at(record.offset_delta);
  if (set_.record_count == 0) first_offset_ = last_offset_;
  const std::int64_t timestamp_ms = source_.timestamp_at(record.timestamp_delta_ms);
  max_timestamp_ms_ = std::max(max_timestamp_ms_, timestamp_ms);

  entry_.resize(entry_bytes(record));
  write_field(write_field(body_of(entry_), record.key), record.value);
  write_head(entry_, is_compressed ? last_offset_ - first_offset_ : last_offset_, attributes_,
             timestamp_ms);
  if (is_compressed) {
    compressor_.append(entry_);
  } else {
    set_.bytes.insert(set_.bytes.end(), entry_.begin(), entry_.end());
  }
  ++set_.record_count;
  set_.dropped_headers += record.header_count;
}

void Converter::finish() {
  if (set_.record_count == 0) return;
  set_.dropped_producer = source_.producer_id() >= 0;
  set_.dropped_transactional = source_.is_transactional();
  set_.changed_codec = source_.codec() != wanted_.codec;
  set_.changed_timestamp_type = is_append_time() && attributes_ == 0;
  set_.dropped_delete_horizon = source_.has_delete_horizon();
  if (wanted_.codec == Codec::kNone) return;
  set_.bytes.resize(kMinMessageBytesOfMagic1);
  compressor_.finish(set_.bytes);
  const std::size_t value_bytes = set_.bytes.size() - kMinMessageBytesOfMagic1;
  std::uint8_t* to = write_field(body_of(set_.bytes), std::nullopt);
  store_be(to, static_cast<std::int32_t>(value_bytes));
  write_head(set_.bytes, last_offset_,
             static_cast<std::int8_t>(attributes_ | static_cast<int>(wanted_.codec)),
             max_timestamp_ms_);
}

}  // namespace

std::optional<Malformed> convert_down(const BatchView& source, ConstBytes payload,
                                      const DownConversion& wanted, MessageSet& set) {
  KM_CHECK(wanted.codec != Codec::kZstd, "brokers from before 0.11 have no zstd");
  set = {};
  if (auto problem = find_problem(source, payload)) return problem;
  Converter converter(source, wanted, set);
  if (!source.is_control()) {
    if (auto misfit = converter.find_misfit(payload)) return misfit;
  }
  RecordCursor cursor(payload, source.record_count());
  RecordView record;
  while (cursor.next(record)) converter.add(record);
  converter.finish();
  return std::nullopt;
}

}  // namespace kmirror::protocol
