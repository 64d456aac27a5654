// The records of a batch or a message, decompressed. No thread rules.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "compression/codec.h"
#include "protocol/records/batch_view.h"
#include "protocol/records/legacy_message.h"

namespace kmirror::protocol {

// compression::DecompressError, and what is wrong before anything is decompressed.
enum class OpenError : std::uint8_t {
  kNone = static_cast<int>(compression::DecompressError::kNone),
  kCorrupt = static_cast<int>(compression::DecompressError::kCorrupt),
  kTooLarge = static_cast<int>(compression::DecompressError::kTooLarge),
  kWindowTooLarge = static_cast<int>(compression::DecompressError::kWindowTooLarge),
  kWrongCrc,
  kUnknownCodec,
};

// Words for an error, to stand behind "cannot read batch: ".
const char* open_error_text(OpenError error);

struct OpenedBatch {
  OpenError error = OpenError::kNone;
  ConstBytes payload;  // for a RecordCursor, or a LegacyCursor
};

// Checks the CRC first: what is rebuilt from the records gets a new one, which would hide damage.
// An uncompressed payload is the batch's own bytes; else it lies in `scratch`, which is
// overwritten and only grows, and at most `limit_bytes` are decompressed.
OpenedBatch open_batch(const BatchView& batch, std::size_t limit_bytes, Buffer& scratch);

// The same for an entry of a message set: the messages within a wrapper; or the entry as it is,
// also where it is malformed or a wrapper of nothing, which a LegacyCursor finds.
OpenedBatch open_message(const LegacyMessageView& message, std::size_t limit_bytes,
                         Buffer& scratch);

}  // namespace kmirror::protocol
