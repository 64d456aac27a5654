// How much memory the program has asked for: by new, malloc, calloc and realloc, from libraries as
// well. Linking allocations.cc makes all of it count. For tests of one thread.
#pragma once

#include <cstddef>

namespace kmirror::golden {

// Since the program started; what was given back is not taken off, and what realloc makes larger
// counts anew.
std::size_t allocated_bytes();

}  // namespace kmirror::golden
