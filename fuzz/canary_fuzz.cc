// Mistakes on purpose, to see that they would be found: a reader of two tiny formats believes a
// length. In one it reads behind the end, for AddressSanitizer, and a check for builds without it;
// in the other it allocates, for MemoryLimit.
#include "base/check.h"
#include "fuzz/memory_limit.h"
#include "fuzz/target.h"

namespace kmirror::fuzz {
namespace {

constexpr std::size_t kHeaderBytes = 5;  // a magic of four bytes and a length
constexpr std::uint32_t kText = 0x6b6d6972;
constexpr std::uint32_t kBlocks = 0x6b6d656d;
constexpr std::size_t kBlockBytes = 64 * 1024;
constexpr std::size_t kMemoryBytes = 1 << 20;

void read_text(ConstBytes input, std::size_t length) {
  const std::uint8_t* const text = input.data() + kHeaderBytes;
  unsigned sum = 0;
  for (std::size_t i = 0; i < length; ++i) sum += text[i];
  KM_CHECK(kHeaderBytes + length <= input.size(), "the canary sings");
  KM_CHECK(sum <= 255 * length, "the sum is of bytes");
}

void make_room(std::size_t length) {
  const MemoryLimit limit(kMemoryBytes);
  const Buffer blocks(length * kBlockBytes);
  KM_CHECK(blocks.size() == length * kBlockBytes, "there is room");
}

KMIRROR_FUZZ_TARGET(canary) {
  if (input.size() < kHeaderBytes) return;
  const auto magic = load_be<std::uint32_t>(input.data());
  const std::size_t length = input[4];
  if (magic == kText) read_text(input, length);
  if (magic == kBlocks) make_room(length);
}

}  // namespace
}  // namespace kmirror::fuzz
