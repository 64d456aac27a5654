#include "broker/partition.h"

#include <algorithm>

#include "base/check.h"

namespace kmirror::broker {

Partition::Partition(std::vector<std::int32_t> replicas, ProducerRules rules)
    : log(rules),
      replicas_(std::move(replicas)),
      in_sync_(replicas_.begin(), replicas_.end()),
      leader_(replicas_.front()) {
  log.begin_epoch(leader_epoch_);
}

Partition::Leadership Partition::leadership(std::int32_t node, TimePoint now,
                                            Duration delay) const {
  const bool took_part = node == leader_ || node == previous_.leader;
  const bool heard = leader_epoch_ == 0 || took_part || now - elected_at_ >= delay;
  return heard ? Leadership{leader_, leader_epoch_} : previous_;
}

void Partition::elect(std::int32_t node, TimePoint now) {
  previous_ = {leader_, leader_epoch_};
  elected_at_ = now;
  if (leader_ >= 0) followers_[leader_] = extent_at(leader_);
  leader_ = node;
  ++leader_epoch_;
  if (node >= 0) {
    cut(followers_[node].end_offset);
    if (!in_sync_.contains(node)) in_sync_ = {node};
    advance_high_watermark();
  }
  notify();
}

void Partition::truncate(std::int64_t offset) {
  ++leader_epoch_;
  cut(offset);
  notify();
}

void Partition::cut(std::int64_t offset) {
  log.truncate(offset);
  log.begin_epoch(leader_epoch_);
  high_watermark_ = std::min(high_watermark_, log.end_offset());
  for (auto& [node, extent] : followers_) {
    extent.end_offset = std::min(extent.end_offset, log.end_offset());
    extent.high_watermark = std::min(extent.high_watermark, extent.end_offset);
  }
}

void Partition::set_in_sync(std::int32_t node, bool in_sync) {
  if (in_sync) {
    in_sync_.insert(node);
  } else if (in_sync_.size() > 1) {
    in_sync_.erase(node);
  }
  advance_high_watermark();
}

Partition::Extent Partition::extent_at(std::int32_t node) const {
  if (node == leader_) return {log.end_offset(), high_watermark_};
  const auto found = followers_.find(node);
  Extent extent = found == followers_.end() ? Extent{} : found->second;
  // One that is so far behind that its records are gone begins again with the log.
  extent.end_offset = std::max(extent.end_offset, log.start_offset());
  extent.high_watermark = std::max(extent.high_watermark, log.start_offset());
  return extent;
}

void Partition::on_replicated(std::int32_t node, std::int64_t end_offset) {
  if (node == leader_) return advance_high_watermark();
  Extent& extent = followers_[node];
  extent.end_offset = std::max(extent.end_offset, std::min(end_offset, log.end_offset()));
  const std::int64_t told = std::min(high_watermark_, extent.end_offset);
  if (told > extent.high_watermark) {
    extent.high_watermark = told;
    notify();
  }
  advance_high_watermark();
}

void Partition::advance_high_watermark() {
  if (leader_ < 0) return;
  std::int64_t lowest = log.end_offset();
  for (const std::int32_t node : in_sync_) lowest = std::min(lowest, extent_at(node).end_offset);
  if (lowest <= high_watermark_) return;
  high_watermark_ = lowest;
  notify();
}

void Partition::notify() {
  for (net::Wakeup* const wakeup : waiting_) wakeup->notify();
}

Partition::Waiter::Waiter(std::shared_ptr<Partition> partition, net::Wakeup& wakeup)
    : partition_(std::move(partition)), wakeup_(wakeup) {
  partition_->waiting_.push_back(&wakeup_);
}

Partition::Waiter::~Waiter() {
  std::erase(partition_->waiting_, &wakeup_);
}

}  // namespace kmirror::broker
