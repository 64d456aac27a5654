#include "protocol/records/open_batch.h"

namespace kmirror::protocol {

namespace {

OpenedBatch decompress_payload(compression::Codec codec, ConstBytes compressed,
                               std::size_t limit_bytes, Buffer& scratch,
                               compression::Lz4Header lz4_header) {
  const auto opened =
      compression::decompress_over(codec, compressed, limit_bytes, scratch, lz4_header);
  return {.error = static_cast<OpenError>(opened.error), .payload = opened.bytes};
}

}  // namespace

const char* open_error_text(OpenError error) {
  if (error == OpenError::kWrongCrc) return "its checksum is wrong";
  if (error == OpenError::kUnknownCodec) return "its compression codec is unknown";
  return decompress_error_text(static_cast<compression::DecompressError>(error));
}

OpenedBatch open_batch(const BatchView& batch, std::size_t limit_bytes, Buffer& scratch) {
  if (!batch.is_crc_valid()) return {.error = OpenError::kWrongCrc, .payload = {}};
  const auto codec = batch.payload_codec();
  if (!codec) return {.error = OpenError::kUnknownCodec, .payload = {}};
  if (*codec == compression::Codec::kNone) {
    return {.error = OpenError::kNone, .payload = batch.payload()};
  }
  return decompress_payload(*codec, batch.payload(), limit_bytes, scratch,
                            compression::Lz4Header::kChecked);
}

OpenedBatch open_message(const LegacyMessageView& message, std::size_t limit_bytes,
                         Buffer& scratch) {
  if (!message.is_crc_valid()) return {.error = OpenError::kWrongCrc, .payload = {}};
  const auto codec = message.codec();
  if (!codec) return {.error = OpenError::kUnknownCodec, .payload = {}};
  if (*codec == compression::Codec::kNone || !message.value()) {
    return {.error = OpenError::kNone, .payload = message.bytes()};
  }
  return decompress_payload(*codec, *message.value(), limit_bytes, scratch, message.lz4_header());
}

}  // namespace kmirror::protocol
