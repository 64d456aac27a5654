// The memory that a shard's data may fill: receive slabs, batches built here, batches held for
// partitions that take nothing, and fetches under way, each counted while it lives. One batch
// larger than all of it is let in when nothing else is there. Sans-IO; owned by a shard.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

#include "net/core/slab.h"

namespace kmirror::mirror {

class Budget {
 public:
  // Below this a fetch is not worth its request.
  static constexpr std::size_t kFetchBytesMin = 64 << 10;

  Budget(std::size_t limit_bytes, net::SlabPool& slabs) : limit_(limit_bytes), slabs_(slabs) {
    trim();
  }

  // How many bytes the next fetch may ask for, or 0 to wait until something is acknowledged. Each
  // of `fetchers` has a share, or one that waits for records at a quiet broker would keep the
  // others from theirs; one share more is for what is on its way out meanwhile. A limit too small
  // for such shares, or too small beside what is held, is stretched: partitions that take nothing
  // must not stop those that do. But what is held stays below the limit by itself: nothing more is
  // fetched then.
  std::size_t fetch_bytes(std::size_t fetchers) const {
    const std::size_t shares = (fetchers + 1) * kFetchBytesMin;
    const std::size_t whole = std::max(limit_, shares);
    if (held_ >= whole) return 0;
    const std::size_t limit = std::max(whole - held_, shares);
    const std::size_t free = limit - std::min(limit, used_bytes() - held_);
    const std::size_t bytes = std::min(free, limit / (fetchers + 1));
    return bytes >= kFetchBytesMin ? bytes : 0;
  }
  // What a lane may have taken at most, however long its line: it must not stop the others.
  std::size_t lane_bytes_max() const { return limit_ / 2; }

  // Whether there is room for such a fetch besides those of fetch loops, which have to find some
  // too.
  bool has_room_ahead(std::size_t bytes) const {
    return used_bytes() + bytes <= limit_ - limit_ / 8;
  }
  void begin_fetch(std::size_t bytes) { requested_ += bytes; }
  void end_fetch(std::size_t bytes) { requested_ -= bytes; }

  // How much a lane may build now. Never 0 while nothing is built, or nothing would ever move.
  std::size_t build_bytes() const {
    return built_ == 0 ? std::max<std::size_t>(free_bytes(), 1) : free_bytes();
  }

  // Counts a batch for as long as the charge lives; the budget outlives it.
  class Charge {
   public:
    Charge() = default;
    // For a batch built here.
    Charge(Budget& budget, std::size_t bytes) : Charge(budget, budget.built_, bytes) {}
    Charge(Charge&& other) noexcept
        : budget_(std::exchange(other.budget_, nullptr)),
          counter_(other.counter_),
          bytes_(other.bytes_) {}
    Charge& operator=(Charge&& other) noexcept {
      std::swap(budget_, other.budget_);
      std::swap(counter_, other.counter_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~Charge() {
      if (budget_ == nullptr) return;
      *counter_ -= bytes_;
      budget_->trim();
    }

   private:
    friend class Budget;
    Charge(Budget& budget, std::size_t& counter, std::size_t bytes)
        : budget_(&budget), counter_(&counter), bytes_(bytes) {
      *counter_ += bytes_;
      budget_->trim();
    }

    Budget* budget_ = nullptr;
    std::size_t* counter_ = nullptr;
    std::size_t bytes_ = 0;
  };

  // For a batch that stays until a partition takes records again, which nobody can wait for.
  Charge hold(std::size_t bytes) { return Charge(*this, held_, bytes); }

  std::size_t used_bytes() const { return slabs_.live_bytes() + requested_ + built_ + held_; }
  std::size_t held_bytes() const { return held_; }

 private:
  // Slabs that nobody uses are kept where nothing else takes their place. Those in use are larger
  // than their frames, hence a quarter more than the limit.
  void trim() { slabs_.keep_at_most(limit_ + limit_ / 4 - std::min(limit_, built_ + held_)); }

  std::size_t free_bytes() const { return limit_ - std::min(limit_, used_bytes()); }

  std::size_t limit_;
  net::SlabPool& slabs_;
  std::size_t requested_ = 0;
  std::size_t built_ = 0;
  std::size_t held_ = 0;
};

}  // namespace kmirror::mirror
