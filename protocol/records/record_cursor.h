// Walks the records of a batch's payload, decompressed if it was compressed. Source: Kafka's
// DefaultRecord. Views only: the caller keeps the payload alive. No thread rules.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "protocol/records/malformed.h"

namespace kmirror::protocol {

struct RecordHeader {
  ConstBytes key;
  std::optional<ConstBytes> value;
};

struct RecordView {
  std::int64_t timestamp_delta_ms = 0;
  std::int32_t offset_delta = 0;
  std::optional<ConstBytes> key;
  std::optional<ConstBytes> value;
  std::int32_t header_count = 0;
  ConstBytes headers;  // as on the wire, checked; HeaderCursor walks them
  ConstBytes body;     // everything behind the offset delta: what a copy of the record shares
};

class RecordCursor {
 public:
  // `record_count` is the batch header's, which may lie.
  RecordCursor(ConstBytes payload, std::int32_t record_count);

  // False at the end, and where the payload is malformed: ok() tells which. Bytes left over behind
  // the last record are malformed too.
  bool next(RecordView& record);

  // Where in the payload the next record begins.
  std::size_t position() const { return static_cast<std::size_t>(at_ - payload_.data()); }

  bool ok() const { return malformed_.what == nullptr; }
  const Malformed& malformed() const { return malformed_; }

 private:
  bool fail(const char* what, const std::uint8_t* where);
  bool read_record(const std::uint8_t* at, const std::uint8_t* end, RecordView& record);

  ConstBytes payload_;
  const std::uint8_t* at_;
  std::int32_t left_;
  Malformed malformed_;
};

// Walks the headers of a record that a RecordCursor yielded.
class HeaderCursor {
 public:
  explicit HeaderCursor(const RecordView& record)
      : at_(record.headers.data()), end_(at_ + record.headers.size()), left_(record.header_count) {}

  bool next(RecordHeader& header);

 private:
  const std::uint8_t* at_;
  const std::uint8_t* end_;
  std::int32_t left_;
};

}  // namespace kmirror::protocol
