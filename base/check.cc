#include "base/check.h"

#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>

namespace kmirror {

void check_failed(const char* condition, const char* why, const char* file, int line) {
  fmt::print(stderr, "{}:{}: check failed: {} ({})\n", file, line, condition, why);
  std::abort();
}

}  // namespace kmirror
