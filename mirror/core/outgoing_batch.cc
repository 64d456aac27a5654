#include "mirror/core/outgoing_batch.h"

#include "base/check.h"
#include "protocol/records/batch_view.h"

namespace kmirror::mirror {

void OutgoingBatch::detach(Budget& budget) {
  KM_CHECK(!in_flight, "a request refers to the bytes of what is under way");
  if (detached) return;
  auto whole = std::make_shared<Buffer>();
  whole->reserve(records.size());
  for (const ConstBytes slice : records.slices()) {
    whole->insert(whole->end(), slice.begin(), slice.end());
  }
  records = protocol::RecordsView(ConstBytes(*whole));
  header = MutableBytes(*whole).first(protocol::kBatchHeaderBytes);
  built = std::make_shared<protocol::BuiltBatch>();
  built->owners.push_back(std::move(whole));
  slab = {};
  charge = budget.hold(records.size());
  detached = true;
}

}  // namespace kmirror::mirror
