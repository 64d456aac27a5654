// Whatever can be read can be written, and is read as the same message again. The first byte tells
// requests, responses and data apart; the others are those of message_input.h.
#include "base/check.h"
#include "base/join.h"
#include "fuzz/message_input.h"
#include "fuzz/target.h"
#include "protocol/wire/diff.h"

namespace kmirror::fuzz {
namespace {

using protocol::AnyMessage;
using protocol::GatherBuffer;

// As bytes; views into `gathered` and what `message` refers to are copied.
Buffer written(const AnyMessage& message, std::int16_t version) {
  GatherBuffer gathered;
  const protocol::WireError error = message.encode(version, gathered);
  KM_CHECK(!error, "what was read can be written");
  KM_CHECK(gathered.size() == message.wire_size(version), "as many bytes as were measured");
  return join(gathered.pieces());
}

KMIRROR_FUZZ_TARGET(round_trip) {
  if (input.empty()) return;
  const auto role = static_cast<protocol::MessageRole>(input[0] % 3);
  const auto chosen = message_input(role, input.subspan(1));
  if (!chosen) return;
  AnyMessage first(*chosen->type);
  if (decode_within_limit(*chosen, first)) return;
  const Buffer bytes = written(first, chosen->version);
  AnyMessage second(*chosen->type);
  const protocol::WireError error = second.decode(bytes, chosen->version);
  KM_CHECK(!error, "what was written can be read");
  const auto differences = diff(first.layout(), first.get(), second.get(), chosen->version);
  KM_CHECK(differences.empty(), "it is the same message");
  KM_CHECK(written(second, chosen->version) == bytes, "and is written the same way");
}

}  // namespace
}  // namespace kmirror::fuzz
