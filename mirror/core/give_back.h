// What a blocked lane does for the others: batches that were never sent leave its windows, from the
// end on, and the lane goes back to where the first of them began.
#pragma once

#include <span>

namespace kmirror::mirror {

class Lane;
class ProduceWindow;

// `windows` are all those that the lane writes to. No Fetch for the lane is under way.
void give_back(Lane& lane, std::span<ProduceWindow* const> windows);

}  // namespace kmirror::mirror
