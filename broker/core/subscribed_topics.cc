#include "broker/core/subscribed_topics.h"

#include "protocol/messages/consumer_protocol.h"
#include "protocol/wire/archive.h"

namespace kmirror::broker {

std::optional<std::set<std::string, std::less<>>> subscribed_topics(const GroupMembers& members,
                                                                    std::string_view protocol) {
  std::set<std::string, std::less<>> topics;
  for (const auto& [id, member] : members) {
    const ConstBytes metadata = member.metadata_of(protocol);
    if (metadata.size() < sizeof(std::int16_t)) return std::nullopt;
    // Each version begins as version 0 does.
    protocol::ConsumerProtocolSubscription subscription;
    const protocol::WireError error =
        protocol::decode(metadata.subspan(sizeof(std::int16_t)), 0, subscription);
    if (error && error.kind != protocol::WireError::Kind::kTrailingBytes) return std::nullopt;
    topics.insert(subscription.topics.begin(), subscription.topics.end());
  }
  return topics;
}

}  // namespace kmirror::broker
