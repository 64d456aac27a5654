// Prints record batches, and messages of formats 0 and 1, as JSON lines: one for each of them and,
// if asked for, one for each record. For a log segment of any size, or the records of a partition.
// Takes the memory of an EntryReader, which holds batches whole only if their records are wanted,
// and of one decompressed record. Pure but for the functions it is given; one call, one thread.
#pragma once

#include <cstddef>

#include "protocol/dump/dump_output.h"
#include "protocol/dump/entry_reader.h"
#include "protocol/records/record_stream.h"

namespace kmirror::protocol {

struct DumpOptions {
  bool records = false;
  std::size_t max_record_bytes = kDefaultMaxRecordBytes;  // of a compressed batch; more is refused
};

// False if something was malformed. A wrong checksum, or records that cannot be read, concern one
// batch, and the dump goes on behind it; without a believable length it ends. Of a batch with a
// wrong checksum no records are printed; of one that the end of the input cuts, those that are
// there.
bool dump_records(const ReadBytes& read, const DumpOutput& output, const DumpOptions& options);

}  // namespace kmirror::protocol
