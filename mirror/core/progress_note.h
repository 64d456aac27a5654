// What kmirror writes beside an offset when it commits to the source's consumer group: how the
// topic is mirrored, so that a restart goes on in the same way, and which topic it was, so that one
// created again under the same name is noticed. Plain text within Kafka's limit of 4096 bytes
// (offset.metadata.max.bytes), as people see it in their group tools.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mirror/core/lane.h"

namespace kmirror::mirror {

struct ProgressNote {
  LaneMode mode = LaneMode::kIdentity;
  std::int32_t partitions = 0;  // of the destination topic, which key lanes spread over
  std::string topic_id;         // at the source, as Kafka prints it; empty where there are none
  bool operator==(const ProgressNote&) const = default;

  // Whether it was written of another topic than the one with this id. Brokers that answer without
  // ids say nothing about it.
  bool is_of_another(std::string_view id) const {
    return !topic_id.empty() && !id.empty() && topic_id != id;
  }
};

std::string to_string(const ProgressNote& note);

// Nothing where the text is not a note of ours: another consumer of the group wrote it.
std::optional<ProgressNote> parse_progress_note(std::string_view text);

std::string_view mode_name(LaneMode mode);

}  // namespace kmirror::mirror
