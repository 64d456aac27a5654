// The records of a batch, decompressed one after the other in bounded memory (PayloadStream tells
// how much), for batches of which nobody knows what they hold. Where the payload is needed whole:
// open_batch() and RecordCursor.
// The caller keeps the batch alive. One owner, no thread rules.
#pragma once

#include <cstddef>
#include <cstdint>

#include "protocol/records/batch_view.h"
#include "protocol/records/malformed.h"
#include "protocol/records/payload_stream.h"
#include "protocol/records/record_cursor.h"

namespace kmirror::protocol {

// What Kafka's producers may send unless told otherwise (max.request.size).
inline constexpr std::size_t kDefaultMaxRecordBytes = 1 << 20;

class RecordStream {
 public:
  // The batch's CRC is for the caller to check (BatchView::is_crc_valid): here a batch with a wrong
  // one is read like any other. A compressed record that declares more than max_record_bytes is
  // malformed, as kRecordTooLarge says. Memory is taken for the record that is read, or for
  // window_bytes if that is more, and by the codec. Where nothing is compressed nothing is copied,
  // and any size is taken.
  RecordStream(const BatchView& batch, std::size_t max_record_bytes,
               std::size_t window_bytes = PayloadStream::kWindowBytes);

  // False at the end, and where the batch is malformed: ok() tells which. Views are valid until the
  // next call. All records in front of a damage are given, but for those that were decompressed
  // together with it.
  bool next(RecordView& record);

  // As a RecordCursor over the decompressed payload would say it, with the position there. Where
  // the compressed data is damaged, the position is that of the first byte that did not come out.
  bool ok() const { return malformed_.what == nullptr; }
  // Behind a record that was larger than allowed: next() goes on with the one after it. False if it
  // was something else.
  bool pass_large();
  const Malformed& malformed() const { return malformed_; }

 private:
  bool fail(const char* what, std::size_t distance);
  bool end();

  PayloadStream payload_;
  std::size_t max_record_bytes_;
  std::int32_t left_;
  std::size_t large_bytes_ = 0;  // of a record that was larger than allowed; else 0
  Malformed malformed_;
};

}  // namespace kmirror::protocol
