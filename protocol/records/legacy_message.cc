#include "protocol/records/legacy_message.h"

#include "base/check.h"
#include "base/crc32.h"

namespace kmirror::protocol {

LegacyMessageView::LegacyMessageView(ConstBytes entry) : bytes_(entry) {
  KM_CHECK(entry.size() >= kMinMessageBytes, "the reader finds no shorter entry");
  std::optional<ConstBytes> key;
  std::optional<ConstBytes> value;
  malformed_ = read_fields(key, value);
  if (!ok()) return;
  key_ = key;
  value_ = value;
}

Malformed LegacyMessageView::read_fields(std::optional<ConstBytes>& key,
                                         std::optional<ConstBytes>& value) const {
  if (magic() != 0 && magic() != 1) return {"magic is not 0 or 1", message_field::kMagic};
  if (magic() == 1 && !has_timestamp()) return {"message is too short", message_field::kSize};
  std::size_t position = message_field::kTimestamp + (magic() == 1 ? sizeof(std::int64_t) : 0);
  if (!read_field(position, key)) return {"bad message key", position};
  if (!read_field(position, value)) return {"bad message value", position};
  if (position != bytes_.size()) return {"bytes are left over in the message", position};
  return {};
}

bool LegacyMessageView::read_field(std::size_t& position, std::optional<ConstBytes>& field) const {
  const ConstBytes rest = bytes_.subspan(position);
  if (rest.size() < sizeof(std::int32_t)) return false;
  const auto length = load_be<std::int32_t>(rest.data());
  const ConstBytes content = rest.subspan(sizeof(std::int32_t));
  if (length < -1) return false;
  if (length >= 0) {
    const auto bytes = static_cast<std::size_t>(length);
    if (bytes > content.size()) return false;
    field = content.first(bytes);
    position += bytes;
  }
  position += sizeof(std::int32_t);
  return true;
}

std::optional<compression::Codec> LegacyMessageView::codec() const {
  const auto codec = compression::codec_from_id(attributes() & batch_attribute::kCodecMask);
  return codec == compression::Codec::kZstd ? std::nullopt : codec;
}

bool LegacyMessageView::is_crc_valid() const {
  return crc32(bytes_.subspan(message_field::kMagic)) == crc();
}

}  // namespace kmirror::protocol
