// KM_CHECK(condition, "why it must hold"): an assertion about this program, never about its input.
// It stays on in release builds, prints where it stood, and aborts.
#pragma once

namespace kmirror {

[[noreturn]] void check_failed(const char* condition, const char* why, const char* file, int line);

}  // namespace kmirror

#define KM_CHECK(condition, why)                                    \
  do {                                                              \
    if (!(condition)) [[unlikely]]                                  \
      ::kmirror::check_failed(#condition, why, __FILE__, __LINE__); \
  } while (false)
