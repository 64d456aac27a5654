// What must hold of all records of a batch before one of them is built into another batch or
// message set: so that a batch is taken whole or not at all. No thread rules.
#pragma once

#include <cstddef>
#include <optional>

#include "base/bytes.h"
#include "protocol/records/batch_view.h"
#include "protocol/records/legacy_message.h"
#include "protocol/records/malformed.h"

namespace kmirror::protocol {

// Keeps every sum of sizes within the formats' int32.
inline constexpr std::size_t kMaxPayloadBytes = std::size_t{1} << 30;

// The first problem of `payload`, which is what open_batch gave for `source`: what a RecordCursor
// finds, and offsets before the batch or beyond int64; then the position is where the record
// begins. Offsets that do not increase, or go beyond the batch's last one, are none: brokers of
// 0.11 to 2.3 stored what miscounting clients sent.
std::optional<Malformed> find_problem(const BatchView& source, ConstBytes payload);

// The same for an entry of a message set and what open_message gave for it: what a LegacyCursor
// finds, and what it reads although it is not to be mirrored, which are negative offsets, and a
// wrapper whose last message is cut off. Left out, that one would be lost, and in format 1 the
// others have wrong offsets without it.
std::optional<Malformed> find_problem(const LegacyMessageView& source, ConstBytes payload);

}  // namespace kmirror::protocol
