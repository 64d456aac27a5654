#include "conformance/masks.h"

#include <fmt/format.h>

#include <cstdlib>

namespace kmirror::conformance {
namespace {

constexpr std::int64_t kHourMs = 60 * 60 * 1000;
constexpr std::int64_t kHoursMax = 48;
constexpr std::int64_t kNearMs = kHourMs / 3;

template <class Map, class Key>
std::string numbered(Map& map, const Key& key, std::string_view kind) {
  const auto [found, added] = map.try_emplace(key);
  if (added) found->second = fmt::format("${}{}", kind, map.size());
  return found->second;
}

}  // namespace

void Masks::learn_producer(std::int64_t id) {
  if (id >= 0) numbered(producers_, id, "producer");
}

void Masks::learn_member(std::string_view id) {
  if (id.empty() || texts_.contains(id)) return;
  texts_.emplace(id, fmt::format("$member{}", ++members_));
}

std::string Masks::text(std::string_view actual) const {
  const auto found = texts_.find(actual);
  return found == texts_.end() ? fmt::format("{:?}", actual) : found->second;
}

std::string Masks::producer(std::int64_t id) const {
  const auto found = producers_.find(id);
  return found == producers_.end() ? fmt::format("{}", id) : found->second;
}

std::string Masks::topic_id(const protocol::Uuid& id) {
  return id.is_zero() ? "none" : numbered(topic_ids_, id, "topicId");
}

std::string Masks::session(std::int64_t id) {
  return id == 0 ? "0" : numbered(sessions_, id, "session");
}

std::string Masks::time(std::int64_t ms) const {
  const std::int64_t hours = (ms - now_ms_ + (ms < now_ms_ ? -kHourMs : kHourMs) / 2) / kHourMs;
  const bool is_near = std::abs(ms - now_ms_ - hours * kHourMs) < kNearMs;
  if (ms < 0 || !is_near || std::abs(hours) > kHoursMax) return fmt::format("{}", ms);
  return hours == 0 ? "$now" : fmt::format("$now{:+}h", hours);
}

}  // namespace kmirror::conformance
