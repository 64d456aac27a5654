#include "mirror/core/lane_index.h"

namespace kmirror::mirror {

void LaneIndex::add(const std::string& topic, const protocol::Uuid& id, std::int32_t partition,
                    std::size_t lane) {
  Topic& lanes = by_name_[topic];
  const auto place = static_cast<std::size_t>(partition);
  if (lanes.size() <= place) lanes.resize(place + 1);
  lanes[place] = static_cast<std::uint32_t>(lane);
  if (!id.is_zero()) by_id_[id] = &lanes;
}

std::optional<std::size_t> LaneIndex::find(std::string_view topic, std::int32_t partition) const {
  const auto found = by_name_.find(topic);
  return found == by_name_.end() ? std::nullopt : find(found->second, partition);
}

std::optional<std::size_t> LaneIndex::find(const protocol::Uuid& id, std::int32_t partition) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? std::nullopt : find(*found->second, partition);
}

// Numbers come from brokers, which may say anything.
std::optional<std::size_t> LaneIndex::find(const Topic& topic, std::int32_t partition) {
  if (partition < 0 || static_cast<std::size_t>(partition) >= topic.size()) return std::nullopt;
  return topic[static_cast<std::size_t>(partition)];
}

}  // namespace kmirror::mirror
