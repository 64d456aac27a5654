// A record batch on its way to the destination, with what keeps its bytes alive and where its
// acknowledgement is to be noted. Owned by a ProduceWindow.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "mirror/core/budget.h"
#include "mirror/core/progress.h"
#include "net/core/slab.h"
#include "protocol/records/batch_builder.h"
#include "protocol/wire/records_view.h"

namespace kmirror::mirror {

class Lane;

struct OutgoingBatch {
  protocol::RecordsView records;  // the batch, in wire order
  MutableBytes header;            // its first 61 bytes
  std::int32_t record_count = 0;

  std::int64_t first_offset = 0;  // of its first record at the source, or one before it

  Lane* lane = nullptr;  // told when the batch is acknowledged
  Progress::Entry entry = 0;

  net::SlabRef slab;                            // of a batch passed through
  std::shared_ptr<protocol::BuiltBatch> built;  // of a batch made here, or detached
  Budget::Charge charge;                        // for the memory of such a batch

  // The window's own marks.
  std::int32_t base_sequence = -1;  // -1 until it is first sent
  bool sent = false;                // at least once, so it may be in the log
  bool acknowledged = false;
  bool in_flight = false;
  bool in_doubt = false;          // sent since the end of the log was last read
  bool found = false;             // in the log, when its end was last read
  bool sequence_refused = false;  // with nothing before it, since then
  std::int64_t log_offset = -1;   // at the destination, where it is known
  int corruptions = 0;
  int sequence_refusals = 0;
  bool detached = false;

  // Moves the bytes into memory of the batch's own, so that the slab, or the payload, that they
  // share with others can go. No request may refer to them.
  void detach(Budget& budget);
};

}  // namespace kmirror::mirror
