// What may differ from run to run and from cluster to cluster, shown by names: the first producer
// id that was seen is $producer1 wherever it stands. One object a story; one thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "protocol/wire/uuid.h"

namespace kmirror::conformance {

class Masks {
 public:
  // `now_ms`: times near it are shown as $now, or $now+2h.
  explicit Masks(std::int64_t now_ms) : now_ms_(now_ms) {}

  // `actual`, where it is a whole text, is shown as `shown`.
  void rename(std::string actual, std::string shown) { texts_.emplace(actual, shown); }

  // Ids that a broker has handed out. Others are a story's own, and are shown as they are.
  void learn_producer(std::int64_t id);
  void learn_member(std::string_view id);

  std::string text(std::string_view actual) const;  // quoted if it is nothing's name
  std::string producer(std::int64_t id) const;
  std::string topic_id(const protocol::Uuid& id);
  std::string session(std::int64_t id);
  std::string time(std::int64_t ms) const;

 private:
  std::int64_t now_ms_;
  std::map<std::string, std::string, std::less<>> texts_;
  std::map<std::int64_t, std::string> producers_;
  std::map<std::int64_t, std::string> sessions_;
  std::map<protocol::Uuid, std::string> topic_ids_;
  int members_ = 0;
};

}  // namespace kmirror::conformance
