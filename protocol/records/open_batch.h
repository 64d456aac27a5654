// The records of a batch or a message, decompressed. No thread rules.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "protocol/records/batch_view.h"
#include "protocol/records/legacy_message.h"

namespace kmirror::protocol {

enum class OpenError : std::uint8_t {
  kNone,
  kWrongCrc,
  kUnknownCodec,
  kCorrupt,         // the compressed stream is damaged
  kTooLarge,        // it holds more than the limit
  kWindowTooLarge,  // it is zstd with a window of more than 128 MiB
};

// Words for an error, to stand behind "cannot read batch: ".
const char* open_error_text(OpenError error);

struct OpenedBatch {
  OpenError error = OpenError::kNone;
  ConstBytes payload;  // for a RecordCursor, or a LegacyCursor
};

// Checks the CRC first: what is rebuilt from the records gets a new one, which would hide damage.
// An uncompressed payload is the batch's own bytes; else it lies in `scratch`, which is
// overwritten, and at most `limit_bytes` are decompressed.
OpenedBatch open_batch(const BatchView& batch, std::size_t limit_bytes, Buffer& scratch);

// The same for an entry of a message set: the messages within a wrapper, or the entry as it is.
OpenedBatch open_message(const LegacyMessageView& message, std::size_t limit_bytes,
                         Buffer& scratch);

}  // namespace kmirror::protocol
