#include "broker/core/group_offsets.h"

#include <algorithm>
#include <utility>

namespace kmirror::broker {

namespace {

constexpr std::size_t kMaxMetadataChars = 4096;

// As Java counts the length of a string: a character beyond the basic plane, which takes four
// bytes of UTF-8, is two.
std::size_t count_chars(std::string_view text) {
  std::size_t chars = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool goes_on = (byte & 0xc0) == 0x80;
    chars += goes_on ? 0 : byte >= 0xf0 ? 2 : 1;
  }
  return chars;
}

}  // namespace

protocol::ErrorCode GroupOffsets::commit(std::string_view topic, std::int32_t partition,
                                         CommittedOffset offset,
                                         std::optional<std::int64_t> producer_id) {
  if (count_chars(offset.metadata) > kMaxMetadataChars) {
    return protocol::ErrorCode::kOffsetMetadataTooLarge;
  }
  const Key key{std::string(topic), partition};
  Written written{std::move(offset), next_order_++};
  if (producer_id) {
    pending_[*producer_id][key] = std::move(written);
  } else {
    put(key, written);
  }
  return protocol::ErrorCode::kNone;
}

void GroupOffsets::put(const Key& key, const Written& written) {
  const auto [at, is_first] = orders_.emplace(key, written.order);
  if (!is_first && at->second > written.order) return;
  at->second = written.order;
  committed_[key.topic][key.partition] = written.offset;
}

void GroupOffsets::end_transaction(std::int64_t producer_id, bool commit) {
  const auto found = pending_.find(producer_id);
  if (found == pending_.end()) return;
  if (commit) {
    for (const auto& [key, written] : found->second) put(key, written);
  }
  pending_.erase(found);
}

const CommittedOffset* GroupOffsets::find(std::string_view topic, std::int32_t partition) const {
  const auto of_topic = committed_.find(topic);
  if (of_topic == committed_.end()) return nullptr;
  const auto found = of_topic->second.find(partition);
  return found == of_topic->second.end() ? nullptr : &found->second;
}

bool GroupOffsets::is_pending(std::string_view topic, std::int32_t partition) const {
  const Key key{std::string(topic), partition};
  return std::ranges::any_of(
      pending_, [&key](const auto& transaction) { return transaction.second.contains(key); });
}

void GroupOffsets::remove(std::string_view topic, std::int32_t partition) {
  const Key key{std::string(topic), partition};
  orders_.erase(key);
  for (auto& [producer_id, offsets] : pending_) offsets.erase(key);
  const auto of_topic = committed_.find(topic);
  if (of_topic == committed_.end()) return;
  of_topic->second.erase(partition);
  if (of_topic->second.empty()) committed_.erase(of_topic);
}

void GroupOffsets::remove_topic(std::string_view topic) {
  const auto is_of_topic = [topic](const auto& entry) { return entry.first.topic == topic; };
  std::erase_if(orders_, is_of_topic);
  for (auto& [producer_id, offsets] : pending_) std::erase_if(offsets, is_of_topic);
  const auto of_topic = committed_.find(topic);
  if (of_topic != committed_.end()) committed_.erase(of_topic);
}

}  // namespace kmirror::broker
