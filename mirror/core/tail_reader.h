// Reads the end of a destination partition's log, behind what was acknowledged last, for what one
// producer wrote there. Batches of others are passed over.
//
// Readers see no further than the high watermark, and the log may go on behind it. Its end shows
// all the same: what lies behind it is out of range to ask for, and what is only not replicated yet
// is answered with nothing (Kafka's LocalLog.read). So after the first answer a bound is looked for
// behind its high watermark, and all that the log held at that moment is read once reading has come
// to the bound, however fast others write on. The bound may lie behind the log's end: where readers
// see no more before it, a nearer one is looked for.
//
// Out of range is also what lies before the log's start, because it was deleted. So a bound counts
// only when a read from before it was answered afterwards, be it with nothing; and where that is
// out of range, the log's start is asked for, and it is read on from there.
// Sans-IO; owned by a ProduceWindow.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "protocol/messages/fetch.h"
#include "protocol/records/batch_view.h"

namespace kmirror::mirror {

struct TailBatch {
  std::int64_t base_offset = 0;
  std::int32_t record_count = 0;
  std::int16_t epoch = 0;
  std::int32_t base_sequence = 0;
};

class TailReader {
 public:
  enum class Step {
    kReadOn,  // ask what is asked for next
    kReadOnLater,
    kWhole,    // batches() are all that there are
    kFailed,   // to be read from the beginning again
    kRefused,  // to whoever is not allowed to read
  };

  TailReader(std::int64_t from, std::int64_t producer_id)
      : from_(from), position_(from), offset_(from), producer_id_(producer_id) {}

  // What is asked for next: this offset, with a Fetch, or where the log begins.
  std::int64_t offset() const { return offset_; }
  bool wants_log_start() const { return wants_log_start_; }

  // What the partition's leader answers to it.
  Step on_fetched(const protocol::FetchResponse::Partition& answer);
  Step on_log_start(std::int64_t log_start);

  const std::vector<TailBatch>& batches() const { return batches_; }

  // The log ends before what was to be read.
  bool is_cut_off() const { return cut_off_; }

  // Where the log was read on because what lay before was deleted; 0 where nothing was.
  std::int64_t deleted_before() const { return deleted_before_; }

 private:
  static constexpr std::int64_t kNoBound = std::numeric_limits<std::int64_t>::max();

  Step read(const protocol::FetchResponse::Partition& answer);
  Step look_for_bound(std::int64_t further);
  Step on_looked(bool out_of_range);
  bool take_all(ConstBytes records);
  void take(const protocol::BatchView& batch);

  std::int64_t from_;
  std::int64_t position_;  // behind what was read
  std::int64_t offset_;
  std::int64_t producer_id_;
  std::vector<TailBatch> batches_;
  std::int64_t seen_end_ = 0;      // what readers see ends there, or before the position
  std::int64_t further_ = 0;       // how far behind that the bound is looked for; 0: it is not
  std::int64_t bound_ = kNoBound;  // the log did not reach behind it
  bool wants_log_start_ = false;
  std::int64_t deleted_before_ = 0;
  bool cut_off_ = false;
};

}  // namespace kmirror::mirror
