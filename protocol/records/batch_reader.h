// Walks the records bytes of one partition of a Fetch response, batch by batch.
// Views only: the caller keeps the bytes alive. No thread rules.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "protocol/records/batch_view.h"
#include "protocol/records/malformed.h"

namespace kmirror::protocol {

// Why a batch cannot be, whatever its records are; null if it can.
const char* problem_of_header(const BatchView& batch);

class BatchReader {
 public:
  enum class Step : std::uint8_t {
    kBatch,      // batch() is a whole batch of magic 2 whose header makes sense
    kLegacy,     // a whole message of magic 0 or 1: bytes(), magic() and offset(), not parsed here
    kPartial,    // the rest is the beginning of a batch: brokers cut a response where it is full
    kEnd,        // nothing is left
    kMalformed,  // malformed() says what and where
  };

  explicit BatchReader(ConstBytes records) : records_(records) {}

  // After kPartial, kEnd and kMalformed every further call answers the same.
  Step next();

  // How large the entry is that next() would find, as its length says; 0 where too little is there.
  std::size_t next_size() const;

  // What next() would look at.
  ConstBytes rest() const { return records_.subspan(position_); }

  // Of the entry that next() found last.
  BatchView batch() const { return BatchView(entry_); }
  ConstBytes bytes() const { return entry_; }
  std::int8_t magic() const { return load_be<std::int8_t>(entry_.data() + batch_field::kMagic); }
  std::int64_t offset() const { return load_be<std::int64_t>(entry_.data()); }

  const Malformed& malformed() const { return malformed_; }

 private:
  Step fail(const char* what);

  ConstBytes records_;
  std::size_t position_ = 0;  // where the next entry begins
  ConstBytes entry_;
  Malformed malformed_;
};

}  // namespace kmirror::protocol
