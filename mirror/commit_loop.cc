#include "mirror/commit_loop.h"

#include <fmt/core.h>

#include <optional>
#include <utility>

namespace kmirror::mirror {

namespace {

using net::Awaitable;
using net::LogLevel;
using net::Result;

// Offsets of a group without members expire, counted from their last commit (KIP-211).
constexpr auto kRecommitAfter = std::chrono::hours(1);

// How late a request may come to its broker after its connection was closed here.
constexpr auto kLate = std::chrono::minutes(2);

}  // namespace

Awaitable<void> CommitLoop::run() {
  while (!shard_.closing()) {
    co_await wakeup_.wait(shard_.runtime().now() + shard_.config().offset_commit_interval);
    if (shard_.closing()) break;
    const Result<void> committed = co_await commit(false);
    if (!committed && !shard_.closing()) {
      shard_.runtime().log(
          LogLevel::kWarning,
          "progress could not be committed and will be tried again in " +
              fmt::format("{} s: {}", shard_.config().offset_commit_interval.count() / 1000,
                          committed.error().text));
    }
  }
}

Awaitable<Result<void>> CommitLoop::commit(bool all) {
  // One at a time: an older commit that is tried again must not come behind a newer one.
  while (committing_) co_await ended_.wait();
  std::vector<net::GroupOffsets::Commit> commits;
  std::vector<std::pair<Slot*, Position>> moved;
  const TimePoint now = shard_.runtime().now();
  const TimePoint settled_at = shard_.offsets().unanswered_at() + kLate;
  for (const auto& slot : shard_.slots()) {
    const Position position = slot->lane.progress().committable();
    const bool undone = slot->committed_at < settled_at && settled_at <= now;
    const bool due =
        all || undone || slot->committed != position || now - slot->committed_at > kRecommitAfter;
    // The coordinator refuses a commit as a whole where it does not know a topic.
    if (!due || slot->missing_since) continue;
    commits.push_back({slot->where(), position.offset, position.leader_epoch, slot->metadata});
    moved.emplace_back(slot.get(), position);
  }
  if (commits.empty()) co_return Result<void>();
  committing_ = true;
  const Result<void> committed = co_await shard_.offsets().commit(std::move(commits));
  committing_ = false;
  ended_.notify();
  if (!committed) co_return committed;
  for (auto& [slot, position] : moved) {
    slot->committed = position;
    slot->committed_at = now;
  }
  co_return Result<void>();
}

}  // namespace kmirror::mirror
