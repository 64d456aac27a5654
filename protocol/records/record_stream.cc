#include "protocol/records/record_stream.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "protocol/wire/varint.h"

namespace kmirror::protocol {

namespace {

using compression::Codec;
using compression::DecompressError;

}  // namespace

// An unknown codec is refused before anything is read.
RecordStream::RecordStream(const BatchView& batch, std::size_t max_record_bytes,
                           std::size_t window_bytes)
    : payload_(batch.payload_codec().value_or(Codec::kNone), batch.payload(),
               compression::Lz4Header::kChecked, window_bytes),
      max_record_bytes_(batch.payload_codec() == Codec::kNone
                            ? std::numeric_limits<std::size_t>::max()
                            : max_record_bytes),
      left_(batch.record_count()) {
  if (!batch.codec()) {
    fail("compression codec is unknown", 0);
  } else if (left_ < 0) {
    fail("record count is negative", 0);
  }
}

bool RecordStream::fail(const char* what, std::size_t distance) {
  malformed_ = {.what = what, .position = payload_.position() + distance};
  return false;
}

bool RecordStream::next(RecordView& record) {
  if (!ok()) return false;
  if (left_ == 0) return end();
  std::size_t wanted = kMaxVarintBytes;
  ConstBytes bytes = payload_.peek(wanted);
  const std::uint8_t* at = bytes.data();
  std::int32_t length = 0;
  if (read_varint(at, at + bytes.size(), length) && length > 0) {
    const auto size = static_cast<std::size_t>(length);
    wanted = static_cast<std::size_t>(at - bytes.data()) + size;
    if (size > max_record_bytes_) {
      large_bytes_ = wanted;
      return fail(kRecordTooLarge, 0);
    }
    bytes = payload_.peek(wanted);
  }
  if (bytes.size() < wanted && payload_.error() != DecompressError::kNone) {
    return fail(decompress_error_text(payload_.error()), bytes.size());
  }
  // One record is a payload of its own; whatever is wrong with it, the cursor finds.
  RecordCursor cursor(bytes.first(std::min(wanted, bytes.size())), 1);
  if (!cursor.next(record)) return fail(cursor.malformed().what, cursor.malformed().position);
  payload_.skip(wanted);
  --left_;
  return true;
}

bool RecordStream::pass_large() {
  if (large_bytes_ == 0) return false;
  malformed_ = {};
  --left_;
  if (payload_.pass(std::exchange(large_bytes_, 0))) return true;
  const bool is_damaged = payload_.error() != DecompressError::kNone;
  fail(is_damaged ? decompress_error_text(payload_.error()) : kRecordBeyondBatch, 0);
  return true;
}

bool RecordStream::end() {
  if (!payload_.peek(1).empty()) return fail("bytes are left over behind the last record", 0);
  if (payload_.error() == DecompressError::kNone) return false;
  return fail(decompress_error_text(payload_.error()), 0);
}

}  // namespace kmirror::protocol
