// A mistake on purpose, to see that one would be found: a reader of a tiny format believes a
// length. The read behind the end is for AddressSanitizer, the check for builds without it.
#include "base/check.h"
#include "fuzz/target.h"

namespace kmirror::fuzz {
namespace {

constexpr std::size_t kHeaderBytes = 5;  // a magic of four bytes and a length

KMIRROR_FUZZ_TARGET(canary) {
  if (input.size() < kHeaderBytes || load_be<std::uint32_t>(input.data()) != 0x6b6d6972) return;
  const std::size_t length = input[4];
  const std::uint8_t* const text = input.data() + kHeaderBytes;
  unsigned sum = 0;
  for (std::size_t i = 0; i < length; ++i) sum += text[i];
  KM_CHECK(kHeaderBytes + length <= input.size(), "the canary sings");
  KM_CHECK(sum <= 255 * length, "the sum is of bytes");
}

}  // namespace
}  // namespace kmirror::fuzz
