// Walks the records of one entry of a message set: the message itself, or, where it is a wrapper,
// the messages within. Source: Kafka's AbstractLegacyRecordBatch.DeepRecordsIterator. Views only:
// the caller keeps the entry alive. No thread rules.
//
// Of the messages within a wrapper one at a time is in memory, or a window of them, beside what the
// codec takes (PayloadStream). Those of format 1 have offsets that count back from the last one,
// which has the wrapper's; so the payload is gone through twice, once only for the last offset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "protocol/records/batch_view.h"
#include "protocol/records/legacy_message.h"
#include "protocol/records/malformed.h"
#include "protocol/records/payload_stream.h"

namespace kmirror::protocol {

struct LegacyRecord {
  // In the log. A client may send any; sums that are none of a log's wrap around, as in Java.
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = kNoTimestamp;  // that consumers see
  TimestampType timestamp_type = TimestampType::kCreateTime;
  std::optional<ConstBytes> key;
  std::optional<ConstBytes> value;
};

class LegacyCursor {
 public:
  // Decompresses as it goes. The entry's own CRC is for the caller to check
  // (LegacyMessageView::is_crc_valid), those of the messages within a wrapper are checked here. One
  // of these that is larger than `max_message_bytes` is malformed.
  LegacyCursor(const LegacyMessageView& entry, std::size_t max_message_bytes);

  // `payload` is what open_message gave for the entry.
  LegacyCursor(const LegacyMessageView& entry, ConstBytes payload);

  // False at the end, and where something is malformed: ok() tells which. Key and value are valid
  // until the next call; if a payload was given, as long as that is.
  bool next(LegacyRecord& record);

  bool ok() const { return malformed_.what == nullptr; }
  // Behind a message that was larger than allowed: next() goes on with the one after it.
  bool pass_large();

  // The position counts in the entry, or, if it is_within(), in the wrapper's decompressed payload.
  const Malformed& malformed() const { return malformed_; }
  bool is_within() const { return is_within_; }

  // Where in the wrapper's decompressed payload the next message begins; 0 if there is no wrapper.
  std::size_t position() const { return payload_ ? payload_->position() : 0; }

  // The wrapper's last message is not whole. It is left out, as Java does. Known at the end.
  bool is_truncated() const { return is_truncated_; }

 private:
  void open(compression::Codec codec, ConstBytes payload);
  bool find_base_offset(PayloadStream payload);
  bool next_within(LegacyRecord& record);
  bool take(const LegacyMessageView& message, LegacyRecord& record);
  bool end(bool is_truncated);
  bool check(const PayloadStream& payload);
  bool fail(const char* what, std::size_t position);
  bool fail_within(const char* what, std::size_t position);

  LegacyMessageView entry_;
  std::size_t max_message_bytes_;
  std::optional<PayloadStream> payload_;  // of a wrapper
  std::int64_t base_offset_ = 0;          // is added to the offsets within
  bool at_end_ = false;
  bool is_empty_ = true;  // no whole message was read within
  bool is_truncated_ = false;
  bool is_within_ = false;
  bool is_large_ = false;  // the message that was refused last, which is passed already
  Malformed malformed_;
};

}  // namespace kmirror::protocol
