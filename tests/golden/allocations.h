// How much memory the program has asked for. Linking allocations.cc replaces operator new by one
// that counts. For tests of one thread.
#pragma once

#include <cstddef>

namespace kmirror::golden {

// Since the program started; what was given back is not taken off.
std::size_t allocated_bytes();

}  // namespace kmirror::golden
