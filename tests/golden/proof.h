// What a test has compared, as a line on standard output when it ends and nothing has failed;
// script/test shows these lines. A test that has compared nothing fails. Owned by the test.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace kmirror::golden {

class Proof {
 public:
  explicit Proof(std::string_view what) : what_(what) {}
  ~Proof() {
    EXPECT_GT(count_, 0) << what_;
    if (testing::Test::HasFailure()) return;
    fmt::print("golden: {} triples of API, version and direction, {} {}\n", triples_.size(), count_,
               what_);
  }
  Proof(const Proof&) = delete;
  Proof& operator=(const Proof&) = delete;

  // The message's name tells API and direction. Data counts as one direction.
  void add(const std::string& message, std::int16_t version, std::size_t count) {
    triples_.emplace(message, version);
    count_ += count;
  }

 private:
  std::string_view what_;
  std::set<std::pair<std::string, std::int16_t>> triples_;
  std::size_t count_ = 0;
};

// The same for what has no API and version.
class Count {
 public:
  explicit Count(std::string what) : what_(std::move(what)) {}
  ~Count() {
    EXPECT_GT(count_, 0) << what_;
    if (!testing::Test::HasFailure()) fmt::print("golden: {} {}\n", count_, what_);
  }
  Count(const Count&) = delete;
  Count& operator=(const Count&) = delete;

  void add(std::size_t count) { count_ += count; }

 private:
  std::string what_;
  std::size_t count_ = 0;
};

}  // namespace kmirror::golden
