#include "mirror/log_range.h"

#include <fmt/core.h>

#include "net/admin.h"

namespace kmirror::mirror {

// Either retention was faster than the mirror, or the log is not the one that was read before. Only
// the first has an answer that loses nothing still there.
net::Awaitable<void> find_log_range(Shard& shard, Slot* slot) {
  const Lane::Settings& lane = slot->lane.settings();
  const std::vector<net::TopicPartition> where{{lane.topic, lane.partition}};
  const auto earliest =
      co_await net::list_offsets(shard.source(), where, net::OffsetSpec::kEarliest, false);
  slot->finding_range = false;
  shard.touch(*slot);
  if (!earliest || earliest.value().empty() || !shard.fetching()) co_return;
  const std::int64_t first = earliest.value().begin()->second.offset;
  const std::int64_t position = slot->lane.fetch_offset();
  if (position < first && shard.config().source.auto_offset_reset != OffsetReset::kNone) {
    shard.runtime().log(
        net::LogLevel::kWarning,
        fmt::format(
            "{}: offsets {} to {} are gone: the source's retention deleted them before they "
            "were mirrored; going on at {}",
            slot->lane.name(), position, first - 1, first));
    slot->lane.skip_to(first);
  } else {
    shard.stop_lane(*slot,
                    fmt::format("{}: offset {} is outside the source's log, which begins at {}: it "
                                "was truncated or created again, or auto.offset.reset is none",
                                slot->lane.name(), position, first));
  }
}

}  // namespace kmirror::mirror
