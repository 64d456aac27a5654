// Prints record batches, and messages of formats 0 and 1, as JSON lines, one for each of them. For
// a log segment of any size, in the memory of an EntryReader. Pure but for the functions it is
// given; one call, one thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "protocol/dump/entry_reader.h"

namespace kmirror::protocol {

struct DumpPorts {
  ReadBytes read;
  // Takes whole lines. False if nobody reads them any more, which ends the dump.
  std::function<bool(std::string_view lines)> write;
  // Takes a sentence for people, in its place between the lines: what is wrong, and at which byte.
  std::function<void(std::string_view sentence)> report;
};

// False if something was malformed. A wrong checksum concerns one batch, and the dump goes on
// behind it; without a believable length it ends.
bool dump_records(const DumpPorts& ports);

}  // namespace kmirror::protocol
