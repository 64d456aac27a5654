// Prints messages as JSON, one a line, in the form of Kafka's request log: as far as they can be
// read, and then why not further. Records are shown by their size. Pure but for the output.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "protocol/dump/dump_output.h"
#include "protocol/messages/registry.h"

namespace kmirror::protocol {

// Each returns false if something was malformed.

// A message alone, of a version that its API has: what follows the header in a frame.
bool dump_body(const MessageType& type, std::int16_t version, ConstBytes body,
               const DumpOutput& output);

// Frames one after the other, as a connection carries them. A malformed one concerns itself alone.
bool dump_request_frames(ConstBytes frames, const DumpOutput& output);
// All of one API and version, because a response does not say which it is of.
bool dump_response_frames(const MessageType& type, std::int16_t version, ConstBytes frames,
                          const DumpOutput& output);

}  // namespace kmirror::protocol
