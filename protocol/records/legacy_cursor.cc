#include "protocol/records/legacy_cursor.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace kmirror::protocol {

namespace {

// False if the payload ends before. Only what one window holds is in memory at a time.
bool skip(PayloadStream& payload, std::size_t bytes) {
  while (bytes > 0) {
    const std::size_t seen = std::min(payload.peek(1).size(), bytes);
    if (seen == 0) return false;
    payload.skip(seen);
    bytes -= seen;
  }
  return true;
}

}  // namespace

LegacyCursor::LegacyCursor(const LegacyMessageView& entry, std::size_t max_message_bytes)
    : entry_(entry), max_message_bytes_(max_message_bytes) {
  if (entry.codec()) {
    open(*entry.codec(), entry.value().value_or(ConstBytes()));
  } else {
    fail("compression codec is unknown", message_field::kAttributes);
  }
}

LegacyCursor::LegacyCursor(const LegacyMessageView& entry, ConstBytes payload)
    : entry_(entry), max_message_bytes_(std::numeric_limits<std::size_t>::max()) {
  open(compression::Codec::kNone, payload);
}

void LegacyCursor::open(compression::Codec codec, ConstBytes payload) {
  malformed_ = entry_.malformed();
  if (ok() && entry_.offset() < 0) fail("offset is negative", message_field::kOffset);
  if (!ok() || !entry_.is_compressed()) return;
  const auto header = entry_.lz4_header();
  if (entry_.magic() == 1 && !find_base_offset(PayloadStream(codec, payload, header))) return;
  payload_.emplace(codec, payload, header);
}

bool LegacyCursor::find_base_offset(PayloadStream payload) {
  std::int64_t last_offset = 0;
  Inner inner;
  while (find_message(payload, inner)) {
    if (!skip(payload, inner.bytes)) {
      end(payload, true);
      break;
    }
    last_offset = inner.offset;
    is_empty_ = false;
  }
  if (!ok()) return false;
  at_end_ = false;
  // Some versions of librdkafka leave a wrapper's offset at 0 and count from its first message.
  if (entry_.offset() == 0) return true;
  if (entry_.offset() < last_offset) {
    return fail("wrapper's offset is below that of its last message", message_field::kOffset);
  }
  base_offset_ = entry_.offset() - last_offset;
  return true;
}

bool LegacyCursor::next(LegacyRecord& record) {
  if (!ok() || at_end_) return false;
  if (payload_) return next_within(record);
  at_end_ = true;
  record = {.offset = entry_.offset(),
            .timestamp_ms = entry_.timestamp_ms(),
            .timestamp_type = entry_.timestamp_type(),
            .key = entry_.key(),
            .value = entry_.value()};
  return true;
}

bool LegacyCursor::next_within(LegacyRecord& record) {
  Inner inner;
  if (!find_message(*payload_, inner)) return false;
  const std::size_t position = payload_->position();
  if (inner.bytes > max_message_bytes_) {
    // A size that lies beyond the end is no worse than any other message that is cut off.
    if (!skip(*payload_, inner.bytes)) return end(*payload_, true);
    return fail_within("message is larger than allowed", position);
  }
  const ConstBytes bytes = payload_->peek(inner.bytes);
  if (bytes.size() < inner.bytes) return end(*payload_, true);
  is_empty_ = false;
  if (!take(LegacyMessageView(bytes.first(inner.bytes)), position, record)) return false;
  payload_->skip(inner.bytes);
  return true;
}

bool LegacyCursor::find_message(PayloadStream& payload, Inner& inner) {
  const ConstBytes prefix = payload.peek(kMessagePrefixBytes);
  if (prefix.size() < kMessagePrefixBytes) return end(payload, !prefix.empty());
  const auto size = load_be<std::int32_t>(prefix.data() + message_field::kSize);
  if (size < static_cast<std::int32_t>(kMinMessageBytes - kMessagePrefixBytes)) {
    return fail_within("message size is too small", payload.position() + message_field::kSize);
  }
  inner.offset = load_be<std::int64_t>(prefix.data() + message_field::kOffset);
  inner.bytes = kMessagePrefixBytes + static_cast<std::size_t>(size);
  if (inner.offset < 0) return fail_within("offset is negative", payload.position());
  return true;
}

bool LegacyCursor::take(const LegacyMessageView& message, std::size_t position,
                        LegacyRecord& record) {
  if (!message.ok()) {
    return fail_within(message.malformed().what, position + message.malformed().position);
  }
  if (!message.is_crc_valid()) {
    return fail_within("message checksum is wrong", position + message_field::kCrc);
  }
  if (message.is_compressed()) {
    return fail_within("message within a wrapper is compressed",
                       position + message_field::kAttributes);
  }
  if (message.offset() > std::numeric_limits<std::int64_t>::max() - base_offset_) {
    return fail_within("offset overflows", position);
  }
  record = {.offset = base_offset_ + message.offset(),
            .timestamp_ms = message.timestamp_ms(),
            .key = message.key(),
            .value = message.value()};
  // The magic may be another than the wrapper's: cleaners of 0.10.0 left such (KAFKA-4298).
  if (message.magic() == 1) {
    record.timestamp_type = entry_.timestamp_type();
    if (record.timestamp_type == TimestampType::kLogAppendTime) {
      record.timestamp_ms = entry_.timestamp_ms();
    }
  }
  return true;
}

bool LegacyCursor::end(const PayloadStream& payload, bool is_truncated) {
  at_end_ = true;
  if (payload.error() != compression::DecompressError::kNone) {
    return fail_within(compression::decompress_error_text(payload.error()), payload.position());
  }
  if (is_empty_) return fail("wrapper holds no whole message", message_field::kMagic);
  is_truncated_ = is_truncated;
  return false;
}

bool LegacyCursor::fail(const char* what, std::size_t position) {
  malformed_ = {.what = what, .position = position};
  return false;
}

bool LegacyCursor::fail_within(const char* what, std::size_t position) {
  is_within_ = true;
  return fail(what, position);
}

}  // namespace kmirror::protocol
