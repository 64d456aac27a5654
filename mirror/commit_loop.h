// Commits the positions of a shard's lanes to the group at the source: now and then, and when asked
// to. Owned by the shard, used on its executor.
#pragma once

#include "mirror/shard.h"
#include "net/wakeup.h"

namespace kmirror::mirror {

class CommitLoop {
 public:
  explicit CommitLoop(Shard& shard)
      : shard_(shard), wakeup_(shard.runtime()), ended_(shard.runtime()) {}

  net::Awaitable<void> run();
  void wake() { wakeup_.notify(); }

  // Commits the positions that moved, and with `all` the others too.
  net::Awaitable<net::Result<void>> commit(bool all);

 private:
  Shard& shard_;
  net::Wakeup wakeup_;
  net::Wakeup ended_;
  bool committing_ = false;
};

}  // namespace kmirror::mirror
