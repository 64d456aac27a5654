// Prints record batches, and messages of formats 0 and 1, as JSON lines, one for each of them. For
// a log segment of any size, in the memory of an EntryReader. Pure but for the functions it is
// given; one call, one thread.
#pragma once

#include "protocol/dump/dump_output.h"
#include "protocol/dump/entry_reader.h"

namespace kmirror::protocol {

// False if something was malformed. A wrong checksum concerns one batch, and the dump goes on
// behind it; without a believable length it ends.
bool dump_records(const ReadBytes& read, const DumpOutput& output);

}  // namespace kmirror::protocol
