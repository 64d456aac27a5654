#include "protocol/records/record_cursor.h"

#include "base/check.h"
#include "protocol/wire/varint.h"

namespace kmirror::protocol {

namespace {

// Reads a length varint and that many bytes; -1 stands for null. This and what calls it is inlined:
// calls would cost as much as the reading.
[[gnu::always_inline]] inline bool read_nullable(const std::uint8_t*& cursor,
                                                 const std::uint8_t* end,
                                                 std::optional<ConstBytes>& field) {
  const std::uint8_t* at = cursor;
  std::int32_t length = 0;
  if (!read_varint(at, end, length) || length < -1 || length > end - at) return false;
  if (length == -1) {
    field.reset();
    cursor = at;
    return true;
  }
  field = ConstBytes(at, static_cast<std::size_t>(length));
  cursor = at + length;
  return true;
}

bool read_header(const std::uint8_t*& cursor, const std::uint8_t* end, RecordHeader& header) {
  const std::uint8_t* at = cursor;
  std::optional<ConstBytes> key;
  if (!read_nullable(at, end, key) || !key) return false;
  if (!read_nullable(at, end, header.value)) return false;
  header.key = *key;
  cursor = at;
  return true;
}

}  // namespace

RecordCursor::RecordCursor(ConstBytes payload, std::int32_t record_count)
    : payload_(payload), at_(payload.data()), left_(record_count) {
  if (record_count < 0) fail("record count is negative", at_);
}

bool RecordCursor::fail(const char* what, const std::uint8_t* where) {
  malformed_ = {.what = what, .position = static_cast<std::size_t>(where - payload_.data())};
  return false;
}

inline bool RecordCursor::read_record(const std::uint8_t* at, const std::uint8_t* end,
                                      RecordView& record) {
  if (at == end) return fail("record is empty", at);
  ++at;  // attributes: no bit has a meaning yet
  if (!read_varlong(at, end, record.timestamp_delta_ms)) return fail("bad timestamp delta", at);
  if (!read_varint(at, end, record.offset_delta)) return fail("bad offset delta", at);
  record.body = ConstBytes(at, end);
  if (!read_nullable(at, end, record.key)) return fail("bad record key", at);
  if (!read_nullable(at, end, record.value)) return fail("bad record value", at);
  if (!read_varint(at, end, record.header_count)) return fail("bad header count", at);
  if (record.header_count < 0) return fail("header count is negative", at);
  record.headers = ConstBytes(at, end);
  RecordHeader header;
  for (std::int32_t i = 0; i < record.header_count; ++i) {
    if (!read_header(at, end, header)) return fail("bad record header", at);
  }
  if (at != end) return fail("bytes are left over in the record", at);
  return true;
}

bool RecordCursor::next(RecordView& record) {
  if (!ok()) return false;
  const std::uint8_t* end = payload_.data() + payload_.size();
  if (left_ == 0) {
    if (at_ != end) return fail("bytes are left over behind the last record", at_);
    return false;
  }
  const std::uint8_t* at = at_;
  std::int32_t length = 0;
  if (!read_varint(at, end, length)) return fail("record length cannot be read", at_);
  if (length < 0) return fail("record length is negative", at_);
  if (length > end - at) return fail(kRecordBeyondBatch, at_);
  if (!read_record(at, at + length, record)) return false;
  at_ = at + length;
  --left_;
  return true;
}

bool HeaderCursor::next(RecordHeader& header) {
  if (left_ == 0) return false;
  --left_;
  KM_CHECK(read_header(at_, end_, header), "the record's headers were checked by its cursor");
  return true;
}

}  // namespace kmirror::protocol
