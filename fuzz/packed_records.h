// Records that a fuzzer can change: what lies behind a checksum or a codec in a log is plain in the
// input, and packed before it is read. Pure functions.
#pragma once

#include "base/bytes.h"

namespace kmirror::fuzz {

// Gives every whole entry the checksum of its format; of what lies in wrappers none.
void set_checksums(MutableBytes records);

// The first byte chooses the form. 0: records as they stand. 1 to 5: one batch, whose header and
// plain payload follow; its codec is that number less one, and its length is set. Checksums are set
// in both. The byte counts modulo kBatchForms.
inline constexpr int kBatchForms = 6;
Buffer packed_batches(ConstBytes input);

// The same for message sets. 1 to 3: one wrapper with that codec; its magic, attributes, offset and
// timestamp, and the plain set within follow.
inline constexpr int kMessageForms = 4;
Buffer packed_messages(ConstBytes input);

}  // namespace kmirror::fuzz
