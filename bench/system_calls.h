// What programs of bench/ that make system calls themselves have in common. No thread rules.
#pragma once

#include <sys/resource.h>

#include <cerrno>
#include <system_error>

namespace kmirror::bench {

// What a system call gave, if it did not fail; else a std::system_error is thrown.
template <class Result>
Result checked(Result result, const char* call) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), call);
  return result;
}

// Of this process so far, in seconds.
struct CpuTime {
  double user = 0;
  double system = 0;
};

inline CpuTime own_cpu_time() {
  const auto seconds = [](const timeval& time) { return time.tv_sec + time.tv_usec * 1e-6; };
  rusage usage{};
  checked(getrusage(RUSAGE_SELF, &usage), "getrusage");
  return {.user = seconds(usage.ru_utime), .system = seconds(usage.ru_stime)};
}

}  // namespace kmirror::bench
