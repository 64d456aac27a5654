// What libFuzzer calls: the one target that is linked in.
#include <cstddef>
#include <cstdint>

#include "fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  kmirror::fuzz::targets().front().run({data, size});
  return 0;
}
