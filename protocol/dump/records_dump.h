// Prints record batches, and messages of formats 0 and 1, as JSON lines: one for each of them and,
// if asked for, one for each record. For a log segment of any size, or the records of a partition.
// Takes the memory of a window, of one decompressed record and, if records are wanted, of one
// batch: of one larger than max_unchecked_bytes only after its checksum has shown that it is one.
// Pure but for the functions it is given; one call, one thread.
#pragma once

#include <cstddef>

#include "protocol/dump/dump_output.h"
#include "protocol/dump/entry_reader.h"
#include "protocol/records/record_stream.h"

namespace kmirror::protocol {

struct DumpOptions {
  bool records = false;
  // Of a compressed batch; a larger one is told and passed over.
  std::size_t max_record_bytes = kDefaultMaxRecordBytes;
  // Batches that are held for their records before the checksum has proved their length; here what
  // a topic takes unless told otherwise (max.message.bytes).
  std::uint64_t max_unchecked_bytes = 1'048'588;
};

// False if something was malformed. A wrong checksum, or records that cannot be read, concern one
// batch, and the dump goes on behind it; without a believable length it ends. Of a batch with a
// wrong checksum no records are printed, nor of one larger than max_unchecked_bytes from a source
// that cannot seek; of one that the end of the input cuts, those within its first
// max_unchecked_bytes.
bool dump_records(const ByteSource& source, const DumpOutput& output, const DumpOptions& options);

}  // namespace kmirror::protocol
