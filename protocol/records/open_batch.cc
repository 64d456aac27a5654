#include "protocol/records/open_batch.h"

namespace kmirror::protocol {

namespace {

OpenedBatch decompress_payload(compression::Codec codec, ConstBytes compressed,
                               std::size_t limit_bytes, Buffer& scratch,
                               compression::Lz4Header lz4_header) {
  scratch.clear();
  switch (compression::decompress(codec, compressed, limit_bytes, scratch, lz4_header)) {
    case compression::DecompressError::kNone:
      return {.error = OpenError::kNone, .payload = scratch};
    case compression::DecompressError::kTooLarge:
      return {.error = OpenError::kTooLarge, .payload = {}};
    case compression::DecompressError::kWindowTooLarge:
      return {.error = OpenError::kWindowTooLarge, .payload = {}};
    case compression::DecompressError::kCorrupt:
      break;
  }
  return {.error = OpenError::kCorrupt, .payload = {}};
}

}  // namespace

const char* open_error_text(OpenError error) {
  switch (error) {
    case OpenError::kNone:
      return "no error";
    case OpenError::kWrongCrc:
      return "its checksum is wrong";
    case OpenError::kUnknownCodec:
      return "its compression codec is unknown";
    case OpenError::kCorrupt:
      return "its compressed data is damaged";
    case OpenError::kTooLarge:
      return "it decompresses to more than is allowed";
    case OpenError::kWindowTooLarge:
      return "its zstd window is larger than 128 MiB";
  }
  return "unknown error";
}

OpenedBatch open_batch(const BatchView& batch, std::size_t limit_bytes, Buffer& scratch) {
  if (!batch.is_crc_valid()) return {.error = OpenError::kWrongCrc, .payload = {}};
  const auto codec = batch.codec();
  if (!codec) return {.error = OpenError::kUnknownCodec, .payload = {}};
  // Compaction leaves empty batches without a compressed stream, whatever their codec bits say.
  if (*codec == compression::Codec::kNone || batch.record_count() == 0) {
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
  return decompress_payload(*codec, *message.value(), limit_bytes, scratch,
                            message.lz4_header());
}

}  // namespace kmirror::protocol
