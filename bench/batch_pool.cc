#include "bench/batch_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>

namespace kmirror::bench {

namespace {

constexpr const char* kPlaces[] = {"Accra", "Bergen", "Cusco", "Dakar", "Espoo", "Fukuoka"};
constexpr const char* kStates[] = {"placed", "paid", "packed", "shipped", "delivered"};
constexpr const char* kWords[] = {"please", "leave",  "with",  "the", "neighbour", "before", "noon",
                                  "or",     "behind", "house", "if",  "nobody",    "answers"};

template <std::size_t N>
const char* one_of(const char* const (&texts)[N], Random& random) {
  return texts[random.below(N)];
}

}  // namespace

BatchPool::BatchPool(const PoolSettings& settings, std::vector<std::string> keys,
                     std::uint64_t seed, std::size_t batches)
    : settings_(settings), keys_(std::move(keys)), random_(seed), builder_(settings.codec) {
  while (batches_.size() < batches) {
    batches_.push_back(build(std::numeric_limits<std::int64_t>::max()));
  }
}

std::shared_ptr<const PooledBatch> BatchPool::next(std::int64_t records_max) {
  const auto batch = batches_[next_];
  next_ = (next_ + 1) % batches_.size();
  return batch->records <= records_max ? batch : build(records_max);
}

std::shared_ptr<const PooledBatch> BatchPool::build(std::int64_t records_max) {
  do {
    std::optional<ConstBytes> key;
    if (!keys_.empty()) key = as_bytes(keys_[random_.below(keys_.size())]);
    builder_.append(settings_.wall_clock_ms + number_ % 1000, key, as_bytes(value()));
  } while (builder_.record_count() < records_max &&
           builder_.size_with_bytes(settings_.wall_clock_ms, settings_.value_bytes + 24) <=
               settings_.batch_bytes);
  const protocol::BuiltBatch built = builder_.finish();
  auto batch = std::make_shared<PooledBatch>();
  for (const ConstBytes piece : built.pieces) {
    batch->bytes.insert(batch->bytes.end(), piece.begin(), piece.end());
  }
  batch->records = built.record_count;
  return batch;
}

const std::string& BatchPool::value() {
  value_.clear();
  ++number_;
  if (!settings_.json) {
    while (value_.size() < settings_.value_bytes) {
      const std::uint64_t bits = random_.next();
      value_.append(reinterpret_cast<const char*>(&bits), sizeof(bits));
    }
    value_.resize(settings_.value_bytes);
    return value_;
  }
  fmt::format_to(std::back_inserter(value_),
                 R"({{"order":{},"customer":"c-{}","city":"{}","state":"{}","items":{},"cents":{},)"
                 R"("time":"2026-01-{:02}T{:02}:{:02}:{:02}.{:03}Z","token":"{:012x}","note":")",
                 10'000'000 + number_, random_.below(100'000), one_of(kPlaces, random_),
                 one_of(kStates, random_), 1 + random_.below(9), random_.below(100'000),
                 1 + random_.below(28), random_.below(24), random_.below(60), random_.below(60),
                 random_.below(1000), random_.below(std::uint64_t{1} << 48));
  while (value_.size() + 2 < settings_.value_bytes) {
    value_ += one_of(kWords, random_);
    value_ += ' ';
  }
  value_.resize(std::min(value_.size(), settings_.value_bytes - 2));
  value_ += "\"}";
  return value_;
}

}  // namespace kmirror::bench
