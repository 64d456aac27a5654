// Finds lanes by what brokers call them: a topic, by its name or its id, and a partition's number.
// A plain container; owned by a shard.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/wire/uuid.h"

namespace kmirror::mirror {

class LaneIndex {
 public:
  // `lane` is what is found; the id is zero where the brokers have none.
  void add(const std::string& topic, const protocol::Uuid& id, std::int32_t partition,
           std::size_t lane);

  std::optional<std::size_t> find(std::string_view topic, std::int32_t partition) const;
  std::optional<std::size_t> find(const protocol::Uuid& id, std::int32_t partition) const;

 private:
  using Topic = std::vector<std::optional<std::uint32_t>>;  // lanes by partition

  static std::optional<std::size_t> find(const Topic& topic, std::int32_t partition);

  std::map<std::string, Topic, std::less<>> by_name_;
  std::map<protocol::Uuid, const Topic*> by_id_;
};

}  // namespace kmirror::mirror
