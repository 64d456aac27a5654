#include "protocol/records/legacy_cursor.h"

#include <algorithm>
#include <limits>

namespace kmirror::protocol {

namespace {

// A message within a wrapper, as far as its first bytes tell.
struct Inner {
  std::int64_t offset = 0;
  std::int32_t size = 0;

  bool is_possible() const {
    return size >= static_cast<std::int32_t>(kMinMessageBytes - kMessagePrefixBytes);
  }
  std::size_t bytes() const { return kMessagePrefixBytes + static_cast<std::size_t>(size); }
};

constexpr const char* kTooSmall = "message size is too small";

// None if less than its first bytes are left.
std::optional<Inner> peek_inner(PayloadStream& payload) {
  const ConstBytes prefix = payload.peek(kMessagePrefixBytes);
  if (prefix.size() < kMessagePrefixBytes) return std::nullopt;
  return Inner{.offset = load_be<std::int64_t>(prefix.data() + message_field::kOffset),
               .size = load_be<std::int32_t>(prefix.data() + message_field::kSize)};
}

// What is wrong with the entry itself.
Malformed problem_of(const LegacyMessageView& entry) {
  if (!entry.ok()) return entry.malformed();
  if (!entry.codec()) return {"compression codec is unknown", message_field::kAttributes};
  if (!entry.is_compressed() || entry.value()) return {};
  // The null is the last that stands there.
  return {"wrapper has no value", entry.bytes().size() - sizeof(std::int32_t)};
}

std::int64_t sum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

std::int64_t difference(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

}  // namespace

LegacyCursor::LegacyCursor(const LegacyMessageView& entry, std::size_t max_message_bytes)
    : entry_(entry), max_message_bytes_(max_message_bytes), malformed_(problem_of(entry)) {
  if (ok() && entry.is_compressed()) open(*entry.codec(), *entry.value());
}

LegacyCursor::LegacyCursor(const LegacyMessageView& entry, ConstBytes payload)
    : entry_(entry),
      max_message_bytes_(std::numeric_limits<std::size_t>::max()),
      malformed_(problem_of(entry)) {
  if (ok() && entry.is_compressed()) open(compression::Codec::kNone, payload);
}

void LegacyCursor::open(compression::Codec codec, ConstBytes payload) {
  const auto header = entry_.lz4_header();
  if (entry_.magic() == 1 && !find_base_offset(PayloadStream(codec, payload, header))) return;
  payload_.emplace(codec, payload, header);
}

bool LegacyCursor::find_base_offset(PayloadStream payload) {
  std::int64_t last_offset = entry_.offset();  // if there is none, which next() tells
  while (const auto inner = peek_inner(payload)) {
    const std::size_t position = payload.position();
    if (!inner->is_possible()) return fail_within(kTooSmall, position + message_field::kSize);
    if (!payload.pass(inner->bytes())) break;
    last_offset = inner->offset;
  }
  if (!check(payload)) return false;
  // Some versions of librdkafka leave a wrapper's offset at 0 and count from its first message.
  if (entry_.offset() == 0) return true;
  if (entry_.offset() < last_offset) {
    return fail("wrapper's offset is below that of its last message", message_field::kOffset);
  }
  base_offset_ = difference(entry_.offset(), last_offset);
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
  const auto inner = peek_inner(*payload_);
  if (!inner) return end(!payload_->peek(1).empty());
  const std::size_t position = payload_->position();
  if (!inner->is_possible()) return fail_within(kTooSmall, position + message_field::kSize);
  if (inner->bytes() > max_message_bytes_) {
    // A size that lies beyond the end is no worse than any other message that is cut off.
    if (!payload_->pass(inner->bytes())) return end(true);
    is_empty_ = false;
    is_large_ = true;
    return fail_within(kRecordTooLarge, position);
  }
  const ConstBytes bytes = payload_->peek(inner->bytes());
  if (bytes.size() < inner->bytes()) return end(true);
  is_empty_ = false;
  if (!take(LegacyMessageView(bytes.first(inner->bytes())), record)) return false;
  payload_->skip(inner->bytes());
  return true;
}

bool LegacyCursor::pass_large() {
  if (!is_large_) return false;
  malformed_ = {};
  is_within_ = false;
  is_large_ = false;
  return true;
}

bool LegacyCursor::take(const LegacyMessageView& message, LegacyRecord& record) {
  const std::size_t position = payload_->position();
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
  record = {.offset = sum(base_offset_, message.offset()),
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

bool LegacyCursor::end(bool is_truncated) {
  at_end_ = true;
  if (!check(*payload_)) return false;
  if (is_empty_) return fail("wrapper holds no whole message", message_field::kMagic);
  is_truncated_ = is_truncated;
  return false;
}

// Whether it was the payload's end that was met.
bool LegacyCursor::check(const PayloadStream& payload) {
  if (payload.error() == compression::DecompressError::kNone) return true;
  return fail_within(compression::decompress_error_text(payload.error()), payload.position());
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
