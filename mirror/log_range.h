// A lane's position is outside the source's log: finds out where that begins, and goes on there, or
// stops the lane. A task of its shard's.
#pragma once

#include "mirror/shard.h"

namespace kmirror::mirror {

net::Awaitable<void> find_log_range(Shard& shard, Slot* slot);

}  // namespace kmirror::mirror
