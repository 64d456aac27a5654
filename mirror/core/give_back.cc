#include "mirror/core/give_back.h"

#include <algorithm>

#include "mirror/core/lane.h"
#include "mirror/core/produce_window.h"

namespace kmirror::mirror {

// Of an entry that lies in several windows all parts stay if one does: a part that the destination
// has must not come again.
void give_back(Lane& lane, std::span<ProduceWindow* const> windows) {
  Progress::Entry first = lane.progress().first_untouched();
  for (const ProduceWindow* window : windows) {
    first = std::max(first, window->behind_what_stays(&lane));
  }
  std::size_t bytes = 0;
  for (ProduceWindow* window : windows) bytes += window->give_back(&lane, first);
  lane.rewind(first, bytes);
}

}  // namespace kmirror::mirror
