// Takes batches, or messages of the older formats, of one source partition apart and builds batches
// for the partitions of another topic from their records: keyed records go where Java's partitioner
// puts them, records without a key go to one partition for a run of bytes and then to the next. The
// order of the source is kept in every partition, so for every key. With one partition it
// re-encodes: renumbers offsets, drops records below an offset, changes the codec or format, splits
// what is too large. One owner, no locking.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "compression/codec.h"
#include "protocol/records/batch_builder.h"
#include "protocol/records/batch_view.h"
#include "protocol/records/legacy_message.h"
#include "protocol/records/malformed.h"

namespace kmirror::protocol {

struct SplitBatch {
  std::int32_t partition = 0;
  BuiltBatch batch;
};

class Splitter {
 public:
  // `partitions` is at least 1. A batch is closed before it grows past `max_batch_bytes`, counted
  // before compression; one record that is larger travels alone. A batch to be compressed is closed
  // at 128 KiB already, unless its source is larger: zstd takes a tenth more CPU above. Records
  // without a key begin at `first_keyless_partition`: lanes that begin at different ones load them
  // evenly.
  Splitter(std::int32_t partitions, compression::Codec codec, std::size_t max_batch_bytes,
           std::int32_t first_keyless_partition = 0,
           std::optional<int> compression_level = std::nullopt);

  // Takes the records of `source` from `first_offset` on. `payload` is what open_batch gave, and
  // `owner` keeps it alive as long as a built batch points into it. Where the payload is malformed
  // nothing of this batch is taken; the position is in the payload.
  std::optional<Malformed> add(const BatchView& source, ConstBytes payload,
                               std::int64_t first_offset, const std::shared_ptr<const void>& owner);

  // The same for an entry of a message set, whose records become ones of format 2, without headers;
  // those of format 0 have no timestamp. `payload` is what open_message gave; records are copied. A
  // malformed position counts as LegacyCursor's does.
  std::optional<Malformed> add(const LegacyMessageView& source, ConstBytes payload,
                               std::int64_t first_offset);

  // Everything taken since the last call, by partition, and in order within each.
  std::vector<SplitBatch> finish();

 private:
  struct Target {
    BatchBuilder builder;
    std::vector<BuiltBatch> full;
  };

  void begin_source(ConstBytes payload);
  std::int32_t route(const std::optional<ConstBytes>& key, std::size_t body_bytes);
  BatchBuilder& builder_for(const std::optional<ConstBytes>& key, std::int64_t timestamp_ms,
                            std::size_t body_bytes);

  bool compresses_;
  std::size_t max_batch_bytes_;
  std::size_t batch_bytes_;      // the limit for records of the source that is taken apart
  std::vector<Target> targets_;  // by partition
  std::int32_t keyless_partition_;
  std::size_t keyless_run_bytes_ = 0;
};

}  // namespace kmirror::protocol
