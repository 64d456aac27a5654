// A log segment, as `kmirror decode --segment` prints it: the same whatever the sizes are in which
// the file is read. Of the first byte, one bit asks for records, one keeps wrong checksums (nobody
// guesses a right one, and then there are no records), one makes batches above 200 bytes large, the
// others are the sizes.
#include <algorithm>

#include "base/check.h"
#include "fuzz/codec_memory.h"
#include "fuzz/dumped.h"
#include "fuzz/memory_limit.h"
#include "fuzz/packed_records.h"
#include "fuzz/target.h"
#include "protocol/dump/records_dump.h"

namespace kmirror::fuzz {
namespace {

using protocol::DumpOptions;
using protocol::DumpOutput;

constexpr std::size_t kMemoryBytes = 1 << 20;
constexpr std::size_t kMaxWrites = 16;  // of 64 KiB each

bool dump(ConstBytes segment, std::size_t read_bytes, const DumpOutput& output,
          const DumpOptions& options) {
  ConstBytes left = segment;
  const auto read = [&left, read_bytes](MutableBytes room) {
    const std::size_t bytes = std::min({room.size(), left.size(), read_bytes});
    std::copy_n(left.begin(), bytes, room.begin());
    left = left.subspan(bytes);
    return bytes;
  };
  const auto seek = [&left, segment](std::uint64_t position) {
    KM_CHECK(position <= segment.size(), "it goes back");
    left = segment.subspan(position);
  };
  return dump_records({.read = read, .seek = seek}, output, options);
}

void dump_within_limit(ConstBytes segment, const DumpOptions& options) {
  const MemoryLimit limit(kMemoryBytes + segment.size() +
                          (options.records ? codec_memory(segment) : 0));
  std::size_t writes = 0;
  dump(segment, segment.size(),
       {.write = [&writes](std::string_view) { return ++writes < kMaxWrites; },
        .report = [](std::string_view) {}},
       options);
}

KMIRROR_FUZZ_TARGET(segment) {
  if (input.empty()) return;
  DumpOptions options{.records = (input[0] & 0x80) != 0, .max_record_bytes = 64 * 1024};
  if ((input[0] & 0x20) != 0) options.max_unchecked_bytes = 200;
  Buffer segment(input.begin() + 1, input.end());
  if ((input[0] & 0x40) == 0) set_checksums(segment);
  dump_within_limit(segment, options);
  Dumped whole;
  const bool is_sound = dump(segment, segment.size(), whole.output(), options);
  whole.check_lines();
  Dumped pieces;
  const std::size_t read_bytes = std::size_t{1} + (input[0] & 0x1f);
  KM_CHECK(dump(segment, read_bytes, pieces.output(), options) == is_sound, "as sound in pieces");
  KM_CHECK(whole.text() == pieces.text(), "and says the same");
}

}  // namespace
}  // namespace kmirror::fuzz
